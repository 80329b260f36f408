/**
 * Reads all pages of a list. A list ends at a page that is short, empty or repeated, and at a total that the received
 * items do not contradict.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** How a list is divided into pages; `limit` is the documented default, or the client's for a list without one. */
export interface Paging {
  readonly kind: "offsets" | "numbers"
  readonly limit: number
}

/** `offset` and `limit`, in the query or in the body. */
export const offsets = (limit: number): Paging => ({ kind: "offsets", limit })

/**
 * `page` and `pageSize`, whose first number is not documented. The first page is requested without a number, the next
 * as 1: if that repeats the first page, 2 follows; otherwise 2 follows too.
 */
export const numbers = (limit: number): Paging => ({ kind: "numbers", limit })

/** The arguments that select a page. */
export interface Selection {
  readonly offset?: number | undefined
  readonly limit?: number | undefined
  readonly page?: number | undefined
  readonly pageSize?: number | undefined
}

/** The server's statements about a page. */
interface Statements {
  readonly limit: Option.Option<number>
  readonly total: Option.Option<number>
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const numberIn = (fields: unknown, name: string): Option.Option<number> => {
  const value = isObject(fields) ? fields[name] : undefined
  return Option.isOption(value) ? Option.filter(value, (it): it is number => typeof it === "number") : Option.none()
}

/** Reads `pagination { limit, total }` of a model, or its `count`. */
const statementsOf = (page: unknown): Statements => {
  const found = isObject(page) ? page["pagination"] : undefined
  const pagination = Option.isOption(found) ? Option.getOrUndefined(found) : undefined
  return {
    limit: numberIn(pagination, "limit"),
    total: Option.orElse(numberIn(pagination, "total"), () => numberIn(page, "count"))
  }
}

/** Whether more items follow a page of `count` items, which follows `before` others. */
const hasMore = (page: unknown, count: number, before: number, asked: number): boolean => {
  const said = statementsOf(page)
  const total = Option.filter(said.total, (value) => value >= before + count)
  const limit = Option.getOrElse(
    Option.filter(said.limit, (value) => value > 0),
    () => asked
  )
  return (
    count > 0 &&
    Option.match(total, {
      onNone: () => count >= Math.min(limit, asked),
      onSome: (value) => before + count < value
    })
  )
}

interface Position {
  /** The number of items before this page. */
  readonly offset: number
  /** The number of this page; none for the first. */
  readonly page: number | undefined
  /** Whether the page before had no new item. */
  readonly isBarren: boolean
}

/** A page as read. */
export interface Page<Item> {
  readonly page: unknown
  readonly items: ReadonlyArray<Item>
  readonly unreadable: number
}

/** A stream of all items. `fetch` requests one page. */
export const all = <Item extends { readonly id: string }, E>(
  { kind, limit }: Paging,
  input: Selection,
  fetch: (selection: Selection) => Effect.Effect<Page<Item>, E>
): Stream.Stream<Item, E> =>
  Stream.suspend(() => {
    const asked = (kind === "offsets" ? input.limit : input.pageSize) ?? limit
    const seen = new Set<string>()
    const start: Position = { offset: input.offset ?? 0, page: input.page, isBarren: false }
    return Stream.paginateChunkEffect(start, ({ isBarren, offset, page }) =>
      Effect.map(
        fetch(kind === "offsets" ? { limit: asked, offset } : { page, pageSize: asked }),
        ({ items, page: read, unreadable }): readonly [Chunk.Chunk<Item>, Option.Option<Position>] => {
          const fresh = items.filter(({ id }) => !seen.has(id))
          for (const { id } of fresh) seen.add(id)
          // Unreadable items count: a smaller count would skip other items.
          const count = items.length + unreadable
          const isRepeated = fresh.length === 0 && items.length > 0
          // The number 1 may name the first page.
          const isFirst = kind === "numbers" && page === 1 && input.page === undefined && isRepeated
          const next: Position = {
            offset: isFirst ? offset : offset + count,
            page: page === undefined ? 1 : page + 1,
            isBarren: fresh.length === 0 && !isFirst
          }
          // A server that ignores the selection returns known or unreadable items endlessly.
          const isStuck = fresh.length === 0 && !isFirst && (isBarren || isRepeated)
          const more = isFirst || (!isStuck && hasMore(read, count, offset, asked))
          return [Chunk.unsafeFromArray(fresh), more ? Option.some(next) : Option.none()]
        }
      )
    )
  })

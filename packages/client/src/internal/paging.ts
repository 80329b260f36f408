/**
 * Reads all pages of a list. A list ends at a page that is short, empty or repeated, and at a total that the received
 * items do not contradict.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as settings from "./settings.js"
import type { Listed } from "./wire.js"

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

const fieldIn = (fields: unknown, name: string): unknown => {
  const value: unknown = typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined
  return Option.isOption(value) ? Option.getOrUndefined(value) : undefined
}

/** A number of a model, greater than a limit. */
const numberIn = (fields: unknown, name: string, limit: number): number | undefined => {
  const value = fieldIn(fields, name)
  return typeof value === "number" && value > limit ? value : undefined
}

/**
 * Whether more items follow a page of `count` items, which follows `before` others: by its `pagination { limit, total }`,
 * its `count` or its `hasNext`.
 */
const hasMore = (page: unknown, count: number, before: number, asked: number): boolean => {
  const received = before + count
  const pagination = fieldIn(page, "pagination")
  const total = numberIn(pagination, "total", -1) ?? numberIn(page, "count", -1) ?? -1
  if (count === 0 || total >= received) return count > 0 && received < total
  return Object(page).hasNext === true || count >= Math.min(numberIn(pagination, "limit", 0) ?? asked, asked)
}

/** A page as read: the model, and its list. */
export interface Page<Item, P = unknown> extends Listed<Item> {
  readonly page: P
}

/** The elements of a stream, in a list. */
export const collected = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<ReadonlyArray<A>, E> =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** A stream of all items. `fetch` requests one page. */
export const all = <Item extends { readonly id: string }, E>(
  { kind, limit }: Paging,
  input: Selection,
  fetch: (selection: Selection) => Effect.Effect<Page<Item>, E>
): Stream.Stream<Item, E> =>
  Stream.suspend(() => {
    const name = kind === "offsets" ? "limit" : "pageSize"
    const asked = settings.read(`option ${name}`, settings.whole(1), input[name] ?? limit)
    const seen = new Set<string>()
    /** The number of items before this page, its number (none for the first), and whether the one before had no new item. */
    const start = { offset: input.offset ?? 0, page: input.page, isBarren: false }
    return Stream.paginateChunkEffect(start, ({ isBarren, offset, page }) =>
      Effect.map(
        fetch(kind === "offsets" ? { limit: asked, offset } : { page, pageSize: asked }),
        ({ items, page: read, unreadable }): readonly [Chunk.Chunk<Item>, Option.Option<typeof start>] => {
          const fresh = items.filter(({ id }) => !seen.has(id))
          for (const { id } of fresh) seen.add(id)
          // Unreadable items count: a smaller count would skip other items.
          const count = items.length + unreadable
          const isRepeated = fresh.length === 0 && items.length > 0
          // The number 1 may name the first page.
          const isFirst = kind === "numbers" && page === 1 && input.page === undefined && isRepeated
          const next = {
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

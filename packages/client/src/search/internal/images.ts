/** The search of images, and its division by time: the answer has a limit, but no pages. */
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Difference } from "../../InputError.js"
import { call } from "../../internal/call.js"
import { checkArea } from "../../internal/geometry.js"
import { badIf, badTimes, badWhole, checkInput, emptyOnes } from "../../internal/invalid.js"
import type { Method } from "../../internal/service.js"
import type { StacItem } from "../../StacItem.js"
import type { SearchApi } from "../SearchApi.js"
import { type SearchError, SearchLimitExceeded } from "../SearchError.js"
import * as endpoints from "./endpoints.js"
import { unknownFilters } from "./filters.js"
import { isAll } from "./isAll.js"

/** The largest documented limit. */
const most = 10_000
/** The limit of one request of a stream: some megabytes. */
const many = 1_000

/** The differences of a range of times. */
const badRange = (start: DateTime.DateTime, end: DateTime.DateTime): ReadonlyArray<Difference> => {
  const bad = badTimes({ start, end })
  if (bad.length > 0) return bad
  const [from, to] = [DateTime.formatIso(start), DateTime.formatIso(end)]
  return badIf(!DateTime.lessThan(start, end), "end", to, `a time after ${from}`)
}

const differences = ({ end, filters = {}, limit = 1, satellites, start }: SearchApi.SearchInput) => [
  ...badRange(start, end),
  ...emptyOnes({ satellites }),
  ...badWhole("limit", limit, 1, most),
  ...Object.entries(filters).flatMap(([id, { max, min }]) => {
    const isRange = Number.isInteger(min) && Number.isInteger(max) && min <= max
    return badIf(!isRange, `filters.${id}`, `${min} to ${max}`, "a range of whole numbers")
  })
]

/** The warnings that a client has logged. */
type Warned = Set<string>

export const warnings: Effect.Effect<Warned> = Effect.sync(() => new Set())

/** Logs what the caller's satellites do not know, each time that it is new to the client. */
const warn = (warned: Warned, input: SearchApi.SearchInput) =>
  Effect.forEach(
    unknownFilters(input).filter((it) => !warned.has(it)),
    (it) => {
      warned.add(it)
      return Effect.logWarning(it)
    },
    { discard: true }
  )

const check = (warned: Warned, input: SearchApi.SearchInput) =>
  Effect.gen(function* () {
    yield* checkInput(endpoints.searchImages, differences(input))
    const geometry = yield* checkArea(endpoints.searchImages, ["Polygon"], input.geometry)
    yield* warn(warned, input)
    return { ...input, geometry }
  })

export const images =
  (warned: Warned): Method<SearchApi.Images> =>
  (http) =>
  (input) =>
    Effect.flatMap(check(warned, input), (checked) =>
      Effect.map(call(http, endpoints.searchImages, checked), ({ page }) => page)
    )

/** A range of times in milliseconds since 1970. */
interface Range {
  readonly start: number
  readonly end: number
}

/** The answers to a range before its next token. */
interface Received {
  readonly token: string | undefined
  readonly count: number
  readonly ids: Set<string>
}

/** The two halves of a range, which share an instant: both ends of a range may belong to it. */
const halves = ({ end, start }: Range): ReadonlyArray<Range> => {
  const middle = start + Math.floor((end - start) / 2)
  return [
    { start, end: middle },
    { start: middle, end }
  ]
}

const exceeded = (start: number, received: number, total: Option.Option<number>) => {
  const at = DateTime.unsafeMake(start)
  const count = Option.match(total, { onNone: () => "more", onSome: String })
  const message = `SearchApi.imagesAll received ${received} of ${count} images at ${DateTime.formatIso(at)}, an instant that cannot be divided: narrow the area or the filters.`
  return new SearchLimitExceeded({ at, received, total, message })
}

/** The new images of one request, and the next request. */
interface Step extends Effect.Effect<readonly [Chunk.Chunk<StacItem>, Option.Option<Step>], SearchError> {}

/** Answers the items whose ids are new, and adds their ids. */
const freshIn = (items: ReadonlyArray<StacItem>, ids: Set<string>) => {
  const fresh = items.filter(({ id }) => !ids.has(id))
  for (const { id } of fresh) ids.add(id)
  return fresh
}

export const imagesAll =
  (warned: Warned): Method<SearchApi.ImagesAll> =>
  (http) =>
  (input) =>
    Stream.unwrap(
      Effect.map(check(warned, input), (checked) => {
        const limit = input.limit ?? many
        const seen = new Set<string>()
        const nextOf = ([range, ...rest]: ReadonlyArray<Range>) =>
          range === undefined
            ? Option.none()
            : Option.some(step(range, rest, { token: undefined, count: 0, ids: new Set() }))
        const step = (range: Range, rest: ReadonlyArray<Range>, before: Received): Step =>
          Effect.map(
            call(http, endpoints.searchImages, {
              ...checked,
              start: DateTime.unsafeMake(range.start),
              end: DateTime.unsafeMake(range.end),
              limit,
              nextToken: before.token
            }),
            ({ items, page: { nextToken, pagination, total }, unreadable }) => {
              const added = freshIn(items, before.ids).length
              // unreadable images count: a narrower range would not find them
              const count = before.count + added + unreadable
              const token = Option.getOrUndefined(nextToken)
              const next =
                token !== undefined && token !== before.token && added > 0
                  ? Option.some(step(range, rest, { token, count, ids: before.ids }))
                  : isAll(pagination, count, items.length + unreadable, limit)
                    ? nextOf(rest)
                    : range.end - range.start > 1
                      ? nextOf([...halves(range), ...rest])
                      : Option.some(Effect.fail(exceeded(range.start, count, total)))
              return [Chunk.unsafeFromArray(freshIn(items, seen)), next]
            }
          )
        const whole = { start: DateTime.toEpochMillis(input.start), end: DateTime.toEpochMillis(input.end) }
        return Stream.unfoldChunkEffect(nextOf([whole]), (next) =>
          Option.match(next, { onNone: () => Effect.succeedNone, onSome: Effect.asSome })
        )
      })
    )

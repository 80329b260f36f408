/** Searches by STAC: the checks of their input, its wire form, and a box across the antimeridian as two searches. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Geometry } from "geojson"
import type { HttpError } from "../HttpError.js"
import type { Difference, PixxelInvalidInput } from "../InputError.js"
import type { Box, Comparison, Filters, Interval, Place, Sort } from "../StacSearch.js"
import { call, callAll } from "./call.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { isDifference, shapeIn } from "./geometry.js"
import { badIds, badIf, badWhole, checkInput, differ, given, type Named } from "./invalid.js"
import { collected, type Page } from "./paging.js"
import * as payload from "./payload.js"
import * as span from "./span.js"
import * as wire from "./wire.js"

// --- the wire ---

const time = (at: DateTime.DateTime | undefined) => (at === undefined ? ".." : DateTime.formatIso(at))

const intervalText = ({ end, start }: Interval) => {
  const [from, to] = [time(start), time(end)]
  return from === to ? from : `${from}/${to}`
}

/** The fields that the archive and the catalog have in common. */
export const body = {
  collections: payload.optional(payload.texts("collections")),
  ids: payload.optional(payload.texts("ids")),
  datetime: payload.optional(payload.from(payload.text("datetime"), intervalText)),
  bbox: payload.optional(payload.numbers("bbox")),
  intersects: payload.optional(payload.json<Geometry>("intersects")),
  query: payload.optional(payload.json<Readonly<Record<string, Comparison>>>("query")),
  offset: payload.optional(payload.number("offset")),
  limit: payload.optional(payload.number("limit"))
}

// --- checks ---

const boxDifferences = (box: Box): ReadonlyArray<Difference> => {
  if (box.length !== 4) return [differ("bbox", `${box.length} numbers`, "[west, south, east, north]")]
  const [, south, , north] = box
  return [
    ...box.flatMap((degrees, index) => {
      const [name, most] = index % 2 === 0 ? ["longitude", 180] : ["latitude", 90]
      const isIn = Math.abs(degrees) <= most
      return badIf(!isIn, `bbox[${index}]`, String(degrees), `a ${name} from -${most} to ${most}`)
    }),
    ...badIf(south > north, "bbox[3]", String(north), `a latitude from the south, ${south}, on`)
  ]
}

const intervalDifferences = ({ end, start }: Interval): ReadonlyArray<Difference> =>
  start === undefined || end === undefined
    ? badIf(start === end, "datetime", "an interval without ends", "a start, an end or both")
    : badIf(DateTime.greaterThan(start, end), "datetime.end", time(end), `a time from ${time(start)} on`)

const isFinal = (value: unknown) => typeof value !== "number" || Number.isFinite(value)

const queryDifferences = (name: string, tests: Comparison): ReadonlyArray<Difference> => {
  const present = Object.entries(given(tests))
  return [
    ...badIf(present.length === 0, `query.${name}`, "no test", "at least one, such as lt"),
    ...present.flatMap(([operator, value]) =>
      badIf(![value].flat().every(isFinal), `query.${name}.${operator}`, String(value), "a finite number")
    )
  ]
}

const sortDifferences = ({ field }: Sort, index: number) =>
  badIf(!/^[\w:.-]+$/.test(field), `sortBy[${index}].field`, JSON.stringify(field), "the name of a property")

/** The input of a search, with lists of ids of its own. */
type Input = Filters & Place

interface Checked {
  readonly intersects: Geometry | undefined
  /** The boxes to search: two across the antimeridian, and none for any place. */
  readonly boxes: ReadonlyArray<Box | undefined>
}

const check = (row: Named, input: Input, ids: Readonly<Record<string, ReadonlyArray<string> | undefined>>) => {
  const { bbox, datetime, intersects, limit = 1, offset = 0, query = {}, sortBy = [] }: Input = input
  const shape = intersects === undefined ? undefined : shapeIn(intersects, "intersects")
  const differences = [
    ...badIds(given({ collections: input.collections, ...ids })),
    ...(datetime === undefined ? [] : intervalDifferences(datetime)),
    ...(bbox === undefined ? [] : boxDifferences(bbox)),
    // plain JavaScript may have both
    ...badIf(bbox !== undefined && intersects !== undefined, "intersects", "a geometry beside a bbox", "one of both"),
    ...(shape !== undefined && isDifference(shape) ? [shape] : []),
    ...Object.entries(query).flatMap(([name, tests]) => queryDifferences(name, tests)),
    ...sortBy.flatMap(sortDifferences),
    ...badWhole("offset", offset, 0),
    ...badWhole("limit", limit, 1)
  ]
  return Effect.map(checkInput(row, differences), (): Checked => {
    const [west = 0, south = 0, east = 0, north = 0] = bbox ?? []
    return {
      intersects: shape === undefined || isDifference(shape) ? undefined : shape,
      boxes:
        west <= east
          ? [bbox]
          : [
              [west, south, 180, north],
              [-180, south, east, north]
            ]
    }
  })
}

// --- two sides of the antimeridian ---

/** Compares two values of a property; a missing one is the last in both directions. */
const compare = (one: Option.Option<unknown>, other: Option.Option<unknown>, sign: number): number => {
  if (Option.isNone(one) || Option.isNone(other)) return Number(Option.isNone(one)) - Number(Option.isNone(other))
  const [a, b] = [one.value, other.value]
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : Number(a !== b)
  return sign * Math.sign(order)
}

interface Properties {
  readonly properties: Option.Option<unknown>
}

const isAfter = (sortBy: ReadonlyArray<Sort>, one: Properties, other: Properties): boolean => {
  for (const { direction, field } of sortBy) {
    const order = compare(
      wire.property(one, field, wire.json),
      wire.property(other, field, wire.json),
      direction === "desc" ? -1 : 1
    )
    if (order !== 0) return order > 0
  }
  return false
}

interface Heads<A> {
  readonly left: Option.Option<A>
  readonly right: Option.Option<A>
}

/** Merges two sorted streams: takes the next of the right one if that of the left one is after it. */
const merge = <A, E>(
  left: Stream.Stream<A, E>,
  right: Stream.Stream<A, E>,
  isAfter: (left: A, right: A) => boolean
): Stream.Stream<A, E> => {
  const none: Heads<A> = { left: Option.none(), right: Option.none() }
  return Stream.combine(left, right, none, (heads, pullLeft, pullRight) => {
    const head = (known: Option.Option<A>, pull: Effect.Effect<A, Option.Option<E>>) =>
      Option.isSome(known)
        ? Effect.succeed(known)
        : Effect.catchIf(Effect.asSome(pull), Option.isNone, () => Effect.succeedNone)
    return Effect.gen(function* () {
      const one = yield* head(heads.left, pullLeft)
      const other = yield* head(heads.right, pullRight)
      if (Option.isSome(other) && (Option.isNone(one) || isAfter(one.value, other.value))) {
        return [other.value, { left: one, right: Option.none() }] as const
      }
      const first = yield* Effect.mapError(one, Option.none<E>)
      return [first, { left: Option.none(), right: other }] as const
    }).pipe(Effect.exit, Effect.map(Exit.map(([item, rest]): readonly [A, Heads<A>] => [item, rest])))
  })
}

/** Drops the items whose id came before: an image on the antimeridian is on both sides. */
const distinct = <A extends { readonly id: string }, E>(items: Stream.Stream<A, E>): Stream.Stream<A, E> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    return Stream.filter(items, ({ id }) => !seen.has(id) && seen.add(id).size > 0)
  })

// --- searches ---

/** The place of a search, as it is sent. */
interface Sent {
  readonly bbox: Box | undefined
  readonly intersects: Geometry | undefined
}

interface Search<P, Item, I> {
  readonly row: Endpoint<Page<Item> & { readonly page: P }, I & Sent, "none", "safe">
  /** The lists of ids, by their names in the input. */
  readonly idsOf: (input: I) => Readonly<Record<string, ReadonlyArray<string> | undefined>>
  /** The limit of a page without one. */
  readonly limit: number
  readonly propertiesOf: (item: Item) => Properties
  /** The page of the images of two searches. */
  readonly pageOf: (items: ReadonlyArray<Item>) => P
}

/** The methods of a search: one page, and a stream of all. */
export const searches = <P, Item extends { readonly id: string }, I extends Filters>({
  idsOf,
  limit,
  pageOf,
  propertiesOf,
  row
}: Search<P, Item, I>) => {
  const sent = (input: I, { intersects }: Checked, bbox: Box | undefined): I & Sent => ({ ...input, intersects, bbox })
  const all = (http: Connection, input: I & Place, checked: Checked): Stream.Stream<Item, HttpError> => {
    const [west, east] = checked.boxes.map((bbox) =>
      callAll(http, row, { ...sent(input, checked, bbox), ...(checked.boxes.length > 1 && { offset: 0 }) })
    )
    if (west === undefined || east === undefined) return west ?? Stream.empty
    const { offset = 0, sortBy } = input
    const both =
      sortBy === undefined
        ? Stream.concat(west, east)
        : merge(west, east, (one, other) => isAfter(sortBy, propertiesOf(one), propertiesOf(other)))
    return Stream.drop(distinct(both), offset)
  }
  return {
    searchAll:
      (http: Connection) =>
      (input: I & Place): Stream.Stream<Item, HttpError | PixxelInvalidInput> =>
        Stream.unwrap(Effect.map(check(row, input, idsOf(input)), (checked) => all(http, input, checked))),
    search:
      (http: Connection) =>
      (input: I & Place): Effect.Effect<P, HttpError | PixxelInvalidInput> =>
        Effect.flatMap(check(row, input, idsOf(input)), (checked) => {
          const [bbox, ...others] = checked.boxes
          const own = { ...input, limit: input.limit ?? limit }
          if (others.length === 0) return Effect.map(call(http, row, sent(own, checked, bbox)), ({ page }) => page)
          return collected(Stream.take(all(http, own, checked), own.limit)).pipe(
            Effect.map(pageOf),
            span.within(row.name)
          )
        })
  }
}

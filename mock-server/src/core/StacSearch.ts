/**
 * Evaluates searches by STAC, as the archive and the catalog have them. Outlines meet if their bounds do. A west that is
 * greater than the east makes a box across the antimeridian (documented).
 */
import { type Bounds, boundsOf, positionsOf } from "./Bounds.js"
import { type Problem, printValue, printWords, unless } from "./Problem.js"

/** An item to search. */
export interface Item {
  readonly id: string
  readonly collection: string
  readonly geometry: { readonly coordinates: unknown }
  readonly properties: Readonly<Record<string, unknown>>
}

export interface Search {
  readonly bbox?: ReadonlyArray<number>
  readonly collections?: ReadonlyArray<string>
  readonly datetime?: string
  readonly ids?: ReadonlyArray<string>
  readonly intersects?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
}

/** An order by a property. */
export interface Sort {
  readonly field: string
  readonly descends: boolean
}

// --- times ---

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** Returns the ends of an interval in milliseconds since 1970; absent for a text that is none. */
const intervalOf = (text: string): readonly [number, number] | undefined => {
  const [first = "", last = first, ...more] = text.split("/")
  const timeOf = (end: string, open: number) =>
    end === ".." ? open : dateTime.test(end) ? Date.parse(end) : Number.NaN
  const [start, end] = [timeOf(first, Number.NEGATIVE_INFINITY), timeOf(last, Number.POSITIVE_INFINITY)]
  return more.length === 0 && start <= end && Number.isFinite(Math.min(Math.abs(start), Math.abs(end)))
    ? [start, end]
    : undefined
}

// --- places ---

const coordinatesOf = ({ coordinates, geometries }: Readonly<Record<string, unknown>>): unknown =>
  Array.isArray(geometries) ? geometries.map(coordinatesOf) : coordinates

const meet = ([west, south, east, north]: Bounds, [left, bottom, right, top]: Bounds): boolean =>
  south <= top && bottom <= north && (west <= east ? west <= right && left <= east : west <= right || left <= east)

const isBox = (box: ReadonlyArray<number>): box is Bounds => {
  const [west = 181, south = 91, east = 181, north = 91, ...more] = box
  return (
    more.length === 0 &&
    Math.max(Math.abs(west), Math.abs(east)) <= 180 &&
    -90 <= south &&
    south <= north &&
    north <= 90
  )
}

// --- properties ---

const compare = (one: unknown, other: unknown): number =>
  typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one) < String(other)
      ? -1
      : Number(String(one) !== String(other))

const isAmong = (value: unknown, wanted: unknown): boolean =>
  [value].flat().some((own) => [wanted].flat().some((it) => compare(own, it) === 0))

/** The operators of the query extension of STAC that the mock knows; `eq`, `gt` and `lt` are documented. */
const operators: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
  eq: isAmong,
  neq: (value, wanted) => !isAmong(value, wanted),
  in: isAmong,
  gt: (value, wanted) => compare(value, wanted) > 0,
  gte: (value, wanted) => compare(value, wanted) >= 0,
  lt: (value, wanted) => compare(value, wanted) < 0,
  lte: (value, wanted) => compare(value, wanted) <= 0
}

/** The tests of a property: an object of operators, or a value (the guide to the catalog has texts). */
const testsOf = (wanted: unknown): ReadonlyArray<readonly [operator: string, value: unknown]> =>
  typeof wanted === "object" && wanted !== null && !Array.isArray(wanted) ? Object.entries(wanted) : [["eq", wanted]]

/** Returns the name of a property in `properties->>'datetime'` (documented), `properties.datetime` or `datetime`. */
const nameOf = (field: string): string => /^properties(?:->>'(.+)'|\.(.+))$/.exec(field)?.slice(1).join("") || field

// --- searches ---

/** Returns the problems of a search of the right shape. */
export const searchProblems = ({ bbox, datetime, intersects, query = {} }: Search): ReadonlyArray<Problem> => {
  const box = printValue(JSON.stringify(bbox))
  const place = printValue(intersects)
  const interval = 'a time in RFC 3339, or an interval such as "2023-01-01T00:00:00Z/.."'
  const hasPlace = intersects === undefined || positionsOf(coordinatesOf(intersects)).length > 0
  return [
    ...unless(bbox === undefined || isBox(bbox), ["bbox"], box, "west, south, east and north in degrees"),
    ...unless(bbox === undefined || intersects === undefined, ["intersects"], place, "nothing beside bbox"),
    ...unless(hasPlace, ["intersects"], place, "a geometry with positions"),
    ...unless(
      datetime === undefined || intervalOf(datetime) !== undefined,
      ["datetime"],
      printValue(datetime),
      interval
    ),
    ...Object.entries(query).flatMap(([name, wanted]) => {
      const [unknown] = testsOf(wanted).find(([operator]) => !Object.hasOwn(operators, operator)) ?? []
      return unless(unknown === undefined, ["query", name], printValue(unknown), printWords(Object.keys(operators)))
    })
  ]
}

/** Whether an item passes all filters of a search without problems. */
export const matches = ({ bbox, collections, datetime, ids, intersects, query = {} }: Search) => {
  const place = bbox === undefined ? intersects && boundsOf(coordinatesOf(intersects)) : isBox(bbox) ? bbox : undefined
  const interval = datetime === undefined ? undefined : intervalOf(datetime)
  return ({ collection, geometry, id, properties }: Item): boolean => {
    const at = Date.parse(String(properties["datetime"]))
    return (
      (ids === undefined || ids.includes(id)) &&
      (collections === undefined || collections.includes(collection)) &&
      (place === undefined || meet(place, boundsOf(geometry.coordinates))) &&
      (interval === undefined || (interval[0] <= at && at <= interval[1])) &&
      Object.entries(query).every(([name, wanted]) =>
        testsOf(wanted).every(
          ([operator, value]) => name in properties && operators[operator]?.(properties[name], value) === true
        )
      )
    )
  }
}

/** Sorts by properties; things without one come last. Equal things keep their order. */
export const sorted = <A>(
  things: ReadonlyArray<A>,
  propertiesOf: (thing: A) => Item["properties"],
  sorts: ReadonlyArray<Sort>
): ReadonlyArray<A> =>
  [...things].sort((one, other) => {
    for (const { descends, field } of sorts) {
      const [a, b] = [one, other].map((it) => propertiesOf(it)[nameOf(field)])
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
      const order = compare(a, b)
      if (order !== 0) return descends ? -order : order
    }
    return 0
  })

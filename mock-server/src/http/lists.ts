/** Lists of operations: filters, and pages. */
import type { FastifyRequest } from "fastify"
import { day } from "../core/Timestamp.js"
import { integer, malformed, optional, optionalDay } from "./parameters.js"
import { worldOf } from "./requests.js"

/** Reads a parameter of the query, and returns the test of an item; absent without the parameter. */
type Filter<A> = (request: FastifyRequest, parameter: string) => ((item: A) => boolean) | undefined

/** Compares exactly (inferred: the documentation does not say). */
export const is =
  <A>(of: (item: A) => unknown): Filter<A> =>
  (request, parameter) => {
    const value = optional(request, parameter)
    return value === undefined ? undefined : (item) => of(item) === value
  }

export const isIn =
  <A>(of: (item: A) => string): Filter<A> =>
  (request, parameter) => {
    const values = optional(request, parameter, "ids with commas between them")?.split(",")
    return values && ((item) => values.includes(of(item)))
  }

/** Compares the days of times: milliseconds since 1970, or a text that `Date` parses. */
export const isOn =
  <A>(of: (item: A) => unknown): Filter<A> =>
  (request, parameter) => {
    const date = optionalDay(request, parameter)
    if (date === undefined) return undefined
    return (item) => {
      const time = of(item)
      const at = typeof time === "string" ? Date.parse(time) : typeof time === "number" ? time : Number.NaN
      return !Number.isNaN(at) && day(at) === date
    }
  }

/**
 * Compares with a range, whose form is not documented: two ends with a comma or a slash between them, of which `..` or
 * none is open.
 */
export const isWithin =
  <A>(of: (item: A) => number, parse: (text: string) => number, ends: string): Filter<A> =>
  (request, parameter) => {
    const expected = `${ends} with a comma between them`
    const value = optional(request, parameter, expected)
    if (value === undefined) return undefined
    const parts = value.split(/[,/]/)
    const [from = Number.NaN, to = Number.NaN] = parts.map((part, nth) =>
      part === "" || part === ".." ? (nth === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : parse(part)
    )
    if (parts.length !== 2 || Number.isNaN(from) || Number.isNaN(to))
      throw malformed("query", parameter, value, expected)
    return (item) => of(item) >= from && of(item) <= to
  }

/** Returns the items that pass the filters of a request, by parameter. */
export const filtered = <A>(
  request: FastifyRequest,
  items: ReadonlyArray<A>,
  filters: Readonly<Record<string, Filter<A>>>
): ReadonlyArray<A> => {
  let passed = items
  for (const parameter in filters) {
    const test = filters[parameter]?.(request, parameter)
    if (test !== undefined) passed = passed.filter(test)
  }
  return passed
}

/** Encodes all of the items under a key, by the world's quirks. */
export const listed = <A>(
  request: FastifyRequest,
  key: string,
  items: ReadonlyArray<A>,
  encode: (item: A) => unknown
) => {
  const isNull = worldOf(request).quirks.emptyLists === "null" && items.length === 0
  return { [key]: isNull ? null : items.map(encode) }
}

/** Encodes a page of the items by `offset` and `limit`; `most` is the documented default of the limit. */
export const paged = <A>(
  request: FastifyRequest,
  key: string,
  items: ReadonlyArray<A>,
  most: number,
  encode: (item: A) => unknown
) => {
  const offset = integer(request, "offset", 0, 0)
  const limit = integer(request, "limit", 1, most)
  const shown = listed(request, key, items.slice(offset, offset + limit), encode)
  return { ...shown, pagination: { limit, offset, total: items.length } }
}

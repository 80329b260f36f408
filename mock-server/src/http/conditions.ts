/**
 * Evaluates conditional requests (RFC 9110, section 13): preconditions, and whether a range still fits the client's
 * copy.
 */
import type { IncomingHttpHeaders } from "node:http"

export interface Validators {
  /** Strong validator, with quotes, without `W/`. */
  readonly etag: string
  /** Date in the form of the header. */
  readonly lastModified: string
}

const lists = (header: string, etag: string, comparison: "strong" | "weak"): boolean =>
  header.trim() === "*" ||
  Array.from(header.matchAll(/(W\/)?("[^"]*")/g)).some(
    ([, weak, tag]) => tag === etag && (comparison === "weak" || weak === undefined)
  )

/** Compares dates; an invalid date sets no condition. */
const isLater = (lastModified: string, header: string | undefined, otherwise: boolean): boolean => {
  const since = Date.parse(header ?? "")
  return Number.isNaN(since) ? otherwise : Date.parse(lastModified) > since
}

export type Precondition = "met" | "not modified" | "failed"

/** Evaluates the conditions. An `ETag` precedes a date, and `If-Match` precedes `If-None-Match`. */
export const precondition = (headers: IncomingHttpHeaders, { etag, lastModified }: Validators): Precondition => {
  const match = headers["if-match"]
  const failed =
    match === undefined ? isLater(lastModified, headers["if-unmodified-since"], false) : !lists(match, etag, "strong")
  if (failed) return "failed"
  const noneMatch = headers["if-none-match"]
  const unchanged =
    noneMatch === undefined
      ? !isLater(lastModified, headers["if-modified-since"], true)
      : lists(noneMatch, etag, "weak")
  return unchanged ? "not modified" : "met"
}

/**
 * Whether to answer with a range by `If-Range`; otherwise with the whole package, as always for a package without a
 * strong validator. A date must equal `Last-Modified`: a package does not change twice within a second, so the date is
 * a strong validator.
 */
export const rangeIsWanted = (headers: IncomingHttpHeaders, validators: Validators | undefined): boolean => {
  const condition = headers["if-range"]
  return condition === undefined || condition === validators?.etag || condition === validators?.lastModified
}

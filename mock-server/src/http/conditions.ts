/**
 * Conditional requests (RFC 9110, section 13): whether an answer is wanted at all, and whether a part still belongs to
 * what the client has.
 */
import type { IncomingHttpHeaders } from "node:http"

/** What a package is known by. */
export interface Validators {
  /** Strong: with its quotes, without `W/`. */
  readonly etag: string
  /** As in the header. */
  readonly lastModified: string
}

const lists = (header: string, etag: string, comparison: "strong" | "weak"): boolean =>
  header.trim() === "*" ||
  Array.from(header.matchAll(/(W\/)?("[^"]*")/g)).some(
    ([, weak, tag]) => tag === etag && (comparison === "weak" || weak === undefined)
  )

/** A date that is none sets no condition. */
const isLater = (lastModified: string, header: string | undefined, otherwise: boolean): boolean => {
  const since = Date.parse(header ?? "")
  return Number.isNaN(since) ? otherwise : Date.parse(lastModified) > since
}

export type Precondition = "met" | "not modified" | "failed"

/** An `ETag` counts more than a date, and what must be so more than what must not. */
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
 * Whether a range of this package is wanted; otherwise all of it is, as of a package without a strong validator under
 * any condition. A date must be the very one that was sent: the mock knows that nothing changed within its second, and
 * so it is a strong validator.
 */
export const rangeIsWanted = (headers: IncomingHttpHeaders, validators: Validators | undefined): boolean => {
  const condition = headers["if-range"]
  return condition === undefined || condition === validators?.etag || condition === validators?.lastModified
}

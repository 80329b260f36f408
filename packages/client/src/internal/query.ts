/**
 * Values of query parameters.
 */
import * as DateTime from "effect/DateTime"

/** A point in time as the documentation writes it: UTC, and no fraction of a second that is zero. */
export const timeParam = (time: DateTime.DateTime | undefined): string | undefined =>
  time === undefined ? undefined : DateTime.formatIso(time).replace(".000Z", "Z")

/** Formats query parameters. */
import * as DateTime from "effect/DateTime"

/** Formats a time as documented: UTC, without a zero fraction of a second. */
export const timeParam = (time: DateTime.DateTime | undefined): string | undefined =>
  time === undefined ? undefined : DateTime.formatIso(time).replace(".000Z", "Z")

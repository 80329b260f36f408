/**
 * Durations as text: as fixtures write them, and as Go prints them.
 */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const amountOf = (unit: string) => `([0-9]{1,9}(\\.[0-9]{1,9})?${unit})?`

/** The pattern of a duration; no more digits than fit into a date. */
export const durationPattern = `^(?=.)${["h", "m", "s", "ms"].map(amountOf).join("")}$`

const wholeDuration = new RegExp(durationPattern)

/** Whether a text is a duration. */
export const isDuration = (text: string): boolean => wholeDuration.test(text)

/** How far virtual time goes unless it is told otherwise, and so the longest time that a request may wait. */
export const longestWait = "168h"

/** A moment that is no further away than this has a year of four digits. */
export const longestSpan = "876000h"

/** Milliseconds of a duration such as `"500ms"`, `"20s"`, `"1m30s"` or `"1h"`. */
export const parseDuration = (text: string): number => {
  let millis = 0
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g))
    millis += Number(amount) * (units[unit ?? ""] ?? 0)
  return Math.round(millis)
}

/** A duration as Go prints it: `2m13.5s`, `1h0m0s`, `350ms`, `0s`. The API's `time_taken` is such a text (a guess). */
export const formatGoDuration = (millis: number): string => {
  if (millis > 0 && millis < 1_000) return `${millis}ms`
  const hours = Math.floor(millis / 3_600_000)
  const minutes = Math.floor(millis / 60_000) % 60
  const seconds = `${(millis % 60_000) / 1_000}s`
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds
}

/** Milliseconds in a message, such as `6.9 s`; to the millisecond, since jitter makes odd times. */
export const seconds = (millis: number): string => `${Math.round(millis) / 1_000} s`

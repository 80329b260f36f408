/** Parses durations of fixtures and checks their lengths, and formats durations as Go prints them. */
import { type Path, type Problem, printValue, unless } from "./Problem.js"

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const amountOf = (unit: string) => `([0-9]{1,9}(\\.[0-9]{1,9})?${unit})?`

/** Pattern of a duration, with at most the digits that fit into a date. */
export const durationPattern = `^(?=.)${["h", "m", "s", "ms"].map(amountOf).join("")}$`

const wholeDuration = new RegExp(durationPattern)

export const isDuration = (text: string): boolean => wholeDuration.test(text)

/** Default cap of virtual time, and so the longest wait of a request. */
export const longestWait = "168h"

/** Longest span; moments within it have a year of four digits. */
export const longestSpan = "876000h"

/** Returns the milliseconds of a duration such as `"500ms"`, `"20s"`, `"1m30s"` or `"1h"`. */
export const parseDuration = (text: string): number => {
  let millis = 0
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g))
    millis += Number(amount) * (units[unit ?? ""] ?? 0)
  return Math.round(millis)
}

/**
 * Formats a duration as Go does: `2m13.5s`, `1h0m0s`, `350ms`, `0s`. The API's `time_taken` has this form (inferred).
 */
export const formatGoDuration = (millis: number): string => {
  if (millis > 0 && millis < 1_000) return `${millis}ms`
  const hours = Math.floor(millis / 3_600_000)
  const minutes = Math.floor(millis / 60_000) % 60
  const seconds = `${(millis % 60_000) / 1_000}s`
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds
}

/** Formats milliseconds for a message, such as `6.9 s`; to the millisecond, since jittered times are not round. */
export const seconds = (millis: number): string => `${Math.round(millis) / 1_000} s`

// --- checks ---

/** A duration that is no longer than another; `reason` says why. */
const atMost = (path: Path, text: string | undefined, most: string, reason: string): ReadonlyArray<Problem> =>
  text === undefined
    ? []
    : unless(parseDuration(text) <= parseDuration(most), path, printValue(text), `at most ${most}: ${reason}`)

/** A time that a request waits for on the world's clock. */
export const waitProblems = (path: Path, text: string | undefined): ReadonlyArray<Problem> =>
  atMost(path, text, longestWait, "virtual time goes no further")

export const spanProblems = (path: Path, text: string | undefined): ReadonlyArray<Problem> =>
  atMost(path, text, longestSpan, "a date has a year of four digits")

export const rangeProblems = (
  { from, to }: { readonly from: string; readonly to: string },
  path: Path
): ReadonlyArray<Problem> =>
  unless(parseDuration(from) < parseDuration(to), [...path, "to"], printValue(to), `more than ${from}`)

/**
 * Parses the texts of times and durations, by character codes: they make up most of an answer, and regular expressions
 * take three times as long.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** The maximum length of the text of a number, duration or time. */
export const mostCharacters = 128

/** Go's zero time. */
export const unset = Number.NEGATIVE_INFINITY

const millisOfUnit: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "\u00b5s": 1e-3,
  "\u03bcs": 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6
}

const plus = 0x2b
const dash = 0x2d
const dot = 0x2e
const colon = 0x3a
const space = 0x20
const underscore = 0x5f
const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** The position after the digits that begin here. */
const afterDigits = (text: string, from: number): number => {
  let at = from
  while (isDigit(text.charCodeAt(at))) at++
  return at
}

/** A duration in Go's format, as `1h2m13.5s`. Other texts and negative durations are none. */
export const duration = (text: string): Option.Option<Duration.Duration> => {
  if (text === "0") return Option.some(Duration.zero)
  if (text.length > mostCharacters) return Option.none()
  let millis = 0
  let at = text.charCodeAt(0) === plus ? 1 : 0
  do {
    const whole = afterDigits(text, at)
    const amount = text.charCodeAt(whole) === dot ? afterDigits(text, whole + 1) : whole
    if (whole === at) return Option.none()
    let next = amount
    while (next < text.length && !isDigit(text.charCodeAt(next))) next++
    const factor = millisOfUnit[text.slice(amount, next)]
    if (factor === undefined) return Option.none()
    millis += Number(text.slice(at, amount)) * factor
    at = next
  } while (at < text.length)
  return millis <= Number.MAX_SAFE_INTEGER ? Option.some(Duration.millis(millis)) : Option.none()
}

/** Less than any sum of two-digit numbers. */
const invalid = -1_000_000

/** The number of two digits; negative for other characters. */
const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : invalid
}

/** The zone after the time, in minutes: none, `Z`, `+05:30` or `+0530`. */
const zoneOf = (text: string, at: number): number | undefined => {
  const code = text.charCodeAt(at)
  const left = text.length - at
  if (left <= 1) return left === 0 || code === 0x5a || code === 0x7a ? 0 : undefined
  const minutes = at + (text.charCodeAt(at + 3) === colon ? 4 : 3)
  const offset = two(text, at + 1) * 60 + two(text, minutes)
  if ((code !== plus && code !== dash) || text.length !== minutes + 2 || offset < 0) return undefined
  return code === dash ? -offset : offset
}

/** The time of the day in UTC, in milliseconds. */
const clockOf = (text: string): number | undefined => {
  const between = text.charCodeAt(10)
  if ((between !== 0x54 && between !== space) || text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) {
    return undefined
  }
  const hour = two(text, 11)
  const minute = two(text, 14)
  const second = two(text, 17)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  let millis = 0
  let end = 19
  if (text.charCodeAt(end) === dot) {
    end = afterDigits(text, 20)
    if (end === 20) return undefined
    for (let at = 20, unit = 100; at < end && at < 23; at++, unit /= 10) millis += (text.charCodeAt(at) - 0x30) * unit
  }
  const zone = zoneOf(text, end)
  return zone === undefined ? undefined : hour * 3_600_000 + (minute - zone) * 60_000 + second * 1_000 + millis
}

/**
 * Milliseconds since 1970 of `2024-05-06` with or without a time, `2024_05_06`, and `15-05-2024`; `unset` for
 * Go's zero time.
 */
export const millisOf = (text: string): number | undefined => {
  const isDayFirst = text.charCodeAt(2) === dash
  const separator = text.charCodeAt(isDayFirst ? 2 : 4)
  const isDay = text.length === 10
  const isDated = isDay ? separator === dash || separator === underscore : separator === dash && !isDayFirst
  if (!isDated || text.charCodeAt(isDayFirst ? 5 : 7) !== separator) return undefined
  const century = isDayFirst ? 6 : 0
  const year = two(text, century) * 100 + two(text, century + 2)
  const month = two(text, isDayFirst ? 3 : 5)
  const day = two(text, isDayFirst ? 0 : 8)
  const clock = isDay ? 0 : clockOf(text)
  const date = Date.UTC(year, month - 1, day)
  if (clock === undefined || month < 1 || month > 12 || new Date(date).getUTCDate() !== day) return undefined
  if (year === 1) return unset
  // No job is that old: the year is mistaken.
  return year < 100 ? undefined : date + clock
}

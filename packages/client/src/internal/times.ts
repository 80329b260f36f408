/** Parses the texts of times and durations. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** The maximum length of the text of a number, duration or time. */
export const mostCharacters = 128

/** Go's zero time. */
export const unset = -Infinity

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

/** A duration in Go's format, as `1h2m13.5s`. Other texts and negative durations are none. */
export const duration = (text: string): Option.Option<Duration.Duration> => {
  if (text === "0") return Option.some(Duration.zero)
  if (text.length > mostCharacters || !/^\+?(?:\d+(?:\.\d*)?(?:[nu\u00b5\u03bcm]?s|m|h))+$/.test(text)) {
    return Option.none()
  }
  let millis = 0
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)([^\d.]+)/g)) {
    millis += Number(amount) * (millisOfUnit[unit] ?? NaN)
  }
  return millis <= Number.MAX_SAFE_INTEGER ? Option.some(Duration.millis(millis)) : Option.none()
}

/** The end of the year 9999 in milliseconds since 1970: no text of a time is later. */
const end = 253_402_300_800_000

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?(?:[Zz]|([+-])(\d\d):?(\d\d))?)?$/

/**
 * Milliseconds since 1970 of `2024-05-06` with or without a time, `2024_05_06`, and `15-05-2024`; `unset` for
 * Go's zero time.
 */
export const millisOf = (text: string): number | undefined => {
  const dashed =
    text.length === 10
      ? text.replace(/^(\d{4})_(\d\d)_(\d\d)$/, "$1-$2-$3").replace(/^(\d\d)-(\d\d)-(\d{4})$/, "$3-$2-$1")
      : text
  const parts = iso.exec(dashed)
  if (parts === null) return undefined
  const numberAt = (at: number) => Number(parts[at] ?? 0)
  const [year, month, day, minute, second] = [numberAt(1), numberAt(2), numberAt(3), numberAt(5), numberAt(6)]
  const millis = Number((parts[7] ?? "").padEnd(3, "0"))
  const time = Date.UTC(year, month - 1, day, numberAt(4), minute, second, millis)
  const date = new Date(time)
  // An hour or a day beyond the last is one of the next day or month.
  const isOnCalendar = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!isOnCalendar || minute > 59 || second > 59) return undefined
  if (year === 1) return unset
  const zone = numberAt(9) * 60 + numberAt(10)
  const utc = time - (parts[8] === "-" ? -zone : zone) * 60_000
  // No job is that old: the year is mistaken.
  return year < 100 || utc >= end ? undefined : utc
}

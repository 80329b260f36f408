/**
 * Parses HTTP dates in the three forms that a recipient must accept (RFC 9110, 5.6.7): IMF-fixdate, and the obsolete
 * forms of RFC 850 and `asctime`. Parses `Retry-After`, a date or a number of seconds.
 */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const weekday = "(?:mon|tue|wed|thu|fri|sat|sun)"
const clock = "(\\d{2}):(\\d{2}):(\\d{2})"

/** Sun, 06 Nov 1994 08:49:37 GMT */
const fixdate = new RegExp(`^${weekday}, (\\d{2}) ([a-z]{3}) (\\d{4}) ${clock} GMT$`, "i")
/** Sunday, 06-Nov-94 08:49:37 GMT */
const rfc850 = new RegExp(`^${weekday}[a-z]{3,6}, (\\d{2})-([a-z]{3})-(\\d{2}) ${clock} GMT$`, "i")
/** Sun Nov  6 08:49:37 1994 */
const asctime = new RegExp(`^${weekday} ([a-z]{3}) (\\d{2}| \\d) ${clock} (\\d{4})$`, "i")

/** An instant in milliseconds; `NaN` for an impossible date. A leap second counts as the second after it. */
const instantOf = (year: number, month: string, day: string, time: ReadonlyArray<string | undefined>): number => {
  const [hour = Number.NaN, minute = Number.NaN, second = Number.NaN] = time.map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year, months.indexOf(month.toLowerCase()), Number(day))
  const isOnCalendar = months[date.getUTCMonth()] === month.toLowerCase() && date.getUTCDate() === Number(day)
  return isOnCalendar && hour <= 23 && minute <= 59 && second <= 60
    ? date.setUTCHours(hour, minute, second)
    : Number.NaN
}

/** Expands a year of two digits: at most 50 years ahead. */
const fullYear = (digits: number, now: number): number => {
  const present = new Date(now).getUTCFullYear()
  const year = present - (present % 100) + digits
  return year > present + 50 ? year - 100 : year <= present - 50 ? year + 100 : year
}

/** Parses a date to milliseconds; `NaN` for other texts. `now` decides the century of a year of two digits. */
export const parse = (text: string, now: number): number => {
  const trimmed = text.trim()
  const [, day, month, year, ...time] = fixdate.exec(trimmed) ?? []
  if (day !== undefined && month !== undefined) return instantOf(Number(year), month, day, time)
  const [, shortDay, shortMonth, digits, ...shortTime] = rfc850.exec(trimmed) ?? []
  if (shortDay !== undefined && shortMonth !== undefined) {
    return instantOf(fullYear(Number(digits), now), shortMonth, shortDay, shortTime)
  }
  const [, cMonth, cDay, hour, minute, second, cYear] = asctime.exec(trimmed) ?? []
  return cMonth !== undefined && cDay !== undefined
    ? instantOf(Number(cYear), cMonth, cDay, [hour, minute, second])
    : Number.NaN
}

/** Splits a header with several values, from several fields or separated by commas. Most dates contain a comma too. */
const valuesOf = (text: string, now: number): ReadonlyArray<string> => {
  const parts = text.split(",").map((part) => part.trim())
  const out: Array<string> = []
  for (let index = 0; index < parts.length; index++) {
    const [part = "", next] = parts.slice(index, index + 2)
    const isDate = next !== undefined && !Number.isNaN(parse(`${part}, ${next}`, now))
    out.push(isDate ? `${part}, ${next}` : part)
    if (isDate) index++
  }
  return out
}

/** The first date of a header. */
export const first = (header: string | undefined, now: number): number =>
  valuesOf(header ?? "", now)
    .map((value) => parse(value, now))
    .find((millis) => !Number.isNaN(millis)) ?? Number.NaN

/**
 * The delay of `Retry-After` in milliseconds: the longest of its readable values, else `NaN`. A date is relative to
 * `sentAt`, the time of the answer by the server's clock.
 */
export const retryAfter = (header: string | undefined, sentAt: number): number =>
  valuesOf(header ?? "", sentAt)
    .map((value) => (/^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : Math.max(0, parse(value, sentAt) - sentAt)))
    .filter((millis) => millis <= Number.MAX_SAFE_INTEGER)
    .reduce((longest, millis) => (Number.isNaN(longest) ? millis : Math.max(longest, millis)), Number.NaN)

/**
 * Parses HTTP dates in the three forms that a recipient must accept (RFC 9110, 5.6.7): IMF-fixdate, and the obsolete
 * forms of RFC 850 and `asctime`. Parses `Retry-After`, a date or a number of seconds.
 */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const weekday = "^(?:mon|tue|wed|thu|fri|sat|sun)"
const month = "(?<month>[a-z]{3})"
const clock = "(?<clock>\\d\\d:\\d\\d:\\d\\d)"

const forms = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  `, (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${clock} GMT$`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  `[a-z]{3,6}, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${clock} GMT$`,
  // Sun Nov  6 08:49:37 1994
  ` ${month} (?<day>\\d{2}| \\d) ${clock} (?<year>\\d{4})$`
].map((form) => new RegExp(weekday + form, "i"))

/** Expands a year of two digits: at most 50 years ahead. */
const fullYear = (digits: number, now: number): number => {
  const present = new Date(now).getUTCFullYear()
  const year = present - (present % 100) + digits
  return year > present + 50 ? year - 100 : year <= present - 50 ? year + 100 : year
}

/**
 * Parses a date to milliseconds; `NaN` for other texts and impossible dates. `now` decides the century of a year of two
 * digits. A leap second counts as the second after it.
 */
export const parse = (text: string, now: number): number => {
  const form = forms.find((it) => it.test(text.trim()))
  const { clock = "", day, month = "", year = "" } = form?.exec(text.trim())?.groups ?? {}
  const index = months.indexOf(month.toLowerCase())
  const [hour = NaN, minute = 0, second = 0] = clock.split(":").map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year.length === 2 ? fullYear(Number(year), now) : Number(year), index, Number(day))
  const isOnCalendar = date.getUTCMonth() === index && date.getUTCDate() === Number(day)
  return isOnCalendar && hour <= 23 && minute <= 59 && second <= 60 ? date.setUTCHours(hour, minute, second) : NaN
}

/** Splits a header with several values, from several fields or separated by commas. Most dates contain a comma too. */
const valuesOf = (header: string): ReadonlyArray<string> =>
  header.split(/,(?! *\d\d[ -][a-z])/i).map((value) => value.trim())

/** The first date of a header. */
export const first = (header: string | undefined, now: number): number =>
  valuesOf(header ?? "")
    .map((value) => parse(value, now))
    .find((millis) => !Number.isNaN(millis)) ?? NaN

/**
 * The delay of `Retry-After` in milliseconds: the longest of its readable values, else `NaN`. A date is relative to
 * `sentAt`, the time of the answer by the server's clock.
 */
export const retryAfter = (header: string | undefined, sentAt: number): number =>
  valuesOf(header ?? "")
    .map((value) => (/^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : Math.max(0, parse(value, sentAt) - sentAt)))
    .filter((millis) => millis <= Number.MAX_SAFE_INTEGER)
    .reduce((longest, millis) => (Number.isNaN(longest) ? millis : Math.max(longest, millis)), NaN)

/**
 * Parses HTTP dates in the three forms that a recipient must accept (RFC 9110, 5.6.7): IMF-fixdate, and the obsolete
 * forms of RFC 850 and `asctime`. Parses `Retry-After`, a date or a number of seconds.
 */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const weekday = "^(?:mon|tue|wed|thu|fri|sat|sun)"
const month = "(?<month>[a-z]{3})"
const clock = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})"

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
  const { month = "", ...digits } = forms.map((form) => form.exec(text.trim())?.groups).find((it) => it) ?? {}
  const numberOf = (name: string) => Number(digits[name])
  const index = months.indexOf(month.toLowerCase())
  const date = new Date(0)
  date.setUTCFullYear(
    digits["year"]?.length === 2 ? fullYear(numberOf("year"), now) : numberOf("year"),
    index,
    numberOf("day")
  )
  const isOnCalendar = date.getUTCMonth() === index && date.getUTCDate() === numberOf("day")
  return isOnCalendar && numberOf("hour") <= 23 && numberOf("minute") <= 59 && numberOf("second") <= 60
    ? date.setUTCHours(numberOf("hour"), numberOf("minute"), numberOf("second"))
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

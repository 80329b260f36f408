/**
 * Lenient readers of the API's JSON. A reader returns a value or none, never throws, and notes differences. The rules:
 *
 * - missing, `null` and `""` are none, without a note;
 * - an unreadable field is none, and noted;
 * - an unreadable list item is left out, and noted;
 * - only a needed field makes its object unreadable.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Raw from "./raw.js"
import { type Brand, brandUnchecked } from "./unsafe.js"

/** A difference: its path, the expected kind, and the received kind. */
export interface Note {
  readonly path: string
  readonly expected: string
  readonly found: string
}

export type Reader<A> = (value: unknown, path: string, notes: Array<Note>) => Option.Option<A>

/** A list with millions of unexpected items has only a few shapes of differences. */
const mostNotes = 64

const same = (one: Note, other: Note) =>
  one.path === other.path && one.found === other.found && one.expected === other.expected

/** Notes each shape once. */
const note = (notes: Array<Note>, found: Note): void => {
  if (notes.length < mostNotes && !notes.some((known) => same(known, found))) notes.push(found)
}

export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === ""

/** Whether the value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const withArticle: Readonly<Record<string, string>> = {
  boolean: "a boolean",
  number: "a number",
  object: "an object",
  string: "a text",
  undefined: "nothing"
}
/** The kind of a value, in words. */
export const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : value === ""
      ? "an empty text"
      : Array.isArray(value)
        ? "a list"
        : (withArticle[typeof value] ?? "something else")

export const refuse = (expected: string, value: unknown, path: string, notes: Array<Note>): Option.Option<never> => {
  note(notes, { path, expected, found: kindOf(value) })
  return Option.none()
}

/** Makes a reader from a parser that returns `undefined` for unreadable values. */
const reader =
  <A extends {}>(expected: string, parse: (value: unknown) => A | undefined): Reader<A> =>
  (value, path, notes) => {
    const parsed = parse(value)
    return parsed === undefined ? refuse(expected, value, path, notes) : Option.some(parsed)
  }

const surrogate = /[\ud800-\udfff]/

/** Replaces lone surrogates, which UTF-8 cannot encode. */
const wellFormed = (value: string) => (surrogate.test(value) ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value)

const isWellFormed = (value: string) => !surrogate.test(value) || !/\p{Surrogate}/u.test(value)

export const text: Reader<string> = (value, path, notes) =>
  typeof value === "string" ? Option.some(wellFormed(value)) : refuse("a text", value, path, notes)

/** An id: any non-empty text, unchanged. */
export const id = <Id extends string>(brand: Brand<Id>): Reader<Id> =>
  reader("an id", (value) => (typeof value === "string" && value !== "" ? brandUnchecked(brand, value) : undefined))

/** A boolean, or the text of one. */
export const boolean: Reader<boolean> = reader("a boolean", (value) =>
  value === true || value === "true" ? true : value === false || value === "false" ? false : undefined
)

/** The maximum length of the text of a number, duration or time. */
const mostCharacters = 128

/** The trimmed text of a single value; empty if too long. */
const oneValue = (value: unknown): string => {
  const text = typeof value === "string" ? value.trim() : ""
  return text.length <= mostCharacters ? text : ""
}

const numberOf = (value: unknown): number | undefined => {
  const parsed =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(oneValue(value))
        ? Number(value)
        : Number.NaN
  return Number.isFinite(parsed) ? parsed : undefined
}

/** A number, or the text of a number. */
export const number: Reader<number> = reader("a number", numberOf)

/** Progress from 0 to 100, as `75`, `"75"` or `"75%"`. */
export const progress: Reader<number> = reader("a progress from 0 to 100", (value) => {
  const parsed = numberOf(typeof value === "string" ? oneValue(value).replace(/%$/, "") : value)
  return parsed !== undefined && parsed >= 0 && parsed <= 100 ? parsed : undefined
})

/** A duration as a number of seconds. */
export const seconds: Reader<Duration.Duration> = reader("a number of seconds", (value) => {
  const parsed = numberOf(value)
  return parsed !== undefined && parsed >= 0 && parsed <= Number.MAX_SAFE_INTEGER / 1000
    ? Duration.seconds(parsed)
    : undefined
})

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

// Times and durations make up most of an answer: character codes take a third of the time of regular expressions.
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
export const goDuration = (text: string): Option.Option<Duration.Duration> => {
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

/** The duration in a text. Without a note: the text itself is a field of its own. */
export const durationIn: Reader<Duration.Duration> = (value) =>
  typeof value === "string" ? goDuration(value) : Option.none()

/** Less than any sum of two-digit numbers. */
const invalid = -1_000_000

/** The number of two digits; negative for other characters. */
const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : invalid
}

const daysOf = (year: number, month: number) =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : month === 4 || month === 6 || month === 9 || month === 11
      ? 30
      : 31

/** Days since 1970, counted in years that begin in March. Date.UTC takes ten times as long. */
const daysSince1970 = (year: number, month: number, day: number) => {
  const march = month > 2 ? year : year - 1
  const leaps = Math.floor(march / 4) - Math.floor(march / 100) + Math.floor(march / 400)
  return march * 365 + leaps + Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 719_469
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
 * Milliseconds since 1970 of `2024-05-06` with or without a time, `2024_05_06`, and `15-05-2024`; minus infinity for Go's
 * zero time.
 */
const millisOf = (text: string): number | undefined => {
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
  if (clock === undefined || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined
  if (year === 1) return Number.NEGATIVE_INFINITY
  // No job is that old: the year is mistaken.
  if (year < 100) return undefined
  return daysSince1970(year, month, day) * 86_400_000 + clock
}

/**
 * Recent times. Answers repeat them, as those of an unchanged task of a polled job, and a `DateTime` takes longer to make
 * than its text to read.
 */
const recent: Array<Option.Some<DateTime.Utc>> = []

const instantOf = (millis: number): Option.Option<DateTime.Utc> => {
  // A prime number of places, since most times are whole seconds.
  const place = Math.abs(millis) % 251
  const known = recent[place]
  if (known !== undefined && known.value.epochMillis === millis) return known
  const made = Option.some(DateTime.unsafeMake(millis))
  if (Option.isSome(made)) recent[place] = made
  return made
}

/** A point in time, in any format observed from the API. Go's zero time is none. */
export const time: Reader<DateTime.Utc> = (value, path, notes) => {
  const millis = millisOf(oneValue(value))
  return millis === undefined
    ? refuse("a time", value, path, notes)
    : millis === Number.NEGATIVE_INFINITY
      ? Option.none()
      : instantOf(millis)
}

/** The maximum depth of JSON in a model: encoders recurse, and unbounded nesting ends in a defect. */
const deepest = 100

const isBounded = (value: unknown, depth: number): boolean => {
  if (typeof value === "string") return isWellFormed(value)
  if (Array.isArray(value)) return depth < deepest && value.every((item) => isBounded(item, depth + 1))
  if (!isObject(value)) return true
  if (depth === deepest) return false
  for (const key in value) {
    if (!isWellFormed(key) || !isBounded(value[key], depth + 1)) return false
  }
  return true
}

const bounded = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return wellFormed(value)
  if (typeof value !== "object" || value === null) return value
  if (depth === deepest) return "<too deep>"
  if (Array.isArray(value)) return value.map((item) => bounded(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), bounded(item, depth + 1)]))
}

/** Any JSON, unchanged except for values that no encoder can write, which `Raw` keeps. */
export const json: Reader<unknown> = (value, path, notes) => {
  if (isBounded(value, 0)) return Option.some(value)
  note(notes, { path, expected: `well-formed JSON of ${deepest} levels at most`, found: "something else" })
  return Option.some(bounded(value, 0))
}

/** A URL, unchanged unless it has white space or control characters, which `URL` encodes or drops. */
const urlOf = (text: string): string | undefined => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
  return /[\s\u0000-\u001f\u007f]/.test(text) ? new URL(text).href : text
}

export const signedUrl: Reader<Redacted.Redacted> = reader("a URL", (value) => {
  const url = typeof value === "string" ? urlOf(value.trim()) : undefined
  return url === undefined ? undefined : Redacted.make(url)
})

/** A list as read: its readable items, and the number of the others. */
export interface Listed<A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: number
}

/** A list without its unreadable items. */
export const listed =
  <A>(item: Reader<A>): Reader<Listed<A>> =>
  (value, path, notes) => {
    if (!Array.isArray(value)) return refuse("a list", value, path, notes)
    const items: Array<A> = []
    const at = `${path}[]`
    for (const one of value) {
      const read = item(one, at, notes)
      if (Option.isSome(read)) items.push(read.value)
    }
    return Option.some({ items: Raw.keep(items, value), unreadable: value.length - items.length })
  }

/** The items of a list. */
export const list = <A>(item: Reader<A>): Reader<ReadonlyArray<A>> => {
  const read = listed(item)
  return (value, path, notes) => Option.map(read(value, path, notes), ({ items }) => items)
}

const listOfTexts = list(text)

/** Texts: a list, a single text, or the values of a map. */
export const texts: Reader<ReadonlyArray<string>> = (value, path, notes) =>
  typeof value === "string"
    ? Option.some([wellFormed(value)])
    : typeof value === "object" && value !== null
      ? Option.map(listOfTexts(Object.values(value), path, notes), (items) => Raw.keep([...items], value))
      : refuse("a list of texts", value, path, notes)

/** Numbers whose positions have a meaning, as in `[longitude, latitude]`: all or none. */
export const numbers: Reader<ReadonlyArray<number>> = reader("a list of numbers", (value) => {
  const read = Array.isArray(value) ? value.map(numberOf) : [undefined]
  const sound = read.filter((it) => it !== undefined)
  return sound.length === read.length ? sound : undefined
})

/** A map of texts, without its unreadable values. */
export const labels: Reader<Readonly<Record<string, string>>> = (value, path, notes) => {
  if (!isObject(value)) return refuse("a map of texts", value, path, notes)
  const at = `${path}{}`
  const entries = Object.entries(value).flatMap(([key, it]) =>
    Option.match(text(it, at, notes), { onNone: () => [], onSome: (found) => [[wellFormed(key), found] as const] })
  )
  return Option.some(Raw.keep(Object.fromEntries(entries), value))
}

/**
 * The list of an envelope by its name: empty if it is missing. None for an envelope with other names only than `others`,
 * and for any other value.
 */
export const listIn = (
  value: unknown,
  name: string,
  others: ReadonlyArray<string>,
  notes: Array<Note>
): Option.Option<ReadonlyArray<unknown>> => {
  if (!isObject(value)) return refuse("an object", value, "", notes)
  const found = value[name]
  if (Array.isArray(found)) return Option.some(found)
  const isForeign = found === undefined && Object.keys(value).some((key) => !others.includes(key))
  return isAbsent(found) && !isForeign ? Option.some([]) : refuse("a list", found, name, notes)
}

/** Reads the list of an envelope by its name. */
export const envelope = <A>(name: string, item: Reader<A>): Reader<Listed<A>> => {
  const read = listed(item)
  return (value, _, notes) => Option.flatMap(listIn(value, name, [], notes), (found) => read(found, name, notes))
}

/**
 * Lenient readers of the API's JSON. A reader returns a value or none, never throws, and notes differences. The rules:
 *
 * - missing, `null` and `""` are none, without a note;
 * - an unreadable field is none, and noted;
 * - an unreadable list item is left out, and noted;
 * - only a field read with `need` makes its object unreadable.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Raw from "./raw.js"

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

const absent = (value: unknown) => value === undefined || value === null || value === ""

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

const refuse = (expected: string, value: unknown, path: string, notes: Array<Note>): Option.Option<never> => {
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

/** Replaces lone surrogates, which UTF-8 cannot encode. */
const wellFormed = (value: string) => value.replace(/\p{Surrogate}/gu, "\ufffd")

export const text: Reader<string> = reader("a text", (value) =>
  typeof value === "string" ? wellFormed(value) : undefined
)

/** An id: any non-empty text, unchanged. */
export const id = <Id extends string>(brand: { readonly make: (text: string) => Id }): Reader<Id> =>
  reader("an id", (value) => (typeof value === "string" && value !== "" ? brand.make(value) : undefined))

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

/** A duration in Go's format, as `1h2m13.5s`. Other texts and negative durations are none. */
export const goDuration = (text: string): Option.Option<Duration.Duration> => {
  if (text === "0") return Option.some(Duration.zero)
  if (text.length > mostCharacters || !/^\+?(?:\d+(?:\.\d*)?(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/.test(text))
    return Option.none()
  let millis = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?)([a-z\u00b5\u03bc]+)/g)) {
    millis += Number(amount) * (millisOfUnit[unit ?? ""] ?? Number.NaN)
  }
  return millis <= Number.MAX_SAFE_INTEGER ? Option.some(Duration.millis(millis)) : Option.none()
}

const instant = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?)?$/
const underscored = /^(\d{4})_(\d{2})_(\d{2})$/
const dayFirst = /^(\d{2})-(\d{2})-(\d{4})$/

const daysOf = (year: number, month: number) =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31

/** Date.UTC reads 31 February as 3 March, and the years before 100 as years of the 20th century. */
const isOnCalendar = (year: number, month: number, day: number, hour: number, minute: number, second: number) =>
  year >= 100 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= daysOf(year, month) &&
  hour <= 23 &&
  minute <= 59 &&
  second <= 59

const timeOf = (text: string): DateTime.Utc | "unset" | undefined => {
  const usual = instant.exec(text) ?? underscored.exec(text)
  const backwards = usual === null ? dayFirst.exec(text) : null
  const parts = backwards === null ? usual : [text, backwards[3], backwards[2], backwards[1]]
  if (parts === null) return undefined
  if (parts[1] === "0001") return "unset"
  const part = (index: number) => Number(parts[index] ?? 0)
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)] as const
  if (!isOnCalendar(year, month, day, hour, minute, second)) return undefined
  const [fraction, sign, offsetHour, offsetMinute] = parts.slice(7)
  const millis = Number((fraction ?? "").padEnd(3, "0").slice(0, 3))
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -60_000 : 60_000)
  return DateTime.unsafeMake(Date.UTC(year, month - 1, day, hour, minute, second, millis) - offset)
}

/** A point in time, in any format observed from the API. Go's zero time is none. */
export const time: Reader<DateTime.Utc> = (value, path, notes) => {
  const parsed = timeOf(oneValue(value))
  return parsed === undefined
    ? refuse("a time", value, path, notes)
    : parsed === "unset"
      ? Option.none()
      : Option.some(parsed)
}

/** The maximum depth of JSON in a model: encoders recurse, and unbounded nesting ends in a defect. */
const deepest = 100

const isBounded = (value: unknown, depth: number): boolean =>
  typeof value === "string"
    ? !/\p{Surrogate}/u.test(value)
    : typeof value !== "object" ||
      value === null ||
      (depth < deepest &&
        Object.entries(value).every(([key, item]) => isBounded(key, depth) && isBounded(item, depth + 1)))

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
  notes.push({ path, expected: `well-formed JSON of ${deepest} levels at most`, found: "something else" })
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

const items = <A>(values: ReadonlyArray<unknown>, item: Reader<A>, path: string, notes: Array<Note>) => {
  const out: Array<A> = []
  const at = `${path}[]`
  for (const value of values) {
    const read = item(value, at, notes)
    if (Option.isSome(read)) out.push(read.value)
  }
  return out
}

/** A list without its unreadable items. */
export const list =
  <A>(item: Reader<A>): Reader<ReadonlyArray<A>> =>
  (value, path, notes) =>
    Array.isArray(value)
      ? Option.some(Raw.keep(items(value, item, path, notes), value))
      : refuse("a list", value, path, notes)

/** Texts: a list, a single text, or the values of a map. */
export const texts: Reader<ReadonlyArray<string>> = (value, path, notes) =>
  typeof value === "string"
    ? Option.some([value])
    : typeof value === "object" && value !== null
      ? Option.some(items(Object.values(value), text, path, notes))
      : refuse("a list of texts", value, path, notes)

/** The fields of one JSON object. */
export interface Fields {
  /** Reads an optional field. The first existing name counts. */
  readonly get: <A>(read: Reader<A>, ...names: readonly [string, ...Array<string>]) => Option.Option<A>
  /** Reads a required field. */
  readonly need: <A>(read: Reader<A>, name: string) => Option.Option<A>
  /** Reads a list; empty if missing. */
  readonly all: <A>(read: Reader<ReadonlyArray<A>>, name: string) => ReadonlyArray<A>
}

/** Makes an object from its fields, and keeps its JSON for `Raw`. */
export const object =
  <A extends object>(make: (fields: Fields) => Option.Option<A>): Reader<A> =>
  (value, path, notes) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse("an object", value, path, notes)
    }
    const fields: Readonly<Record<string, unknown>> = { ...value }
    const at = (name: string) => (path === "" ? name : `${path}.${name}`)
    const get: Fields["get"] = (read, ...names) => {
      const name = names.find((candidate) => !absent(fields[candidate]))
      return name === undefined ? Option.none() : read(fields[name], at(name), notes)
    }
    const made = make({
      get,
      need: (read, name) => read(fields[name], at(name), notes),
      all: (read, name) => Option.getOrElse(get(read, name), () => [])
    })
    return Option.map(made, (model) => Raw.keep(model, value))
  }

/** Reads an object that may lack all fields. Rejects only the envelope of an error. */
export const unlessError =
  <A>(read: Reader<A>): Reader<A> =>
  (value, path, notes) =>
    typeof value === "object" && value !== null && "error" in value && Object.keys(value).length === 1
      ? refuse("a success", value.error, "error", notes)
      : read(value, path, notes)

/** Reads the list of an envelope by its name. Rejects an envelope with only other names. */
export const envelope =
  <A>(name: string, others: ReadonlyArray<string>, read: Reader<ReadonlyArray<A>>): Reader<ReadonlyArray<A>> =>
  (value, path, notes) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse("an object", value, path, notes)
    }
    const fields: Readonly<Record<string, unknown>> = { ...value }
    const found = fields[name]
    if (!absent(found)) return read(found, name, notes)
    const foreign = found === undefined && Object.keys(fields).some((key) => !others.includes(key))
    return foreign ? refuse("a list", found, name, notes) : Option.some([])
  }

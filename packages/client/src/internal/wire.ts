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
import type { Difference } from "../InputError.js"
import * as Raw from "./raw.js"
import * as times from "./times.js"
import { type Brand, brandUnchecked } from "./unsafe.js"

/** A difference: its path, the expected kind, and the received kind. */
export type Note = Difference

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

export const text: Reader<string> = (value, path, notes) =>
  typeof value === "string" ? Option.some(value.toWellFormed()) : refuse("a text", value, path, notes)

/** An id: any non-empty text, unchanged. */
export const id = <Id extends string>(brand: Brand<Id>): Reader<Id> =>
  reader("an id", (value) => (typeof value === "string" && value !== "" ? brandUnchecked(brand, value) : undefined))

/** A boolean, or the text of one. */
export const boolean: Reader<boolean> = reader("a boolean", (value) =>
  value === true || value === "true" ? true : value === false || value === "false" ? false : undefined
)

/** The trimmed text of a single value; empty if too long. */
const oneValue = (value: unknown): string => {
  const text = typeof value === "string" ? value.trim() : ""
  return text.length <= times.mostCharacters ? text : ""
}

const numberOf = (value: unknown): number | undefined => {
  const parsed =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(oneValue(value))
        ? Number(value)
        : NaN
  return Number.isFinite(parsed) ? parsed : undefined
}

/** A number, or the text of a number. */
export const number: Reader<number> = reader("a number", numberOf)

/** Progress from 0 to 100, as `75`, `"75"` or `"75%"`. */
export const progress: Reader<number> = reader("a progress from 0 to 100", (value) => {
  const parsed = numberOf(typeof value === "string" ? oneValue(value).replace(/%$/, "") : value)
  return parsed !== undefined && parsed >= 0 && parsed <= 100 ? parsed : undefined
})

/** A duration as a number of a unit of some milliseconds. */
const durationIn = (unit: string, millis: number): Reader<Duration.Duration> =>
  reader(`a number of ${unit}`, (value) => {
    const parsed = numberOf(value)
    return parsed !== undefined && parsed >= 0 && parsed <= Number.MAX_SAFE_INTEGER / millis
      ? Duration.millis(parsed * millis)
      : undefined
  })

export const seconds: Reader<Duration.Duration> = durationIn("seconds", 1_000)
export const minutes: Reader<Duration.Duration> = durationIn("minutes", 60_000)

const mostRecent = 512

/**
 * Remembers what recent texts mean. Answers repeat the times of an unchanged task of a polled job, and a `DateTime` or
 * a `Duration` takes longer to make than its text to find.
 */
const remembering = <A>(parse: (text: string) => Option.Option<A> | undefined): typeof parse => {
  const recent = new Map<string, Option.Option<A>>()
  return (text) => {
    const known = recent.get(text)
    if (known !== undefined) return known
    const parsed = parse(text)
    if (parsed === undefined || text.length > times.mostCharacters) return parsed
    if (recent.size === mostRecent) recent.clear()
    recent.set(text, parsed)
    return parsed
  }
}

const durationOf = remembering(times.duration)

/** The duration in a text. Without a note: the text itself is a field of its own. */
export const duration: Reader<Duration.Duration> = (value) =>
  (typeof value === "string" ? durationOf(value) : undefined) ?? Option.none()

const timeOf = remembering((text): Option.Option<DateTime.Utc> | undefined => {
  const millis = times.millisOf(oneValue(text))
  if (millis === times.unset) return Option.none()
  return millis === undefined ? undefined : Option.some(DateTime.unsafeMake(millis))
})

/** A point in time, in any format observed from the API. Go's zero time is none. */
export const time: Reader<DateTime.Utc> = (value, path, notes) =>
  (typeof value === "string" ? timeOf(value) : undefined) ?? refuse("a time", value, path, notes)

/** The maximum depth of JSON in a model: encoders recurse, and unbounded nesting ends in a defect. */
const deepest = 100

const isBounded = (value: unknown, depth: number): boolean => {
  if (typeof value === "string") return value.isWellFormed()
  if (!Array.isArray(value) && !isObject(value)) return true
  if (depth === deepest) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isBounded(item, depth + 1)) return false
    return true
  }
  for (const key in value) {
    if (!key.isWellFormed() || !isBounded(value[key], depth + 1)) return false
  }
  return true
}

const bounded = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (typeof value !== "object" || value === null) return value
  if (depth === deepest) return "<too deep>"
  if (Array.isArray(value)) return value.map((item) => bounded(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), bounded(item, depth + 1)]))
}

/** Any JSON, unchanged except for values that no encoder can write, which `Raw` keeps. */
export const json: Reader<unknown> = (value, path, notes) => {
  if (isBounded(value, 0)) return Option.some(value)
  note(notes, { path, expected: `well-formed JSON of ${deepest} levels at most`, found: "something else" })
  return Option.some(bounded(value, 0))
}

/** A JSON object. */
export const object: Reader<unknown> = (value, path, notes) =>
  isObject(value) ? json(value, path, notes) : refuse("an object", value, path, notes)

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

/** Any text, which no log or error shows. */
export const secret: Reader<Redacted.Redacted> = (value, path, notes) =>
  Option.map(text(value, path, notes), Redacted.make)

/** A list as read: its readable items, and the number of the others. */
export interface Listed<A> {
  readonly items: ReadonlyArray<A>
  readonly unreadable: number
}

const listOf = <A>(item: Reader<A>, sent: ReadonlyArray<unknown>, path: string, notes: Array<Note>): Listed<A> => {
  const items: Array<A> = []
  const at = `${path}[]`
  for (const one of sent) {
    const read = item(one, at, notes)
    if (Option.isSome(read)) items.push(read.value)
  }
  return { items: Raw.keep(items, sent), unreadable: sent.length - items.length }
}

/** A list without its unreadable items. */
export const list =
  <A>(item: Reader<A>): Reader<ReadonlyArray<A>> =>
  (value, path, notes) =>
    Array.isArray(value) ? Option.some(listOf(item, value, path, notes).items) : refuse("a list", value, path, notes)

/** The items of a map by their ids, or of a list, without unreadable ones. */
export const keyed =
  <A>(item: Reader<A>): Reader<ReadonlyArray<A>> =>
  (value, path, notes) =>
    isObject(value) || Array.isArray(value)
      ? Option.some(Raw.keep(listOf(item, Object.values(value), path, notes).items, value))
      : refuse("a map", value, path, notes)

/** Texts: a list, a single text, or the values of a map. */
export const texts: Reader<ReadonlyArray<string>> = (value, path, notes) =>
  typeof value === "string"
    ? Option.some([value.toWellFormed()])
    : typeof value === "object" && value !== null
      ? Option.some(Raw.keep(listOf(text, Object.values(value), path, notes).items, value))
      : refuse("a list of texts", value, path, notes)

/** Numbers whose positions have a meaning, as in `[longitude, latitude]`: all or none. */
export const numbers: Reader<ReadonlyArray<number>> = reader("a list of numbers", (value) => {
  if (!Array.isArray(value)) return undefined
  const read = value.map(numberOf).filter((it) => it !== undefined)
  return read.length === value.length ? read : undefined
})

/** A map without its unreadable values. */
export const map =
  <A>(expected: string, item: Reader<A>): Reader<Readonly<Record<string, A>>> =>
  (value, path, notes) => {
    if (!isObject(value)) return refuse(expected, value, path, notes)
    const at = `${path}{}`
    const entries = Object.entries(value).flatMap(([key, it]) =>
      Option.match(item(it, at, notes), { onNone: () => [], onSome: (found) => [[key.toWellFormed(), found] as const] })
    )
    return Option.some(Raw.keep(Object.fromEntries(entries), value))
  }

export const labels: Reader<Readonly<Record<string, string>>> = map("a map of texts", text)

/**
 * The list of an envelope by its name, or the values of a `keyed` map: empty if it is missing. None for an envelope with
 * other names only than `others`, and for any other value.
 */
export const listIn = (
  value: unknown,
  name: string,
  others: ReadonlyArray<string>,
  notes: Array<Note>,
  isKeyed = false
): Option.Option<ReadonlyArray<unknown>> => {
  if (!isObject(value)) return refuse("an object", value, "", notes)
  const found = value[name]
  if (Array.isArray(found)) return Option.some(found)
  if (isKeyed && isObject(found)) return Option.some(Object.values(found))
  const isForeign = found === undefined && Object.keys(value).some((key) => !others.includes(key))
  return isAbsent(found) && !isForeign ? Option.some([]) : refuse("a list", found, name, notes)
}

/** Reads the list of an envelope by its name. */
export const envelope =
  <A>(name: string, item: Reader<A>): Reader<Listed<A>> =>
  (value, _, notes) =>
    Option.map(listIn(value, name, [], notes), (sent) => listOf(item, sent, name, notes))

/** Reads one of the properties that a model keeps as JSON. */
export const property = <A>(
  { properties }: { readonly properties: Option.Option<unknown> },
  name: string,
  read: Reader<A>
): Option.Option<A> =>
  Option.flatMap(properties, (all) => {
    const value: unknown = Object(all)[name]
    return isAbsent(value) ? Option.none() : read(value, name, [])
  })

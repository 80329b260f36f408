/** JSON that a user names by a file, or sends to stdin. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { Ask } from "./Ask.js"
import type { UsageError } from "./failure/errors.js"
import { fileError } from "./files.js"
import type { OutputFailed } from "./Output.js"

/** The name of a source in messages. */
export const nameOf = (path: string): string => (path === "-" ? "stdin" : path)

/**
 * Reads the JSON of a file, or that of stdin for `-`. `onText` makes the error of a text that is no JSON, and `onFile`
 * that of a file that cannot be read.
 */
export const readJson = <E>(
  path: string,
  // the cause is not passed on: it may show a part of the text
  onText: () => E,
  onFile: (cause: unknown) => OutputFailed | UsageError = (cause) => fileError(`${path} could not be read`, cause)
) =>
  (path === "-"
    ? Effect.flatMap(Ask, ({ input }) => input)
    : Effect.tryPromise({ try: () => readFile(path, "utf8"), catch: onFile })
  ).pipe(
    // editors on Windows begin a file with a byte order mark
    Effect.flatMap((content) =>
      Effect.try({ try: (): unknown => JSON.parse(content.replace(/^\uFEFF/, "")), catch: onText })
    )
  )

// --- forms ---

export const Text = Schema.String.annotations({ title: "a text" })
export const Amount = Schema.Number.annotations({ title: "a number" })

/** A list of values, which `title` names. */
export const list = <A, I>(item: Schema.Schema<A, I>, title: string) => Schema.Array(item).annotations({ title })

/** A field that may be missing. */
export const maybe = <A, I>(field: Schema.Schema<A, I>) => Schema.optionalWith(field, { exact: true })

const placeOf = (path: ReadonlyArray<PropertyKey>) =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1)

const anyOf = (expected: string) => expected.replaceAll(" | ", " or ")

const shorten = (found: string) => (found.length > 80 ? `${found.slice(0, 80)}…` : found)

/** Says in the words of the client what the schema's message says. */
const inWords = (message: string): string => {
  const [, expected, found] = /^Expected (.*?), actual (.*)$/s.exec(message) ?? []
  return expected === undefined || found === undefined
    ? anyOf(message)
    : `is ${shorten(found)} where ${anyOf(expected)} is needed`
}

/** The mistakes of a value, each with its place. The titles of the form name the expected values. */
const mistakes = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .map(({ message, path }) => `${placeOf(path) || "it"} ${inWords(message)}`)
    .join("; ")

/** Reads JSON of a form. `invalid` makes the error of its mistakes. */
export const readForm = <A, I>(path: string, form: Schema.Schema<A, I>, invalid: (problem: string) => UsageError) =>
  Effect.flatMap(
    readJson(path, () => invalid(`in ${nameOf(path)}, there is no JSON`)),
    (json) =>
      Effect.mapError(Schema.decodeUnknown(form, { errors: "all", onExcessProperty: "error" })(json), (error) =>
        invalid(`in ${nameOf(path)}, ${mistakes(error)}`)
      )
  )

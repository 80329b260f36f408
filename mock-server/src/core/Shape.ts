/**
 * The words of which all shapes are made: one source for the types, the check when a value is read, the JSON Schemas
 * that editors use, and the reference in `docs/`. Names in camelCase are the mock's own; names in snake_case are fields
 * of the wire, with the values that the API would send.
 *
 * A `title` completes the sentence "found …, expected …" of an error message, and names the unit of a number. Each
 * field has a `description` and `examples`; an optional field has a `default`, or a description that ends in
 * "Default: …" where leaving the field out is like no value. The check knows the other keywords that are used here and
 * no others (`core/ShapeCheck`).
 */
import * as Type from "typebox/type"
import { durationPattern } from "./Duration.js"

/** Copies a schema, hidden properties included, with more keywords, which come last. */
const withKeywords = <S extends Type.TSchema>(schema: S, keywords: object): S => {
  const own = Object.entries(Object.getOwnPropertyDescriptors(schema)).filter(([key]) => !Object.hasOwn(keywords, key))
  const more = Object.getOwnPropertyDescriptors(keywords)
  return Object.defineProperties({} as S, { ...Object.fromEntries(own), ...more }) // has all properties of the schema
}

/** A field of a shape with its documentation. */
export const field = <S extends Type.TSchema>(
  schema: S,
  description: string,
  examples: readonly [unknown, ...ReadonlyArray<unknown>]
): S => withKeywords(schema, { description, ...("default" in schema && { default: schema.default }), examples })

/** A field that may be left out, and its value then, if any. */
export const optional = <S extends Type.TSchema>(schema: S, ...otherwise: readonly [unknown?]) =>
  Type.Optional(otherwise.length === 0 ? schema : withKeywords(schema, { default: otherwise[0] }))

export const text = Type.String({ title: "a text" })
export const name = Type.String({ minLength: 1, title: "a text that is not empty" })
export const flag = Type.Boolean({ title: "true or false" })
/** A whole number of things, from `least` to `most`. */
export const numberOf = (things: string, least: number, most?: number) =>
  Type.Integer({
    minimum: least,
    ...(most !== undefined && { maximum: most }),
    title: `a whole number of ${things} from ${least}${most === undefined ? "" : ` to ${most}`}`
  })
export const count = Type.Integer({ minimum: 0, title: "a whole number from 0" })
export const plainNumber = Type.Number({ title: "a number without a unit" })
export const ordinal = Type.Integer({ minimum: 1, title: "a whole number from 1" })
export const bytes = numberOf("bytes", 0)
export const statusFrom = (least: number) =>
  Type.Integer({ minimum: least, maximum: 599, title: `a status from ${least} to 599` })
export const yes = Type.Literal(true, { title: "true" })
export const texts = Type.Record(Type.String(), text, { title: "an object of texts" })
export const json = Type.Unknown()
export const object = <P extends Type.TProperties>(properties: P, options: Type.TObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })
export const list = <S extends Type.TSchema>(items: S) => Type.Array(items, { title: "a list" })
export const someOf = <S extends Type.TSchema>(items: S) =>
  Type.Array(items, { minItems: 1, title: "a list that is not empty" })
export const oneOf = <Words extends Array<string>>(...words: Words): Type.TEnum<Words> => Type.Enum<Words>(words)

/** An optional field with one of some words, of which the first is the default. */
export const choice = <const Words extends readonly [string, string, ...ReadonlyArray<string>]>(
  words: Words,
  description: string
) => field(optional(oneOf<[...Words]>(...words), words[0]), description, [words[1]])

/** An optional field that is true or false. */
export const toggle = (otherwise: boolean, description: string) =>
  field(optional(flag, otherwise), description, [!otherwise])

export const duration = Type.String({
  pattern: durationPattern,
  title: 'a duration such as "500ms", "20s", "1m30s" or "1h"'
})

/** No more than a number can hold exactly. */
export const size = Type.String({
  pattern: "^([0-9]{1,15}B|[0-9]{1,6}(\\.[0-9]{1,3})?([kMG]B|[KMG]iB))$",
  title: 'a size such as "500kB", "2GB", "1.5GiB" or "4294967295B"'
})

export const seconds = numberOf("seconds", 0)
export const credits = numberOf("credits", 0)

export const schemaPath = (file: string) =>
  field(
    optional(Type.String({ title: "the path of a JSON Schema" })),
    "Path of the JSON Schema of this file, for editors; the mock does not read it. Default: none.",
    [`../schema/${file}.schema.json`]
  )

export const head = <K extends string>(kind: K) => ({
  $schema: schemaPath(kind),
  kind: field(Type.Literal(kind), "Kind of the file; it must fit the folder.", [kind]),
  source: field(
    Type.String({ minLength: 1, title: "where the shape comes from, and how sure that is" }),
    "Where the contents come from: documented, recorded, inferred or made up. For readers; the mock does not use it.",
    ["Documented on the page of createJob; contents ours."]
  )
})

/** A text of the wire that is left out without a value. */
export const sentText = (what: string, example: string) =>
  field(optional(text), `${what} Default: not sent.`, [example])

/** Words for a fixture of a kind, where they are not the name of the kind. */
const words: Readonly<Record<string, string>> = { aoi: "AOI", error: "error body" }

/** The fields at the beginning of a file. */
export type FileHead = "$schema" | "kind" | "source"

/** Returns an object with the first examples of the fields that a shape needs, and of those that it also `shows`. */
export const exampleOf = (
  { properties }: { readonly properties: Type.TProperties },
  shows: ReadonlyArray<PropertyKey> = []
): Readonly<Record<string, unknown>> => {
  const shown = Object.entries(properties).filter(([key, schema]) => !Type.IsOptional(schema) || shows.includes(key))
  return Object.fromEntries(
    shown.map(([key, { examples }]: [string, { examples?: ReadonlyArray<unknown> }]) => [key, examples?.[0]])
  )
}

/** The shape of a file. Its example is that of its fields. */
export const fixture = <K extends string, P extends Type.TProperties>(
  kind: K,
  description: string,
  properties: P,
  shows: ReadonlyArray<keyof P> = []
) => {
  const own = exampleOf({ properties }, shows)
  return object(
    { ...head(kind), ...properties },
    {
      title: `${/^[aeiou]/.test(kind) ? "an" : "a"} ${words[kind] ?? kind}`,
      description,
      examples: [{ $schema: `../schema/${kind}.schema.json`, kind, source: "Made up.", ...own }]
    }
  )
}

/** Returns the fields of a file that follow its head. */
export const contentOf = <F extends { readonly [Key in FileHead]?: unknown }>({
  $schema,
  kind,
  source,
  ...content
}: F): Omit<F, FileHead> => content

/** A value of a shape, frozen when it is loaded, and shared by all worlds. */
export type Shaped<S extends Type.TSchema> = DeepReadonly<Type.Static<S>>

export const sent = Type.Record(Type.String(), json, { title: "an object of fields and their values" })

export const emptyLists = optional(oneOf("empty", "null"), "empty")

type DeepReadonly<A> =
  A extends ReadonlyArray<infer Item>
    ? ReadonlyArray<DeepReadonly<Item>>
    : A extends object
      ? { readonly [Key in keyof A]: DeepReadonly<A[Key]> }
      : A

/** A `Date` reaches twice as far, so that time can advance after a restore. */
export const time = Type.Number({
  minimum: -8_640_000_000_000_000,
  maximum: 4_320_000_000_000_000,
  title: "a time in milliseconds since 1970"
})
export const elapsed = Type.Number({ minimum: 0, title: "a number of milliseconds from 0" })

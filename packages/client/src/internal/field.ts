/**
 * The fields of a model's table. One line gives a property of the model, its names in the wire format, and its reader.
 *
 * The documented name comes first; of several names, the first that has a value counts. A property is an `Option`,
 * except for a needed one, and for lists and maps, which are empty if missing.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type AnyModel, isEmpty, reader } from "./model.js"
import * as schema from "./schema.js"
import type { Brand } from "./unsafe.js"
import * as wire from "./wire.js"

/** The kind of a field, for its reader and for a description of the API. */
export type Kind =
  | "boolean"
  | "duration"
  | "id"
  | "json"
  | "keyed"
  | "labels"
  | "labelMaps"
  | "listMaps"
  | "minutes"
  | "model"
  | "modelMap"
  | "models"
  | "named"
  | "number"
  | "numbers"
  | "numbersOrTexts"
  | "object"
  | "percent"
  | "percentText"
  | "seconds"
  | "secret"
  | "tag"
  | "text"
  | "texts"
  | "textsOrMap"
  | "time"
  | "url"
  | "word"

type Property = Schema.Schema.All | Schema.PropertySignature.All

export interface Field<P extends Property> {
  readonly kind: Kind
  readonly names: readonly [string, ...Array<string>]
  readonly property: P
  /** Whether the model is unreadable without it. */
  readonly isNeeded: boolean
  /** The property of a missing value. */
  readonly missing: unknown
  /** Reads a value that is not missing. */
  readonly read: wire.Reader<unknown>
  /** The model of a field of kind `model`, `models`, `named`, `keyed` or `modelMap`. */
  readonly model?: AnyModel | undefined
  /** The models of a list of several models. */
  readonly union?: ReadonlyArray<AnyModel>
  /** The known words of a field of kind `word`. */
  readonly words?: ReadonlyArray<string>
}

/** The fields of a model, by property. */
export type Table = Readonly<Record<string, Field<Property>>>

type Names = Field<Property>["names"]

type SchemaModel<A extends object, I> = AnyModel<A> & Schema.Schema<A, I>

type Maybe<A, I> = Field<Schema.PropertySignature<":", Option.Option<A>, never, "?:", I, true>>
type Plain<A, I> = Field<Schema.PropertySignature<":", A, never, ":", I, true>>

const maybe = <A, I>(
  kind: Kind,
  property: Schema.PropertySignature<":", Option.Option<A>, never, "?:", I, true>,
  read: wire.Reader<A>,
  names: Names
): Maybe<A, I> => ({ kind, names, property, isNeeded: false, missing: Option.none(), read })

/** A list or a map: its property is the value, without an `Option`. */
const plain = <A, I>(
  kind: Kind,
  property: Schema.PropertySignature<":", A, never, ":", I, true>,
  read: wire.Reader<A>,
  missing: A,
  names: Names,
  model?: AnyModel
): Plain<A, I> => ({ kind, names, property, isNeeded: false, missing, read, model })

// --- needed ---

/** An id without which the model is unreadable. */
export const need = <Id extends string>(
  brand: Schema.Schema<Id, string> & Brand<Id>,
  ...names: Names
): Field<Schema.Schema<Id, string>> => ({
  kind: "id",
  names,
  property: brand,
  isNeeded: true,
  missing: undefined,
  read: wire.id(brand)
})

/** The tag of a model in a union, by which its encoded form is decoded. The wire fields tell which model it is. */
export const tag = <const Tag extends string>(value: Tag, ...names: Names): Field<Schema.tag<Tag>> => ({
  kind: "tag",
  names,
  property: Schema.tag(value),
  isNeeded: false,
  missing: value,
  read: () => Option.some(value)
})

// --- optional ---

export const id = <Id extends string>(brand: Schema.Schema<Id, string> & Brand<Id>, ...names: Names) =>
  maybe("id", schema.maybe(brand), wire.id(brand), names)

export const text = (...names: Names) => maybe("text", schema.maybeString, wire.text, names)

/** Any text, of which some words are known, as that of a status. */
export const word = (words: ReadonlyArray<string>, ...names: Names): Maybe<string, string | undefined> => ({
  ...text(...names),
  kind: "word",
  words
})

export const boolean = (...names: Names) => maybe("boolean", schema.maybeBoolean, wire.boolean, names)

export const number = (...names: Names) => maybe("number", schema.maybeNumber, wire.number, names)

/** A progress or a share from 0 to 100. */
export const percent = (...names: Names) => maybe("percent", schema.maybeNumber, wire.progress, names)

/** A progress from 0 to 100, documented as a text such as `75%`. */
export const percentText = (...names: Names) => maybe("percentText", schema.maybeNumber, wire.progress, names)

/** A duration, in seconds in the wire format. */
export const seconds = (...names: Names) => maybe("seconds", schema.maybeSeconds, wire.seconds, names)

/** A duration, in minutes in the wire format. */
export const minutes = (...names: Names) => maybe("minutes", schema.maybeSeconds, wire.minutes, names)

/** The duration that a text holds, derived from the wire field of a `text`, which keeps other texts. */
export const duration = (...names: Names) => maybe("duration", schema.maybeSeconds, wire.duration, names)

export const time = (...names: Names) => maybe("time", schema.maybeInstant, wire.time, names)

export const json = (...names: Names) => maybe("json", schema.maybeJson, wire.json, names)

/** A JSON object of any fields. */
export const object = (...names: Names) => maybe("object", schema.maybeJson, wire.object, names)

/** A URL that gives access without a token. */
export const url = (...names: Names) => maybe("url", schema.maybeUrl, wire.signedUrl, names)

/** Another model; none for the empty struct that Go sends for a missing one. */
export const ref = <A extends object, I>(Model: SchemaModel<A, I>, ...names: Names): Maybe<A, I | undefined> => {
  const read = reader(Model)
  const filled: wire.Reader<A> = (value, path, notes) =>
    Option.filter(read(value, path, notes), (it) => !isEmpty(it, Model))
  return { ...maybe("model", schema.maybe(Model), filled, names), model: Model }
}

/** A text that may give access without a token. */
export const secret = (...names: Names) => maybe("secret", schema.maybeUrl, wire.secret, names)

// --- lists and maps ---

const none: ReadonlyArray<never> = []

export const many = <A extends object, I>(Model: SchemaModel<A, I>, ...names: Names) =>
  plain("models", schema.listOf(Model), wire.list(reader(Model)), none, names, Model)

/** Models that services send as objects, or as their names alone. */
export const named = <A extends object, I>(Model: SchemaModel<A, I>, ...names: Names) => {
  const read = reader(Model)
  const item: wire.Reader<A> = (value, path, notes) =>
    read(typeof value === "string" ? { name: value } : value, path, notes)
  return plain("named", schema.listOf(Model), wire.list(item), none, names, Model)
}

/** Models of several classes, told apart by their JSON. */
export const manyOf = <A extends object, I>(
  Union: Schema.Schema<A, I>,
  models: ReadonlyArray<AnyModel<A>>,
  modelOf: (json: unknown) => AnyModel<A>,
  ...names: Names
): Plain<ReadonlyArray<A>, ReadonlyArray<I>> => {
  const item: wire.Reader<A> = (value, path, notes) => reader(modelOf(value))(value, path, notes)
  return { ...plain("models", schema.listOf(Union), wire.list(item), none, names), union: models }
}

/** Models that services send as a map by their ids, or as a list. */
export const keyed = <A extends object, I>(Model: SchemaModel<A, I>, ...names: Names) =>
  plain("keyed", schema.listOf(Model), wire.keyed(reader(Model)), none, names, Model)

export const texts = (...names: Names) => plain("texts", schema.listOf(Schema.String), wire.texts, none, names)

/** Texts that services send as a list, as one text or as a map. */
export const textsOrMap = (...names: Names) =>
  plain("textsOrMap", schema.listOf(Schema.String), wire.texts, none, names)

/** Numbers whose positions have a meaning, as in `[longitude, latitude]`: all of them, or none. */
export const numbers = (...names: Names) => plain("numbers", schema.listOf(Schema.Number), wire.numbers, none, names)

/** Numbers as in `numbers`, which some services send as texts. */
export const numbersOrTexts = (...names: Names) =>
  plain("numbersOrTexts", schema.listOf(Schema.Number), wire.numbers, none, names)

/** A map of models by keys that are data, such as days. */
export const map = <A extends object, I>(Model: SchemaModel<A, I>, ...names: Names) =>
  plain("modelMap", schema.mapOf(Model), wire.map("a map", reader(Model)), {}, names, Model)

/** A map of texts. */
export const labels = (...names: Names) => plain("labels", schema.labels, wire.labels, {}, names)

/** Maps of texts, by keys that are data. */
export const labelMaps = (...names: Names) =>
  plain("labelMaps", schema.labelMaps, wire.map("a map of maps", wire.labels), {}, names)

/** Maps of lists of texts, by keys that are data, in a list. */
export const listMaps = (...names: Names) =>
  plain("listMaps", schema.listMaps, wire.list(wire.map("a map of lists", wire.texts)), none, names)

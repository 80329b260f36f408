/**
 * The facts of the official description, which neither the client's rows nor the mock's were made from: an arbiter for
 * both.
 */
import facts from "../official.json" with { type: "json" }

/** A form in short: a word, a list of one form, or an object of forms. */
export type Form = string | readonly [Form] | { readonly [name: string]: Form }

/** An operation of the official description. */
export interface OfficialOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  /** Forms of the query parameters; `!` marks a required one. */
  readonly query: Readonly<Record<string, string | undefined>>
  /** The form of the body; `?` marks an optional one. */
  readonly body: string | null
  /** The form of each success by its status; null for an empty body. */
  readonly success: Readonly<Record<string, string | null | undefined>>
  readonly errors: ReadonlyArray<number>
}

export const operations: ReadonlyArray<OfficialOperation> = facts.operations

// TypeScript infers a type of its own for each of the 132 forms
const forms = facts.forms as unknown as Readonly<Record<string, Form>>

export type JsonSchema = boolean | { readonly [keyword: string]: unknown }

const primitives = new Set(["string", "integer", "number", "boolean", "object"])

/** The form with a name, or at a path in one, as `lens.V2Response.pagination`; absent for a primitive. */
export const formNamed = (name: string): Form | undefined => {
  const dot = name.lastIndexOf(".")
  const found = forms[name] ?? (dot < 0 ? undefined : propertyOf(name.slice(0, dot), name.slice(dot + 1)))
  return found !== undefined && isList(found) ? found[0] : found
}

/** The form of a property as it is written; absent if the form has no such property. */
const propertyIn = (form: Form, ...keys: ReadonlyArray<string>): Form | undefined => {
  if (typeof form === "string") {
    const named = formNamed(form)
    return named === undefined ? undefined : propertyIn(named, ...keys)
  }
  const entries = isList(form) ? [] : Object.entries(form)
  return entries.find(([key]) => keys.includes(key))?.[1]
}

/** The form of a property; absent if the form has no such property. */
export const propertyOf = (form: Form, property: string): Form | undefined => propertyIn(form, property, `${property}!`)

/** Whether a form requires a property. */
export const isRequired = (form: Form, property: string): boolean => propertyIn(form, `${property}!`) !== undefined

/** The form of a property of a named form. */
export const formOf = (name: string, property: string): Form => {
  const found = propertyOf(name, property)
  if (found === undefined) throw new RangeError(`the official description has no ${name}.${property}`)
  return found
}

interface Writing {
  /** The place of the form, as in `formNamed`. */
  readonly at?: string
  /** Another schema for a place. */
  readonly instead?: (place: string) => JsonSchema | undefined
  /** Whether further properties are forbidden. */
  readonly isClosed?: boolean
}

/** Writes a form as JSON Schema, with all forms that it names in place. */
export const schemaOf = (form: Form, writing: Writing = {}): JsonSchema => {
  const { at = "", instead, isClosed = false } = writing
  if (typeof form === "string") {
    if (form === "any") return {}
    if (form.startsWith("enum:")) return { type: "string", enum: form.slice("enum:".length).split("|") }
    if (primitives.has(form)) return { type: form }
    const name = form.replace(/\?$/, "")
    const named = forms[name]
    if (named === undefined) throw new RangeError(`the official description has no form ${form}`)
    return schemaOf(named, { ...writing, at: name })
  }
  if (isList(form)) return { type: "array", items: schemaOf(form[0], writing) }
  const entries = Object.entries(form)
  const [first] = entries
  if (first?.[0] === "*") return { type: "object", additionalProperties: schemaOf(first[1], writing) }
  const properties = entries.map(([key, value]): readonly [string, JsonSchema] => {
    const name = key.replace(/!$/, "")
    const place = `${at}.${name}`
    return [name, instead?.(place) ?? schemaOf(value, { ...writing, at: place })]
  })
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: entries.flatMap(([name]) => (name.endsWith("!") ? [name.slice(0, -1)] : [])),
    ...(isClosed ? { additionalProperties: false } : {})
  }
}

const isList = (form: Form): form is readonly [Form] => Array.isArray(form)

/**
 * Tables of the fields of a shape, for the pages of the reference.
 */
import { duration, size } from "../../src/core/Shape.js"
import type { Schema as Shape } from "../../src/core/ShapeCheck.js"
import { anchorOf, cell, code, table } from "../markdown.js"

/** A shape, with the keywords that are for readers. */
export interface Schema extends Shape {
  readonly description?: string
  readonly default?: unknown
  readonly examples?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<Schema>
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

export interface Field {
  /** `cut.at`: an object without a section of its own is shown in place. */
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
}

const durations: Schema = duration
const sizes: Schema = size

export const jsonCode = (value: unknown): string => code(JSON.stringify(value))

/** A shape with a section of its own: `page` is the file of the section. */
export interface Section {
  readonly page: string
  readonly heading: string
  readonly schema: Schema
}

/** Words with a section of their own. */
export interface Words {
  readonly page: string
  readonly heading: string
  /** One of them. */
  readonly label: string
  readonly words: ReadonlyArray<string>
}

/** Copies of a shape share its properties. */
const isSame = (a: Schema, b: Schema): boolean => a.properties !== undefined && a.properties === b.properties

/** The default that a description ends in, for a field without a default value. */
const otherwise = /\s*Default: (.*)\.$/

export const defaultOf = ({ isRequired, schema }: Field): string => {
  if (isRequired) return "required"
  return "default" in schema ? jsonCode(schema.default) : (otherwise.exec(schema.description ?? "")?.[1] ?? "")
}

const meaningOf = ({ description = "" }: Schema): string => cell(description.replace(otherwise, ""))

const range = ({ maximum, minimum }: Schema): string =>
  `${minimum === undefined ? "" : ` from ${minimum}`}${maximum === undefined ? "" : ` to ${maximum}`}`

/** A link from a page to a section. */
const linkTo = (
  { heading, page: file }: { readonly page: string; readonly heading: string },
  page: string,
  label = heading.toLowerCase()
): string => `[${label}](${file === page ? "" : file}#${anchorOf(heading)})`

export class Reference {
  readonly #sections: ReadonlyArray<Section>
  readonly #words: ReadonlyArray<Words>

  constructor(sections: ReadonlyArray<Section>, words: ReadonlyArray<Words>) {
    this.#sections = sections
    this.#words = words
  }

  /** The fields of a shape, those of objects without a section of their own in place. */
  fields(schema: Schema, prefix = ""): ReadonlyArray<Field> {
    return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
      const name = `${prefix}${key}`
      const isRequired = schema.required?.includes(key) ?? false
      const inside = this.#section(field) === undefined ? this.fields(field, `${name}.`) : []
      return [{ name, schema: field, isRequired }, ...inside]
    })
  }

  /** The table of the fields of a shape, on a page. */
  table(schema: Schema, page: string): string {
    return table(
      ["field", "type", "unit", "default", "meaning", "example"],
      this.fields(schema).map((field) => [
        code(field.name),
        this.#type(field.schema, page),
        unitOf(field.schema),
        defaultOf(field),
        meaningOf(field.schema),
        (field.schema.examples ?? []).map(jsonCode).join(", ")
      ])
    )
  }

  #section(schema: Schema): Section | undefined {
    return this.#sections.find((section) => isSame(section.schema, schema))
  }

  #type(schema: Schema, page: string): string {
    const { anyOf, const: only, enum: words, items, patternProperties, properties, type } = schema
    const section = this.#section(schema)
    if (section !== undefined) return linkTo(section, page)
    if (only !== undefined) return jsonCode(only)
    if (words !== undefined) {
      const listed = this.#words.find((list) => list.words.join() === words.join())
      return listed === undefined ? words.map(jsonCode).join(", ") : linkTo(listed, page, listed.label)
    }
    if (anyOf !== undefined) return [...new Set(anyOf.map((branch) => this.#type(branch, page)))].join(" or ")
    if (items !== undefined) return `list: ${this.#type(items, page)}`
    const [values] = Object.values(patternProperties ?? {})
    if (values !== undefined) return `object, any keys: ${this.#type(values, page)}`
    if (properties !== undefined) return "object"
    if (schema.pattern === durations.pattern)
      return linkTo({ page: "fixtures.md", heading: "Durations" }, page, "duration")
    if (schema.pattern === sizes.pattern) return linkTo({ page: "fixtures.md", heading: "Sizes" }, page, "size")
    if (type === "string") return schema.pattern === undefined ? "text" : (schema.title ?? "text").replace(/^an? /, "")
    return type === undefined ? "any JSON" : `${type}${range(schema)}`
  }
}

/** The units of a value: those that it is written with, or that its number counts. */
export const unitsOf = (schema: Schema): ReadonlyArray<string> => {
  const { anyOf = [], items, pattern, patternProperties = {}, title = "", type } = schema
  if (pattern === durations.pattern) return ["`h`, `m`, `s`, `ms`"]
  if (pattern === sizes.pattern) return ["`B` to `GiB`"]
  const [, counted] = /(?:number of|time in) (\w+)/.exec(type === "integer" || type === "number" ? title : "") ?? []
  if (counted !== undefined) return [counted]
  return [...anyOf, ...(items ? [items] : []), ...Object.values(patternProperties)].flatMap(unitsOf)
}

const unitOf = (schema: Schema): string => [...new Set(unitsOf(schema))].join(", ") || "–"

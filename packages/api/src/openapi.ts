/**
 * The description of the API that this project believes in, made from the rows and the models of the client alone. A
 * place where the official description is wrong has `x-pixxel-correction`.
 */
import type * as Schema from "effect/Schema"
import manifest from "../../client/package.json" with { type: "json" }
import type { Argument } from "../../client/src/internal/argument.js"
import type { Field } from "../../client/src/internal/field.js"
import { type AnyModel, tableOf } from "../../client/src/internal/model.js"
import type { Part, Payload } from "../../client/src/internal/payload.js"
import { Order } from "../../client/src/orders/Order.js"
import { OrderQuote } from "../../client/src/orders/OrderQuote.js"
import { endpoints } from "../../client/test/endpoints.js"
import { type Correction, corrections, officialOf } from "./corrections.js"
import type { Documentation } from "./documentation.js"
import { type Form, formNamed, type JsonSchema, operations, propertyOf } from "./official.js"

type AnyField = Field<Schema.Schema.All | Schema.PropertySignature.All>

type Endpoint = (typeof endpoints)[number]

const refTo = ({ identifier }: AnyModel) => ({ $ref: `#/components/schemas/${identifier}` })

// --- fields ---

/** The form of a field by its kind. Any field may be null or missing, except for a needed one. */
export const formOf = ({ isNeeded, kind, model, union, words }: AnyField): Readonly<Record<string, unknown>> => {
  const typed = (...types: ReadonlyArray<string>) => ({
    type: isNeeded && types.length === 1 ? types[0] : isNeeded ? types : [...types, "null"]
  })
  switch (kind) {
    case "id":
    case "text":
    case "duration":
    case "percentText":
    case "time":
    case "url":
    case "secret":
    case "tag":
      return typed("string")
    case "word":
      return { ...typed("string"), "x-known-values": words }
    case "boolean":
      return typed("boolean")
    case "minutes":
    case "number":
    case "percent":
    case "seconds":
      return typed("number")
    case "json":
      return {}
    case "texts":
      return { ...typed("array"), items: { type: "string" } }
    case "textsOrMap":
      return { ...typed("array", "object", "string"), items: { type: "string" } }
    case "object":
      return typed("object")
    case "numbers":
      return { ...typed("array"), items: { type: "number" } }
    case "numbersOrTexts":
      return { ...typed("array"), items: { type: ["number", "string"] } }
    case "labels":
      return { ...typed("object"), additionalProperties: { type: "string" } }
    case "labelMaps":
      return {
        ...typed("object"),
        additionalProperties: { type: "object", additionalProperties: { type: "string" } }
      }
    case "listMaps":
      return {
        ...typed("array"),
        items: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } }
      }
    case "named":
      return {
        ...typed("array"),
        ...(model === undefined ? {} : { items: { anyOf: [refTo(model), { type: "string" }] } })
      }
    case "model":
      return model === undefined ? {} : { anyOf: [refTo(model), { type: "null" }] }
    case "keyed":
    case "modelMap":
      return { ...typed("object"), ...(model === undefined ? {} : { additionalProperties: refTo(model) }) }
    case "models":
      return {
        ...typed("array"),
        ...(model === undefined ? {} : { items: refTo(model) }),
        ...(union === undefined ? {} : { items: { anyOf: union.map(refTo) } })
      }
  }
}

// --- models ---

/** A model in use, with the official forms of the same objects by their names. */
export interface Use {
  readonly model: AnyModel
  readonly forms: Map<string, Form>
}

/** The form of the items of a list or a map; otherwise the form itself. */
const itemOf = (form: Form | undefined): Form | undefined =>
  form === undefined || typeof form === "string" ? form : "*" in form ? form["*"] : Array.isArray(form) ? form[0] : form

/** The models of a model and of all that it holds, with their official forms. */
const collect = (uses: Map<string, Use>, model: AnyModel, name: string, form: Form | undefined): void => {
  const use = uses.get(model.identifier) ?? { model, forms: new Map<string, Form>() }
  uses.set(model.identifier, use)
  if (form === undefined || use.forms.has(name)) return
  use.forms.set(name, form)
  for (const field of Object.values(tableOf(model))) {
    // the official description has no form of the models of a union
    for (const member of field.union ?? []) collect(uses, member, "", {})
    if (field.model === undefined) continue
    const [wire] = field.names
    const property = propertyOf(form, wire)
    const nested = itemOf(property)
    const isNamed = typeof nested === "string"
    collect(uses, field.model, isNamed ? nested : `${name}.${wire}`, isNamed ? formNamed(nested) : nested)
  }
}

const correctionOf = ({ forms }: Use, wire: string): readonly [Correction, string] | undefined => {
  for (const name of forms.keys()) {
    const place = `${name}.${wire}`
    const correction = corrections.find(({ places }) => places.includes(place))
    if (correction !== undefined) return [correction, place]
  }
  return undefined
}

const schemaOfModel = (use: Use, documentation: Documentation | undefined): JsonSchema => {
  const properties: Record<string, unknown> = {}
  const required: Array<string> = []
  for (const [key, field] of Object.entries(tableOf(use.model))) {
    const [wire] = field.names
    const description = documentation?.properties.get(key)
    const corrected = correctionOf(use, wire)
    if (field.isNeeded) required.push(wire)
    // a derived property reads the wire field of another
    if (field.kind === "duration" || field.kind === "tag") continue
    for (const other of field.names.slice(1)) properties[other] ??= { ...formOf(field), "x-pixxel-same-as": wire }
    properties[wire] = {
      ...formOf(field),
      ...(description === undefined || description === "" ? {} : { description }),
      ...(corrected === undefined
        ? {}
        : { "x-pixxel-correction": { official: officialOf(...corrected), why: corrected[0].why } })
    }
  }
  return {
    type: "object",
    ...(documentation === undefined ? {} : { description: documentation.about }),
    properties,
    ...(required.length === 0 ? {} : { required })
  }
}

// --- operations ---

const errorBody = {
  type: "object",
  description: "The body of a refusal. Gateways answer with other bodies, or with none.",
  properties: {
    error: {
      type: "object",
      properties: { code: { type: "string" }, message: { type: "string" }, details: {} }
    }
  }
}

/** The model of which another one reads a part: a quote has the form of an order, and need not have its id. */
const wholes: Readonly<Record<string, AnyModel>> = { [OrderQuote.identifier]: Order }

const bodyOf = ({ success }: Endpoint): JsonSchema => {
  const { content, kind } = success
  if (kind === "bytes") return {}
  if (content === undefined) return { type: "string" }
  const { isList = false, model, name } = content
  const whole = wholes[model.identifier]
  const one = whole === undefined ? refTo(model) : { anyOf: [whole, model].map(refTo) }
  if (name === undefined) return one
  if (isList) return { type: "object", properties: { [name]: { type: ["array", "null"], items: one } } }
  return { anyOf: [{ type: "object", properties: { [name]: one }, required: [name] }, one] }
}

/** The form of an argument by its kind. */
const formOfArgument = ({ kind }: Argument<never>): JsonSchema => {
  switch (kind) {
    case "json":
      return {}
    case "texts":
      return { type: "array", items: { type: "string" } }
    case "numbers":
      return { type: "array", items: { type: "number" } }
    case "labels":
      return { type: "object", additionalProperties: { type: "string" } }
    case "text":
      return { type: "string" }
    case "number":
    case "boolean":
      return { type: kind }
  }
}

const objectOf = (parts: ReadonlyArray<Part<never, boolean>>) => ({
  type: "object",
  properties: Object.fromEntries(parts.map((part) => [part.name, formOfArgument(part)])),
  required: parts.flatMap(({ name, required }) => (required ? [name] : []))
})

const requestBodyOf = (payload: Payload): JsonSchema => {
  const parts = Object.values(payload)
  const own = objectOf(parts.filter(({ group }) => group === undefined))
  const groups = [...new Set(parts.flatMap(({ group }) => group ?? []))]
  return {
    ...own,
    properties: {
      ...own.properties,
      ...Object.fromEntries(groups.map((name) => [name, objectOf(parts.filter(({ group }) => group === name))]))
    },
    required: [...own.required, ...groups]
  }
}

const operationOf = (row: Endpoint) => {
  const success = row.success.kind === "empty" ? {} : { content: { [row.success.accept]: { schema: bodyOf(row) } } }
  const error = { description: "A refusal.", content: { "application/json": { schema: refToError } } }
  return {
    operationId: row.operation,
    "x-pixxel-method": row.name,
    "x-pixxel-repeat": row.repeat,
    "x-pixxel-cost": row.cost,
    ...(row.auth ? {} : { security: [] }),
    parameters: [
      ...row.template.params.map(({ name }) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...Object.values(row.query).map((param) => ({
        name: param.name,
        in: "query",
        required: param.required,
        schema: formOfArgument(param)
      }))
    ],
    ...(row.body === undefined
      ? {}
      : {
          requestBody: {
            required: Object.values(row.body).some(({ required }) => required),
            content: { "application/json": { schema: requestBodyOf(row.body) } }
          }
        }),
    responses: { "2XX": { description: "A success.", ...success }, default: error }
  }
}

const refToError = { $ref: "#/components/schemas/PixxelErrorBody" }

/** The models in the successes of all rows, with the official forms of the same objects. */
export const uses: ReadonlyMap<string, Use> = (() => {
  const found = new Map<string, Use>()
  for (const { operation, success } of endpoints) {
    if (success.content === undefined) continue
    const { model, name } = success.content
    const [official] = Object.values(operations.find(({ id }) => id === operation)?.success ?? {})
    if (typeof official !== "string") continue
    const form = name === undefined ? official : propertyOf(official, name)
    const item = Array.isArray(form) ? form[0] : form
    if (typeof item === "string") collect(found, model, item, formNamed(item))
    else collect(found, model, `${official}.${name}`, item)
  }
  return found
})()

/** The description. `documentation` is that of the models by their class names. */
export const describe = (documentation: ReadonlyMap<string, Documentation>) => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const row of endpoints) {
    const methods = paths[row.path] ?? {}
    paths[row.path] = methods
    methods[row.method.toLowerCase()] = operationOf(row)
  }
  const schemas = [...uses].map(([identifier, use]) => [
    identifier,
    schemaOfModel(use, documentation.get(identifier.replace(/^Pixxel/, "")))
  ])
  return {
    openapi: "3.1.0",
    info: {
      title: "The Pixxel API, as effect-pixxel understands it",
      version: manifest.version,
      description:
        "Made from the client of this project, not by Pixxel. Any field may be null or missing, and a text with " +
        "known values may be another one. A place where the official description refuses what the API sends has " +
        "x-pixxel-correction."
    },
    servers: [{ url: "https://api.pixxel.space" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries([...schemas, ["PixxelErrorBody", errorBody]])
    }
  }
}

export const file = new URL("../../../fixtures/openapi.json", import.meta.url)

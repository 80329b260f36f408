/**
 * Checks the shape of a value. The tests compare it with TypeBox's own validator, which stops after eight errors,
 * reports them in terms of JSON Schema, and adds 300 kB to `pixxel-mock`.
 */
import { expectedOf, keyProblem, type Path, type Problem, printValue, printWords, problem } from "./Problem.js"

/** Keywords of JSON Schema that `core/Shape` uses. An object has only its properties, or any keys. */
export interface Schema {
  /** TypeBox's name of the type, the only field common to all of its types. */
  readonly "~kind"?: string
  readonly title?: string
  readonly description?: string
  readonly examples?: ReadonlyArray<unknown>
  readonly const?: unknown
  readonly enum?: ReadonlyArray<string>
  readonly anyOf?: ReadonlyArray<Schema>
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object"
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  /** TypeBox sets the key even without required properties. */
  readonly required?: ReadonlyArray<string> | undefined
  readonly additionalProperties?: false
  readonly minProperties?: number
  /** Marks a secret, which no message and no journal shows. */
  readonly writeOnly?: boolean
}

const anyOfType = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object"
} as const

const wordsOf = (schema: Schema): ReadonlyArray<string> => schema.enum ?? schema.anyOf?.flatMap(wordsOf) ?? []

/** Describes the expected value; the words nearest to the value come first. */
const expectation = (schema: Schema, value?: unknown): string => {
  const { const: only, title, type } = schema
  const words = wordsOf(schema)
  if (title !== undefined) {
    const unnamed = words.filter((word) => !title.includes(JSON.stringify(word)))
    return unnamed.length === 0 ? title : expectedOf(title, unnamed, value)
  }
  if (only !== undefined) return printValue(only)
  return words.length === 0 && type !== undefined ? anyOfType[type] : `one of ${printWords(words, value)}`
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Checks the value itself, without its contents. */
const isRight = (schema: Schema, value: unknown): boolean => {
  if (schema.const !== undefined) return value === schema.const
  if (schema.enum) return typeof value === "string" && schema.enum.includes(value)
  if (schema.anyOf) return schema.anyOf.some((branch) => shapeProblems(branch, value).length === 0)
  switch (schema.type) {
    case "string":
      return (
        typeof value === "string" &&
        value.length >= (schema.minLength ?? 0) &&
        (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
      )
    case "integer":
    case "number":
      return (
        typeof value === "number" &&
        (schema.type === "number" || Number.isInteger(value)) &&
        value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
        value <= (schema.maximum ?? Number.POSITIVE_INFINITY)
      )
    case "array":
      return Array.isArray(value) && value.length >= (schema.minItems ?? 0)
    case "object":
      return isObject(value) && Object.keys(value).length >= (schema.minProperties ?? 0)
    default:
      return true
  }
}

const fieldProblems = (
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: Path
): ReadonlyArray<Problem> => {
  const known = schema.properties ?? {}
  const missing = (schema.required ?? [])
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => problem(path, `no ${JSON.stringify(key)}`, () => expectation(known[key] ?? {})))
  const wrong = Object.entries(value).flatMap(([key, item]) => {
    const field = Object.hasOwn(known, key) ? known[key] : Object.values(schema.patternProperties ?? {})[0]
    if (field !== undefined) return shapeProblems(field, item, [...path, key])
    const free = Object.keys(known).filter((name) => !Object.hasOwn(value, name))
    const expected = () => (free.length === 0 ? "no other key" : `one of ${printWords(free, key)}`)
    return [keyProblem([...path, key], expected, free)]
  })
  return [...missing, ...wrong]
}

/** Returns the common shape of several objects: their tag, and the fields that are the same in all of them. */
const commonOf = (objects: ReadonlyArray<Schema>): Schema | undefined => {
  const fields = objects.map(({ properties = {} }) => properties)
  const { properties = {}, required = [] } = objects[0] ?? {}
  const tag = Object.keys(properties).find((key) => fields.every(({ [key]: field }) => field?.const !== undefined))
  if (tag === undefined) return undefined
  const same = Object.entries(properties).filter(([key, field]) => fields.every((others) => others[key] === field))
  const common = {
    ...Object.fromEntries(same),
    [tag]: { enum: fields.map(({ [tag]: field }) => String(field?.const)) }
  }
  return {
    type: "object",
    properties: common,
    // a field of one of them is neither known nor wrong
    patternProperties: { "": {} },
    required: required.filter((key) => Object.hasOwn(common, key))
  }
}

/**
 * Returns the only alternative that allows a list or an object, in whose contents the problem lies. Of several objects,
 * the one with the value's tag; for an unknown tag, their common shape.
 */
const meantBranch = (schema: Schema, value: unknown): Schema | undefined => {
  const type = Array.isArray(value) ? "array" : isObject(value) ? "object" : undefined
  const isMeant = ({ properties = {} }: Schema) =>
    Object.entries(properties).every(([key, { const: only }]) => only === undefined || Object(value)[key] === only)
  const fitting = schema.anyOf?.filter((branch) => type !== undefined && branch.type === type) ?? []
  const [branch, ...others] = fitting.length > 1 ? fitting.filter(isMeant) : fitting
  if (fitting.length > 1 && branch === undefined) return commonOf(fitting)
  return others.length === 0 ? branch : undefined
}

/** Returns all problems of a value's shape; none for a valid one. */
export const shapeProblems = (schema: Schema, value: unknown, path: Path = []): ReadonlyArray<Problem> => {
  const branch = meantBranch(schema, value)
  if (branch !== undefined) return shapeProblems(branch, value, path)
  if (!isRight(schema, value))
    return [
      problem(
        path,
        schema.writeOnly && value !== "" ? "a secret" : printValue(value),
        () => expectation(schema, value),
        value,
        wordsOf(schema)
      )
    ]
  if (schema.items && Array.isArray(value)) {
    const { items } = schema
    return value.flatMap((item, index) => shapeProblems(items, item, [...path, index]))
  }
  return schema.type === "object" && isObject(value) ? fieldProblems(schema, value, path) : []
}

/** Copies a value of this shape, with `*` in place of each secret. */
export const withoutSecrets = (schema: Schema, value: unknown): unknown => {
  const branch = schema.anyOf?.find((branch) => shapeProblems(branch, value).length === 0)
  if (branch !== undefined) return withoutSecrets({ ...branch, writeOnly: schema.writeOnly ?? false }, value)
  const { items = {}, patternProperties = {}, properties = {}, writeOnly = false } = schema
  const inside = (part: Schema | undefined, item: unknown) => withoutSecrets({ writeOnly, ...part }, item)
  if (Array.isArray(value)) return value.map((item) => inside(items, item))
  if (!isObject(value)) return writeOnly ? "*" : value
  const [free] = Object.values(patternProperties)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inside(properties[key] ?? free, item)]))
}

/** Reports the key `__proto__`, which becomes a prototype in a careless copy. */
export const prototypePath = (value: unknown, path: Path = []): Path | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  if (Object.hasOwn(value, "__proto__")) return [...path, "__proto__"]
  for (const [key, item] of Object.entries(value)) {
    const found = prototypePath(item, [...path, Array.isArray(value) ? Number(key) : key])
    if (found !== undefined) return found
  }
  return undefined
}

/** Validates the traffic of an operation against openapi.json, with unknown properties forbidden. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import description from "../../../fixtures/openapi.json" with { type: "json" }

/** One request and its answer. Bodies are texts; empty without a body. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly query: ReadonlyArray<string>
  readonly body: string
  readonly status: number
  readonly answer: string
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null

/** Forbids unknown properties in every form that has properties. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!isObject(schema)) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === "x-pixxel-correction" ? value : closed(value)])
  )
  return "properties" in schema && isObject(schema["properties"]) && !("additionalProperties" in schema)
    ? { ...inner, additionalProperties: false }
    : inner
}

const components = closed(description.components)
const ajv = new Ajv2020({ strict: false, allErrors: true })
const compiled = new Map<unknown, ValidateFunction>()

const validatorOf = (schema: unknown): ValidateFunction => {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const made = ajv.compile({ ...Object(closed(schema)), components })
  compiled.set(schema, made)
  return made
}

/** A member by its keys; undefined if there is none. */
const at = (value: unknown, ...keys: ReadonlyArray<string>): unknown =>
  keys.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value)

interface Route {
  readonly id: string
  readonly method: string
  readonly pattern: RegExp
  readonly operation: Json
}

const routes: ReadonlyArray<Route> = Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) =>
    isObject(operation)
      ? [
          {
            id: String(operation["operationId"]),
            method: method.toUpperCase(),
            pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`),
            operation
          }
        ]
      : []
  )
)

/** The ids of all operations of the description. */
export const described: ReadonlyArray<string> = routes.map(({ id }) => id)

/** The operation of a request; absent for the store of packages. */
export const routeOf = ({ method, path }: Pick<Exchange, "method" | "path">): Route | undefined =>
  routes.find((route) => route.method === method && route.pattern.test(path))

const complaintsOf = (what: string, schema: unknown, text: string): ReadonlyArray<string> => {
  if (schema === undefined) return text === "" ? [] : [`${what}: found a body, expected none`]
  const validate = validatorOf(schema)
  return validate(JSON.parse(text))
    ? []
    : (validate.errors ?? []).map((error) => `${what}: ${ajv.errorsText([error])} ${JSON.stringify(error.params)}`)
}

/** The differences of an exchange from the description. */
export const complaints = (
  { operation, id }: Route,
  { answer, body, query, status }: Exchange
): ReadonlyArray<string> => {
  const json = ["content", "application/json", "schema"]
  const isSuccess = status >= 200 && status < 300
  const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : []
  const names = parameters.filter((it) => at(it, "in") === "query").map((it) => at(it, "name"))
  const content = at(operation, "responses", isSuccess ? "2XX" : "default", "content")
  const isJson = !isObject(content) || "application/json" in content
  return [
    ...query.filter((name) => !names.includes(name)).map((name) => `${id}: query ${name} is unknown`),
    ...complaintsOf(`${id} request`, at(operation, "requestBody", ...json), body),
    ...(isJson
      ? complaintsOf(`${id} ${status}`, at(operation, "responses", isSuccess ? "2XX" : "default", ...json), answer)
      : [])
  ]
}

/** The bodies of requests by the official description: their forms, with the corrections, and their required parts. */
import { Ajv2020 } from "ajv/dist/2020.js"
import type { endpoints } from "../../client/test/endpoints.js"
import { corrections } from "./corrections.js"
import { type Form, formNamed, operations, schemaOf } from "./official.js"

type Endpoint = (typeof endpoints)[number]

type Path = ReadonlyArray<string>

const ajv = new Ajv2020({ strict: false, allErrors: true })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const formOf = (operation: string): Form => operations.find(({ id }) => id === operation)?.body ?? "any"

const corrected = (place: string) => corrections.find(({ places }) => places.includes(place))?.corrected

/** The differences of a body from the official form, which allows no further properties. */
export const officialComplaints = (operation: string, body: unknown): ReadonlyArray<string> =>
  ajv.validate(schemaOf(formOf(operation), { instead: corrected, isClosed: true }), body)
    ? []
    : (ajv.errors ?? []).map((error) => `${operation}${ajv.errorsText([error])} ${JSON.stringify(error.params)}`)

/** The paths of the official required properties that a body has, of each list and map those of the first item. */
const requiredIn = (form: Form, body: unknown, path: Path = []): ReadonlyArray<Path> => {
  if (!isObject(body)) return []
  if (typeof form === "string") return requiredIn(formNamed(form.replace(/\?$/, "")) ?? {}, body, path)
  const items = Array.isArray(form) ? form[0] : "*" in form ? form["*"] : undefined
  if (items !== undefined) {
    return Object.entries(body)
      .slice(0, 1)
      .flatMap(([key, value]) => requiredIn(items, value, [...path, key]))
  }
  return Object.entries(form).flatMap(([key, inner]) => {
    const name = key.replace(/!$/, "")
    if (!(name in body)) return []
    const at = [...path, name]
    return [...(key === name ? [] : [at]), ...requiredIn(inner, body[name], at)]
  })
}

/** The paths of the required parts of a body, by the row of the client and by the official form. */
export const requiredPaths = ({ body: parts = {}, operation }: Endpoint, body: unknown): ReadonlyArray<Path> => {
  const own = Object.values(parts).flatMap(({ group, name, required }) =>
    required ? (group === undefined ? [[name]] : [[group], [group, name]]) : []
  )
  const all = [...own, ...requiredIn(formOf(operation), body)]
  return [...new Map(all.map((path) => [path.join("."), path])).values()]
}

/** A body without the property at a path. */
export const without = (body: unknown, [name = "", ...rest]: Path): unknown => {
  if (Array.isArray(body)) return body.map((item, at) => (String(at) === name ? without(item, rest) : item))
  if (!isObject(body)) return body
  const { [name]: inner, ...others } = body
  return rest.length === 0 ? others : { ...others, [name]: without(inner, rest) }
}

/**
 * Reads the parameters of a request's path and query. An error names the parameter, the value found and the value
 * expected. (Documented: 400 for malformed or missing parameters.) An empty value is malformed: it often comes from a
 * variable that was never set.
 */
import type { FastifyRequest } from "fastify"
import { day, isDate } from "../core/Timestamp.js"
import { ApiError } from "./envelope.js"

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

export const malformed = (
  where: "path" | "query",
  parameter: string,
  found: string | null,
  expected: string
): ApiError =>
  new ApiError(
    400,
    found === null ? "missing_parameter" : "invalid_parameter",
    `The ${where} parameter ${parameter} is ${found === null ? "missing" : JSON.stringify(shorten(found))}: ` +
      `expected ${expected}.`,
    { in: where, parameter, found: found === null ? null : shorten(found), expected }
  )

export const pathId = (request: FastifyRequest, name: string): string => {
  const value = (request.params as Record<string, string>)[name] ?? "" // a Fastify route's parameters are strings
  if (value.trim() === "") throw malformed("path", name, value, "an id")
  return value
}

export const optional = (request: FastifyRequest, name: string, expected = "some text"): string | undefined => {
  const value = (request.query as Record<string, string | Array<string>>)[name] // as the query parser makes it
  if (Array.isArray(value)) throw malformed("query", name, value.join(", "), `${expected}, once`)
  if (value !== undefined && value.trim() === "") throw malformed("query", name, value, expected)
  return value
}

export const optionalWord = (
  request: FastifyRequest,
  name: string,
  words: ReadonlyArray<string>
): string | undefined => {
  const expected = words.join(" or ")
  const value = optional(request, name, expected)
  if (value !== undefined && !words.includes(value)) throw malformed("query", name, value, expected)
  return value
}

export const required = (request: FastifyRequest, name: string, expected: string): string => {
  const value = optional(request, name, expected)
  if (value === undefined) throw malformed("query", name, null, expected)
  return value
}

export const integer = (request: FastifyRequest, name: string, least: number, otherwise: number): number => {
  const expected = `an integer, ${least} or more`
  const value = optional(request, name, expected)
  if (value === undefined) return otherwise
  const number = Number(value)
  if (!/^\d{1,9}$/.test(value) || number < least) throw malformed("query", name, value, expected)
  return number
}

/**
 * Reads a filter by time and returns its day. Only "ISO 8601" is documented, not whether the filter means the moment,
 * the day or the time since then. The mock filters by day: the others make no sense for a date without a time.
 */
export const optionalDay = (request: FastifyRequest, name: string): string | undefined => {
  const expected = "a date such as 2025-04-14 or 2025-04-14T00:00:00Z"
  const value = optional(request, name, expected)
  if (value === undefined) return undefined
  const text = value.replace(" ", "+") // an unescaped + of an offset arrives as a space
  if (!isDate(text)) throw malformed("query", name, value, expected)
  return day(Date.parse(text))
}

export const timeZone = (request: FastifyRequest, name: string): string => {
  const expected = "an IANA time zone such as Europe/Paris"
  const value = optional(request, name, expected) ?? "UTC"
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone
  } catch {
    throw malformed("query", name, value, expected)
  }
}

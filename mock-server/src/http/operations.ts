/**
 * The operations of the mock, as documented by the API. Deliberately separate from the client's own table: a shared
 * table would hide a shared mistake.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { operations as ofJobs } from "../resources/jobs/operations.js"
import { operations as ofPing } from "../resources/ping/operations.js"
import { operations as ofWorkflows } from "../resources/workflows/operations.js"

/** One operation of the API. */
export interface Operation {
  /** Documented id, such as `getJobById`. */
  readonly id: string
  readonly method: "GET" | "POST" | "PUT"
  readonly route: string
  /** Documented query parameters. */
  readonly query: ReadonlyArray<string>
  /** Right that the token needs. Documented: viewers read, only owners run workflows. `/ping` needs no token. */
  readonly needs: "nothing" | "view" | "run"
}

export const operations = { ...ofPing, ...ofWorkflows, ...ofJobs }

/** A route as Fastify writes it. */
export const fastifyUrl = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ":$1")

/** Registers the handler of an operation; `template` is another spelling of its route. */
export const route = (
  api: FastifyInstance,
  id: keyof typeof operations,
  handler: (request: FastifyRequest, reply: FastifyReply) => unknown,
  template: string = operations[id].route
): void => {
  const operation: Operation = operations[id]
  api.route({
    method: operation.method,
    url: fastifyUrl(template),
    config: { operation },
    handler: (request, reply) => handler(request, reply)
  })
}

const isParameter = (segment: string) => segment.startsWith("{")

/** Returns the segments without empty ones, so that an additional slash does not matter. */
const segmentsOf = (path: string) => path.split("/").filter((segment) => segment !== "")

/** Rates the similarity of a path to an operation: an equal word counts more than an id. */
const likeness = (operation: Operation, method: string, path: ReadonlyArray<string>): number => {
  const route = segmentsOf(operation.route)
  const shared = route.map((segment, i) => (segment === path[i] ? 4 : isParameter(segment) && path[i] ? 2 : 0))
  const words = route.filter((segment) => !isParameter(segment) && path.includes(segment)).length
  const sum = shared.reduce<number>((total, points) => total + points, words)
  const sameEnd = route.at(-1) === path.at(-1) ? 6 : 0
  return sum + sameEnd - 3 * Math.abs(route.length - path.length) + (operation.method === method ? 2 : 0)
}

/** Returns the operation nearest to an unknown request. */
export const nearest = (method: string, path: string): Operation => {
  const segments = segmentsOf(path)
  return Object.values<Operation>(operations).reduce((best, operation) =>
    likeness(operation, method, segments) > likeness(best, method, segments) ? operation : best
  )
}

/** Describes the first difference of a request from the nearest operation. */
export const difference = (operation: Operation, method: string, path: string): string => {
  const wanted = segmentsOf(operation.route)
  const found = segmentsOf(path)
  for (const [index, segment] of wanted.entries()) {
    const other = found[index]
    if (other === segment || (isParameter(segment) && other !== undefined)) continue
    const place = `segment ${index + 1} of the path`
    return other === undefined
      ? `${place} is missing, expected ${JSON.stringify(segment)}`
      : `${place} is ${JSON.stringify(other.slice(0, 80))}, expected ${JSON.stringify(segment)}`
  }
  const extra = found[wanted.length]
  if (extra !== undefined) return `the path goes on with ${JSON.stringify(extra.slice(0, 80))}, expected its end`
  if (operation.method !== method) return `the method is ${method}, expected ${operation.method}`
  return "the path has an empty segment"
}

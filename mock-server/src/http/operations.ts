/** The routes of the API's operations, and the operation nearest to a request that matches none. */
import type { FastifyInstance, FastifyRequest } from "fastify"
import { operations } from "../core/Operations.js"
import { resources } from "../resources/index.js"
import type { Handler, Operation, Resource } from "../resources/Resource.js"
import { authorize } from "./access.js"
import { largestBody, readBody, refuseBody } from "./bodies.js"

export const fastifyUrl = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ":$1")

export const addRoutes = (api: FastifyInstance): void => {
  for (const { handlers, operations } of resources as ReadonlyArray<Resource>) {
    for (const operation of Object.values(operations)) {
      const handler = handlers[operation.id] as Handler // one for each
      const { body } = operation
      const check = (request: FastifyRequest): void => {
        if (body === undefined) refuseBody(request)
        else {
          readBody(request, body)
          authorize(request, operation)
        }
      }
      for (const template of [operation.route, operation.alias ?? []].flat()) {
        const { method } = operation
        api.route({
          ...(body && { bodyLimit: largestBody }),
          method,
          url: fastifyUrl(template),
          config: { operation },
          preHandler: (request, _reply, next) => {
            check(request)
            next()
          },
          handler: (...asked) => handler(...asked)
        })
      }
    }
  }
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

export const nearest = (method: string, path: string): Operation => {
  const segments = segmentsOf(path)
  return Object.values<Operation>(operations).reduce((best, operation) =>
    likeness(operation, method, segments) > likeness(best, method, segments) ? operation : best
  )
}

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

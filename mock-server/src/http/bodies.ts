/** The bodies of requests: of the operation's shape, with the words that fixtures get; or none. */
import type { FastifyRequest } from "fastify"
import { keyProblem, type Problem, printProblems } from "../core/Problem.js"
import { prototypePath, type Schema, shapeProblems, withoutSecrets } from "../core/ShapeCheck.js"
import { JsonError, parseJson } from "../fixtures/locate.js"
import { ApiError } from "./envelope.js"

/** Largest body of an operation that takes one, in bytes. */
export const largestBody = 4 * 1024 * 1024

/** Throws the 400 for a body with problems. */
export const refuse = (problems: ReadonlyArray<Problem>): void => refusePrinted(printProblems(problems))

export const refusePrinted = (problems: ReadonlyArray<{ readonly path: string; readonly message: string }>): void => {
  const [first] = problems
  if (first !== undefined) throw new ApiError(400, "invalid_body", `${first.path}: ${first.message}`, { problems })
}

export const refuseRoot = (message: string): void => refusePrinted([{ path: "(root)", message }])

/**
 * Throws the 400 for a missing body, for one of another shape, and for a key `__proto__` in the part of it that may be
 * merged into other objects.
 */
export const refuseWrong = (shape: Schema, body: unknown, merged = body): void => {
  if (body === undefined) refuseRoot("found no body, expected one in JSON")
  const prototype = prototypePath(merged)
  refuse(prototype === undefined ? shapeProblems(shape, body) : [keyProblem(prototype, "any other")])
}

/** Parses a body; an empty one is none. Throws the 400 for a text that is not JSON by `refuse`. */
export const parseBody = (text: string, refuse: (message: string) => void): unknown => {
  try {
    return text === "" ? undefined : parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) refuse(`${error.place.line}:${error.place.column} ${error.message}`)
    throw error
  }
}

const isNeeded = (shape: Schema): boolean => shape.type !== "object" || (shape.required ?? []).length > 0

/**
 * Reads the body of a request, which must have the shape, and records it without its secrets. It may be missing where
 * the shape needs no field. A body of another shape is not recorded: it may have a secret anywhere.
 */
export const readBody = (request: FastifyRequest, shape: Schema): void => {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const body = parseBody(bytes.toString().trim(), refuseRoot) ?? (isNeeded(shape) ? undefined : {})
  refuseWrong(shape, body)
  request.body = body
  request.record?.sent(withoutSecrets(shape, body), bytes.length)
}

/** Refuses a request with a body (documented: these operations take none). */
export const refuseBody = (request: FastifyRequest): void => {
  const declared = Number(request.headers["content-length"] ?? 0)
  const length = Buffer.isBuffer(request.body) ? request.body.length : declared
  if (length > 0) {
    throw new ApiError(400, "unexpected_body", `The request has a body of ${length} bytes, expected none.`, {
      in: "body",
      found: length,
      expected: "no body"
    })
  }
}

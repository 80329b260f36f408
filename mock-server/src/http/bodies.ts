/**
 * The bodies of requests.
 */
import type { FastifyRequest } from "fastify"
import { ApiError } from "./envelope.js"

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

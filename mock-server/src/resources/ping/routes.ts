/** Route that answers `"pong"`. */
import type { Handlers } from "../Resource.js"
import type { operations } from "./operations.js"

export const handlers: Handlers<typeof operations> = {
  ping: (_request, reply) => reply.type("application/json; charset=utf-8").send('"pong"')
}

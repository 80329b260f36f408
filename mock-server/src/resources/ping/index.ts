/** The operation that answers without a token. */
import { type Handlers, operationsOf, type Resource } from "../Resource.js"

const operations = operationsOf(
  { query: [], needs: "nothing" },
  { ping: { at: "GET /ping", role: "read", subject: "ping" } }
)

const handlers: Handlers<typeof operations> = {
  ping: (_request, reply) => reply.type("application/json; charset=utf-8").send('"pong"')
}

export const ping = { operations, handlers } as const satisfies Resource

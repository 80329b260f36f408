/**
 * Route that answers `"pong"`.
 */
import type { FastifyInstance } from "fastify"
import { route } from "../../http/operations.js"

export const pingRoutes = (api: FastifyInstance): void => {
  route(api, "ping", (_request, reply) => reply.type("application/json; charset=utf-8").send('"pong"'))
}

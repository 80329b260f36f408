/**
 * The API's origin: authorization, unknown operations and errors. The operations are in modules named after their
 * resources.
 */
import type { FastifyInstance, FastifyReply } from "fastify"
import { apiDescription } from "../fixtures/load.js"
import { authenticate, authorize } from "./access.js"
import type { AdminAccess } from "./admin/guard.js"
import { adminPrefix, adminRoutes } from "./admin/routes.js"
import { ApiError, toApiError } from "./envelope.js"
import { addRoutes, difference, nearest } from "./operations.js"
import { buildOrigin, type OriginSetup } from "./origin.js"
import { selectWorld } from "./select.js"

interface ApiSetup extends OriginSetup {
  readonly storageUrl: () => Promise<string>
  /** Access to the admin routes; absent without them. */
  readonly admin: AdminAccess | undefined
}

const unmatched = (method: string, path: string): ApiError => {
  const operation = nearest(method, path)
  const { id, method: wanted, route: template } = operation
  const differs = difference(operation, method, path)
  return new ApiError(
    404,
    "no_such_operation",
    `${method} ${path.slice(0, 200)} is no operation. Nearest: ${wanted} ${template} (${id}); ${differs}.`,
    { nearest: { operation: id, method: wanted, route: template }, differs }
  )
}

const answer = (error: ApiError, reply: FastifyReply): FastifyReply => {
  const type = reply.request.world?.quirks.errorType
  reply.code(error.status)
  return type === undefined ? reply.send(error.body) : reply.type(type).send(JSON.stringify(error.body))
}

export const buildApi = ({ admin, storageUrl, ...setup }: ApiSetup): FastifyInstance => {
  const { worlds } = setup
  const app = buildOrigin(setup, {
    origin: "api",
    bodyLimit: 256 * 1024,
    // an outside request is no request of a world, and must not be held by its clock
    select: (request) => (request.routeOptions.config.isOutside ? undefined : selectWorld(request, worlds)),
    toFailure: toApiError,
    answer,
    isPrivate: (path) => path.startsWith(adminPrefix)
  })
  app.decorate("storageUrl", storageUrl)

  // a body of any type is read and refused, since a client may set a content type on every request
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))

  app.setNotFoundHandler((request) => {
    throw unmatched(request.method, request.url.split("?", 1)[0] ?? "/")
  })

  app.get("/openapi.json", { config: { isOutside: true } }, (_request, reply) =>
    reply.type("application/json").send(apiDescription())
  )
  if (admin !== undefined) app.register(adminRoutes(worlds, admin), { prefix: adminPrefix })
  app.register((api, _options, done) => {
    api.addHook("onRequest", (request, _reply, next) => {
      const { operation } = request.routeOptions.config
      if (operation?.body !== undefined) authenticate(request, operation)
      else if (operation !== undefined) authorize(request, operation)
      next()
    })
    addRoutes(api)
    done()
  })
  return app
}

/**
 * The API's origin: authorization, unknown operations and errors. The operations are in modules named after their
 * resources.
 */
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify"
import { attachExchanges } from "../clock/index.js"
import { apiDescription } from "../fixtures/load.js"
import type { Worlds } from "../Worlds.js"
import { authenticate, authorize } from "./access.js"
import type { AdminAccess } from "./admin/guard.js"
import { adminPrefix, adminRoutes } from "./admin/routes.js"
import { makePages } from "./cors.js"
import { deadline } from "./deadline.js"
import { ApiError, answerParserError, toApiError } from "./envelope.js"
import { attachFaults } from "./faults/attach.js"
import { addRoutes, difference, nearest } from "./operations.js"
import { findWorlds, keepJournals } from "./requests.js"
import { selectWorld, withoutPrefix } from "./select.js"

export interface ApiSetup {
  readonly worlds: Worlds
  readonly seed: string
  readonly storageUrl: () => Promise<string>
  /** Called with the cause of a 500 that is not a fault, which is a defect. */
  readonly onDefect: (error: unknown) => void
  /** Access to the admin routes; absent without them. */
  readonly admin: AdminAccess | undefined
  /** Origins of pages that may use the API, beside those of this machine. */
  readonly allowedOrigins: ReadonlyArray<string>
  /** Milliseconds in which a request must arrive; 0: any. */
  readonly requestTimeout: number
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

export const buildApi = ({
  admin,
  allowedOrigins,
  onDefect,
  requestTimeout,
  seed,
  storageUrl,
  worlds
}: ApiSetup): FastifyInstance => {
  const pages = makePages(allowedOrigins)
  const app = fastify({
    bodyLimit: 256 * 1024,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    rewriteUrl: (request) => withoutPrefix(request.url ?? "/"),
    clientErrorHandler: answerParserError(requestTimeout),
    ...deadline(requestTimeout),
    // no hook has run: a request that cannot be routed belongs to no world
    frameworkErrors: (error, request, reply) => {
      pages.allow(request, reply)
      answer(toApiError(error), reply)
    }
  })
  app.decorate("storageUrl", storageUrl)
  pages.attach(app, (path) => path.startsWith(adminPrefix))
  // such a request is no request of a world, and must not be held by its clock
  findWorlds(app, worlds, (request) =>
    request.routeOptions.config.isOutside ? undefined : selectWorld(request, worlds)
  )
  attachExchanges(app, (request) => request.world?.clock)
  keepJournals(app, "api", seed)
  // never asked for: no plan has it on an operation of this origin
  attachFaults(app, () => new ApiError(403, "expired", "The URL has expired."))

  // a body of any type is read and refused, since a client may set a content type on every request
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))

  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const said = toApiError(error)
    if (said.status === 500) onDefect(error)
    return answer(said, reply)
  })
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

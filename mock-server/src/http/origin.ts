/** Builds an origin, the API or the object store: limits, worlds, journals, faults and errors. */
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify"
import { attachExchanges } from "../clock/index.js"
import type { World } from "../core/World.js"
import type { Worlds } from "../Worlds.js"
import { makePages } from "./cors.js"
import { type ApiError, answerParserError } from "./envelope.js"
import { attachFaults } from "./faults/attach.js"
import { findWorlds, type JournalSetup, keepJournals } from "./requests.js"
import { withoutPrefix } from "./select.js"

export interface OriginSetup {
  readonly worlds: Worlds
  readonly seed: string
  /** Called with the cause of a 500 that is not a fault, which is a defect. */
  readonly onDefect: (error: unknown) => void
  /** Origins of pages that may use the mock, beside those of this machine. */
  readonly allowedOrigins: ReadonlyArray<string>
  /**
   * Milliseconds in which a request must arrive, including its body; 0: any. It is real time, since it protects the
   * machine: a slow client must not hold a connection or a world endlessly. Parked handlers, slow answers and idle
   * connections have no such deadline.
   */
  readonly requestTimeout: number
}

interface Kind extends JournalSetup {
  readonly bodyLimit: number
  /** Finds the world of a request. */
  readonly select: (request: FastifyRequest) => World | undefined
  readonly toFailure: (error: Partial<FastifyError>) => ApiError
  readonly answer: (failure: ApiError, reply: FastifyReply) => FastifyReply
  /** Whether no page may use a path. */
  readonly isPrivate?: (path: string) => boolean
}

export const buildOrigin = (
  { allowedOrigins, onDefect, requestTimeout, seed, worlds }: OriginSetup,
  { answer, bodyLimit, isPrivate, select, toFailure, ...journal }: Kind
): FastifyInstance => {
  const pages = makePages(allowedOrigins)
  const app = fastify({
    bodyLimit,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    rewriteUrl: (request) => withoutPrefix(request.url ?? "/"),
    clientErrorHandler: answerParserError(requestTimeout),
    requestTimeout,
    http: {
      headersTimeout: requestTimeout,
      // Node looks at its connections this often, and ends those that are late then
      ...(requestTimeout > 0 && { connectionsCheckingInterval: Math.max(1, Math.round(requestTimeout / 4)) })
    },
    // no hook has run: a request that cannot be routed belongs to no world
    frameworkErrors: (error, request, reply) => {
      pages.allow(request, reply)
      answer(toFailure(error), reply)
    }
  })
  pages.attach(app, isPrivate)
  findWorlds(app, worlds, select)
  attachExchanges(app, (request) => request.world?.clock)
  keepJournals(app, seed, journal)
  attachFaults(app)
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const failure = toFailure(error)
    if (failure.status === 500) onDefect(error)
    return answer(failure, reply)
  })
  return app
}

/**
 * Access of browser pages to the mock (CORS). Pages of this machine have access, as from a development server; others
 * only if they are allowed by name, since any visited page could read the fixtures otherwise. No page may use the admin
 * routes.
 *
 * A preflight is not a request of the API: it reaches no world and no journal.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { ApiError } from "./envelope.js"

const ofThisMachine = /^https?:\/\/(([a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE"

/** Seconds for which a browser need not ask again. */
const maxAge = "600"

const isPreflight = ({ headers, method }: FastifyRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

/** The pages of this machine, and those of these origins; `*` is all. */
export const makePages = (allowed: ReadonlyArray<string>) => {
  const all = allowed.includes("*")
  const names = new Set(allowed.map((origin) => origin.toLowerCase()))
  const isAllowed = (origin: string) => all || ofThisMachine.test(origin) || names.has(origin.toLowerCase())
  /** Lets the page that sent a request read its answer; false: it may not. */
  const allow = ({ headers: { origin } }: FastifyRequest, reply: FastifyReply): boolean => {
    if (origin === undefined) return true
    reply.header("vary", "origin")
    if (!isAllowed(origin)) return false
    reply.headers({ "access-control-allow-origin": origin, "access-control-expose-headers": "*" })
    return true
  }
  return {
    allow,
    /** Does so for each request, and answers preflights. Must come before all other hooks. */
    attach: (app: FastifyInstance, isPrivate: (path: string) => boolean = () => false): void => {
      app.addHook("onRequest", (request, reply, done) => {
        if (request.headers.origin === undefined || isPrivate(request.url)) return done()
        const mayRead = allow(request, reply)
        if (!isPreflight(request)) return done()
        if (!mayRead) throw refused(request.headers.origin)
        answerPreflight(request, reply)
      })
    }
  }
}

const refused = (origin: string): ApiError =>
  new ApiError(
    403,
    "origin_not_allowed",
    `A page of ${origin.slice(0, 200)} may not use the mock server, expected one of this machine: ` +
      "start it with allowedOrigins (--allow-origin)."
  )

const answerPreflight = ({ headers }: FastifyRequest, reply: FastifyReply): void => {
  const wanted = headers["access-control-request-headers"]
  reply.code(204).headers({
    "access-control-allow-methods": methods,
    ...(wanted !== undefined && { "access-control-allow-headers": wanted }),
    "access-control-max-age": maxAge
  })
  reply.send()
}

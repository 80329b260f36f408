/**
 * What every request and answer has, whatever the operation: a world, an entry in its journal, the world's `Date` and
 * a request id. Both origins of the mock use it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { onceOver } from "../clock/Exchange.js"
import { hashId } from "../core/Ids.js"
import type { JournalEntry } from "../core/Journal.js"
import { type Credential, readAuthorization } from "../core/Token.js"
import type { World } from "../core/World.js"
import type { Operation } from "./operations.js"
import type { Worlds } from "./worlds.js"

declare module "fastify" {
  interface FastifyRequest {
    /** The world that the request is for; absent when neither the URL nor the token names one that exists. */
    world: World | undefined
    credential: Credential
    /** Writes the status into the journal. */
    answered: ((status: number | undefined) => void) | undefined
    /** Writes what goes wrong into the journal. */
    faulted: ((fault: string) => void) | undefined
    /** What the journal holds of the request so far. */
    entry: JournalEntry | undefined
  }
  interface FastifyContextConfig {
    /** What the journal shows of requests to this route. */
    operation?: Pick<Operation, "id" | "route" | "query" | "needs">
    /** Of no world: see `admin`. */
    isAdmin?: true
  }
}

/** The world of a request that was let in: the token is for it. */
export const worldOf = (request: FastifyRequest): World => {
  if (request.world === undefined) throw new TypeError("a request without a world was let in")
  return request.world
}

/** Headers that a program sets, and no runtime adds by itself. */
const journaledHeaders = ["content-type", "idempotency-key", "if-none-match", "if-range", "range"] as const

const allowed = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    journaledHeaders.flatMap((name) => {
      const value = request.headers[name]
      return value === undefined ? [] : [[name, String(value)]]
    })
  )

const query = (request: FastifyRequest, documented: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [
      name,
      documented.includes(name) ? String(value) : "***"
    ])
  )

/** Decides which world a request is for. Must come before all that depends on the world, its clock above all. */
export const findWorlds = (
  app: FastifyInstance,
  worlds: Worlds,
  select: (request: FastifyRequest) => World | undefined
): void => {
  app.decorateRequest("world", undefined)
  app.decorateRequest("credential")
  app.decorateRequest("answered", undefined)
  app.decorateRequest("faulted", undefined)
  app.decorateRequest("entry", undefined)
  app.addHook("onRequest", (request, reply, done) => {
    request.credential = readAuthorization(request.headers.authorization)
    request.world = select(request)
    if (request.world !== undefined) onceOver(request.raw, reply.raw, worlds.enter(request.world.name))
    done()
  })
}

/** Has every request written down, and every answer dated and numbered. */
export const keepJournals = (app: FastifyInstance, seed: string): void => {
  let worldless = 0

  const open = (request: FastifyRequest, reply: FastifyReply): void => {
    const { credential, world } = request
    if (world === undefined) {
      reply.header("x-request-id", hashId(seed, "request", "no world", ++worldless))
      return
    }
    const operation = request.routeOptions.config?.operation
    const ids = operation === undefined ? {} : { ...(request.params as Record<string, string>) } // strings, by route
    const { answered, entry, faulted } = world.journal.arrived({
      time: world.clock.now,
      operation: operation?.id,
      subject: Object.values(ids).at(-1) ?? "",
      method: request.method,
      route: operation?.route,
      path: (request.url.split("?", 1)[0] ?? "").slice(0, 512),
      ids,
      query: query(request, operation?.query ?? []),
      headers: allowed(request),
      credential
    })
    request.answered = answered
    request.faulted = faulted
    request.entry = entry
    reply.header("x-request-id", hashId(world.seed, "request", "", entry.seq))
  }

  app.addHook("onRequest", (request, reply, done) => {
    open(request, reply)
    done()
  })
  app.addHook("onSend", (request, reply, payload, done) => {
    const { world } = request
    if (world !== undefined) reply.header("date", new Date(world.clock.now).toUTCString())
    request.answered?.(reply.statusCode)
    done(null, payload)
  })
}

/**
 * Hooks of all requests on both origins: they find the world, write its journal, and set the world's `Date` and a
 * request id.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { onceOver, sendingOf } from "../clock/index.js"
import { hashId } from "../core/Ids.js"
import type { JournalEntry, Writing } from "../core/Journal.js"
import { memoized } from "../core/Memo.js"
import { type Credential, readAuthorization } from "../core/Token.js"
import type { World } from "../core/World.js"
import type { Operation } from "../resources/Resource.js"
import type { Worlds } from "../Worlds.js"

declare module "fastify" {
  interface FastifyInstance {
    /** Returns the origin of signed URLs for worlds without their own. */
    storageUrl: () => Promise<string>
  }
  interface FastifyRequest {
    /** World of the request; absent when neither the URL nor the token names an existing one. */
    world: World | undefined
    credential: Credential
    /** Entry of the request in the journal of its world; absent without a world. */
    record: Writing | undefined
  }
  interface FastifyContextConfig {
    /** Parts of requests to this route that the journal shows. */
    operation?: Operation
    isOutside?: true
  }
}

export const worldOf = (request: FastifyRequest): World => {
  if (request.world === undefined) throw new TypeError("a request without a world was let in")
  return request.world
}

const longestPath = 512

/**
 * Calls `run` when the whole answer has been passed to the transport. Node also reports this when the client
 * disconnects in the middle, since dropping the pending bytes finishes the response.
 */
export const whenWhole = (request: FastifyRequest, reply: FastifyReply, run: () => void): void => {
  const { socket } = request.raw
  reply.raw.once("finish", () => {
    if (!socket.destroyed) run()
  })
}

/** Headers that programs set and runtimes do not add. */
const journaledHeaders = ["content-type", "idempotency-key", "if-none-match", "if-range", "range"] as const

/** Shared empty object, since a journal holds it thousands of times. */
const nothing = Object.freeze({})

const allowed = ({ headers }: FastifyRequest): Readonly<Record<string, string>> => {
  const shown = journaledHeaders.filter((name) => headers[name] !== undefined)
  return shown.length === 0 ? nothing : Object.fromEntries(shown.map((name) => [name, String(headers[name])]))
}

type ShownQuery = Readonly<Record<string, string | ReadonlyArray<string>>>

const shownQuery = (request: FastifyRequest, documented: ReadonlyArray<string>): ShownQuery => {
  const entries = Object.entries(request.query ?? {})
  if (entries.length === 0) return nothing
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      documented.includes(name) ? (Array.isArray(value) ? value.map(String) : String(value)) : "***"
    ])
  )
}

/** Finds the world of each request. Register it before all hooks that depend on the world or its clock. */
export const findWorlds = (
  app: FastifyInstance,
  worlds: Worlds,
  select: (request: FastifyRequest) => World | undefined
): void => {
  app.decorateRequest("world", undefined)
  app.decorateRequest("credential")
  app.decorateRequest("record", undefined)
  app.addHook("onRequest", (request, reply, done) => {
    request.credential = readAuthorization(request.headers.authorization)
    request.world = select(request)
    if (request.world !== undefined) onceOver(request.raw, reply.raw, worlds.enter(request.world.name))
    done()
  })
}

const stemOf = memoized((world: World) => hashId(world.seed, "request", "", 0).slice(0, -12))

/** Makes a request id: the world's prefix and the number of the request in the journal. */
const requestId = (world: World, seq: number): string => stemOf(world) + String(seq).padStart(12, "0")

let lastSecond = Number.NaN
let lastDate = ""

/** Formats a `Date` header; requests of one second share it. */
const httpDate = (now: number): string => {
  const second = Math.floor(now / 1_000)
  if (second !== lastSecond) {
    lastSecond = second
    lastDate = new Date(now).toUTCString()
  }
  return lastDate
}

/** Matches the target of a signed URL, whose port and world do not affect the size of an answer. */
const origins = /https?:\/\/[^/"]+\/w\/[a-z0-9-]+/g

const forPackages = new WeakSet<FastifyRequest>()

const hasSignedUrl = (request: FastifyRequest): boolean => forPackages.has(request)

/** Returns the bytes of a body before it is sent; for a stream, those of the head. */
export const sizeOf = (request: FastifyRequest, reply: FastifyReply, payload: unknown): number => {
  if (request.method === "HEAD" || payload === undefined || payload === null) return 0
  if (payload instanceof Uint8Array) return payload.length
  if (typeof payload !== "string") return Number(reply.getHeader("content-length") ?? 0)
  return Buffer.byteLength(hasSignedUrl(request) ? payload.replaceAll(origins, "") : payload)
}

/** Whether a body is a plain text: Fastify measures it, so a long one is not measured twice. */
const isMeasured = (request: FastifyRequest, payload: unknown): payload is string =>
  typeof payload === "string" && request.method !== "HEAD" && request.fault === undefined && !hasSignedUrl(request)

const dateOfHttp = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Returns the milliseconds of `Retry-After`; absent for a value that is neither seconds nor an HTTP date, and for a
 * 407, which `fetch` reports as a failure without headers.
 */
const retryAfterOf = (reply: FastifyReply, now: number): number | undefined => {
  if (reply.statusCode === 407) return undefined
  const header = String(reply.getHeader("retry-after") ?? "").trim()
  const millis = /^\d+$/.test(header)
    ? Number(header) * 1_000
    : dateOfHttp.test(header)
      ? Date.parse(header) - now
      : Number.NaN
  return Number.isFinite(millis) ? Math.max(0, millis) : undefined
}

export interface JournalSetup {
  readonly origin: JournalEntry["origin"]
  /** Formats the queries of an origin. Default: the values of documented parameters. */
  readonly queryOf?: (request: FastifyRequest, shown: ShownQuery) => ShownQuery
}

/** Journals every request, and adds date and id to every answer. */
export const keepJournals = (
  app: FastifyInstance,
  seed: string,
  { origin, queryOf = (_, shown) => shown }: JournalSetup
): void => {
  let worldless = 0

  const open = (request: FastifyRequest, reply: FastifyReply): void => {
    const { credential, world } = request
    if (world === undefined) {
      reply.header("x-request-id", hashId(seed, "request", "no world", ++worldless))
      return
    }
    const operation = request.routeOptions.config?.operation
    const ids = operation === undefined ? {} : { ...(request.params as Record<string, string>) } // strings, by route
    const record = world.journal.arrived({
      world: world.name,
      origin,
      time: world.clock.now,
      operation: operation?.id,
      subject: Object.values(ids).at(-1) ?? "",
      method: request.method,
      route: operation?.route,
      path: (request.url.split("?", 1)[0] ?? "").slice(0, longestPath),
      ids,
      query: queryOf(request, shownQuery(request, operation?.query ?? [])),
      headers: allowed(request),
      received: Number(request.headers["content-length"] ?? 0),
      credential
    })
    request.record = record
    if (operation?.role === "package") forPackages.add(request)
    const sending = sendingOf(request)
    if (sending !== undefined) world.journal.sent(record.entry, sending)
    let isWhole = false
    whenWhole(request, reply, () => {
      isWhole = true
    })
    const leave = world.arrives({ isWhole: () => request.raw.complete, end: () => request.raw.destroy() })
    onceOver(request.raw, reply.raw, () => {
      leave()
      record.over(world.clock.now, isWhole)
    })
    reply.header("x-request-id", requestId(world, record.entry.seq))
  }

  app.addHook("onRequest", (request, reply, done) => {
    open(request, reply)
    done()
  })
  app.addHook("onSend", (request, reply, payload, done) => {
    const { record, world } = request
    if (record === undefined || world === undefined) return done(null, payload)
    const { now } = world.clock
    const isLater = isMeasured(request, payload)
    reply.header("date", httpDate(now))
    record.answered(reply.statusCode, isLater ? undefined : sizeOf(request, reply, payload), retryAfterOf(reply, now))
    done(null, payload)
    if (isLater) record.sized(Number(reply.getHeader("content-length") ?? Buffer.byteLength(payload)))
  })
}

/** Tracks the requests of a Fastify app: its hooks connect them with their exchanges. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { ClientGone } from "./ClientGone.js"
import { countUpload } from "./counting.js"
import { Exchange, exchangeHeader, exchangeOf, type Sending } from "./Exchange.js"
import { onceOver } from "./endings.js"
import type { WorldClock } from "./WorldClock.js"
import { WorldTime } from "./WorldTime.js"

/** Parks a request of a world in real time, which tracks no exchanges. */
const parkOn = (clock: WorldClock, request: IncomingMessage, response: ServerResponse, millis: number): Promise<void> =>
  new Promise((resolve, reject) => {
    if (response.closed || request.socket.destroyed) return reject(new ClientGone())
    const stay = onceOver(request, response, () => {
      cancel()
      reject(new ClientGone())
    })
    const cancel = clock.after(millis, () => {
      stay()
      resolve()
    })
  })

const attached = new WeakMap<IncomingMessage, Exchange>()

/** The client's order of a request; absent for an untracked client. */
export const sendingOf = (request: FastifyRequest): Sending | undefined => attached.get(request.raw)?.sending

/** Tracks the requests of an app on the time of their world. Register the hook that finds the world before this one. */
export const attachExchanges = (
  app: FastifyInstance,
  clockOf: (request: FastifyRequest) => WorldClock | undefined
): void => {
  // before any hook: a small body arrives with the head
  app.server.prependListener("request", (request: IncomingMessage) => {
    const exchange = exchangeOf(request.headers[exchangeHeader])
    if (exchange !== undefined) countUpload(request, (bytes) => exchange.uploadSeen(bytes))
  })
  app.addHook("onRequest", (request, reply, done) => {
    const clock = clockOf(request)
    if (!(clock instanceof WorldTime)) return done()
    const id = request.headers[exchangeHeader]
    const exchange =
      typeof id === "string" ? exchangeOf(id) : new Exchange(clock, `${request.method} ${request.url}`, "untracked")
    if (exchange === undefined) return drop(reply)
    attached.set(request.raw, exchange)
    exchange.attach(request.raw, reply.raw, done)
  })
  app.addHook("onSend", (request, _reply, _payload, done) => {
    attached.get(request.raw)?.handled()
    done()
  })
}

/** Drops a request whose client aborted it before it arrived. */
const drop = (reply: FastifyReply): void => {
  reply.hijack()
  reply.raw.destroy()
}

/** Sleeps for a latency of this request's answer, in milliseconds of its world's clock. */
export const park = (request: FastifyRequest, reply: FastifyReply, clock: WorldClock, millis: number): Promise<void> =>
  attached.get(request.raw)?.park(millis) ?? parkOn(clock, request.raw, reply.raw, millis)

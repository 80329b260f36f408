/**
 * Has the faults of a request's world happen to it: before it is handled (`gate`), to its body (`body`), or to the
 * bytes of its answer (`wire`). A request that no rule applies to is not touched at all.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { ClientGone } from "../../clock/ClientGone.js"
import { park } from "../../clock/Exchange.js"
import { VirtualTimeExceeded } from "../../clock/VirtualTime.js"
import type { Fault } from "../../core/faults/Faults.js"
import { ApiError } from "../envelope.js"
import { sizeOf } from "../requests.js"
import { edit } from "./body.js"
import { gate } from "./gate.js"
import { ageOf } from "./stale.js"
import { isOfTheWire, onTheWire } from "./wire.js"

declare module "fastify" {
  interface FastifyRequest {
    /** What goes wrong with this request; an answer of which this is true counts as no delivery. */
    fault: Fault | undefined
  }
}

/** Who has gone is answered nothing. */
const unlessGone = (reply: FastifyReply, fail: (error: Error) => void) => (error: unknown) => {
  if (error instanceof ClientGone) reply.hijack()
  else if (error instanceof VirtualTimeExceeded) fail(new ApiError(400, "time_exceeded", error.message))
  else fail(error instanceof Error ? error : new Error(String(error)))
}

const begin = (request: FastifyRequest, reply: FastifyReply, expired: () => Error, next: (error?: Error) => void) => {
  const { record, world } = request
  if (world?.faults.hasRules !== true) return next()
  const { ids, operation, subject } = record?.entry ?? {}
  if (operation === undefined || subject === undefined) return next()
  const asked = { operation, subject, age: ageOf(world, operation, ids ?? {}) }
  const { fault, fired, latency } = world.faults.decide(asked, world.clock.now)
  if (fired.length === 0) return next()
  record?.faulted(fired.join(", "))
  request.fault = fault
  const go = () => (fault === undefined ? next() : gate(request, reply, fault, expired, next))
  if (latency === 0) return go()
  park(request, reply, world.clock, latency).then(go).catch(unlessGone(reply, next))
}

/** Must come after the journal. `expired` is what the origin says of a signed URL that has expired. */
export const attachFaults = (app: FastifyInstance, expired: () => Error): void => {
  app.decorateRequest("fault", undefined)
  app.addHook("onRequest", (request, reply, done) => begin(request, reply, expired, done))
  app.addHook("onSend", (request, reply, payload, done) => {
    const { fault } = request
    if (fault === undefined) return done(null, payload)
    if (isOfTheWire(fault)) {
      // `done` is never called: what goes out is not Fastify's any more
      onTheWire(request, reply, payload, fault).catch(unlessGone(reply, (error) => reply.raw.destroy(error)))
    } else {
      edit(request, reply, payload, fault).then((edited) => {
        request.record?.sized(sizeOf(request, reply, edited))
        done(null, edited)
      }, done)
    }
  })
}

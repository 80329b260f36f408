/**
 * Applies the faults of a request's world: before the request is handled (`gate`), to the answer's body (`body`), or to
 * the answer's bytes (`wire`). A request without a matching rule is left unchanged.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { ClientGone, park, VirtualTimeExceeded } from "../../clock/index.js"
import type { Fault } from "../../core/faults/Faults.js"
import { kindOf } from "../../core/faults/kinds/index.js"
import { ageOf } from "../../core/faults/kinds/stale.js"
import { ApiError } from "../envelope.js"
import { sizeOf } from "../requests.js"
import { edit } from "./body.js"
import { gate } from "./gate.js"
import { onTheWire } from "./wire.js"

declare module "fastify" {
  interface FastifyRequest {
    fault: Fault | undefined
  }
}

/** Sends no answer to a client that has disconnected. */
const unlessGone = (reply: FastifyReply, fail: (error: Error) => void) => (error: unknown) => {
  if (error instanceof ClientGone) reply.hijack()
  else if (error instanceof VirtualTimeExceeded) fail(new ApiError(400, "time_exceeded", error.message))
  else fail(error instanceof Error ? error : new Error(String(error)))
}

const begin = (request: FastifyRequest, reply: FastifyReply, next: (error?: Error) => void) => {
  const { record, world } = request
  if (world?.faults.hasRules !== true) return next()
  const { ids, operation, subject } = record?.entry ?? {}
  if (operation === undefined || subject === undefined) return next()
  const target = { operation, subject, age: ageOf(world, operation, ids ?? {}) }
  const { fault, fired, isHarmless, latency } = world.faults.decide(target, world.clock.now)
  if (fired.length === 0) return next()
  record?.faulted(fired.join(", "), isHarmless)
  request.fault = fault
  const go = () => (fault === undefined ? next() : gate(request, reply, fault, next))
  if (latency === 0) return go()
  park(request, reply, world.clock, latency).then(go).catch(unlessGone(reply, next))
}

/** Adds the hooks; call it after the journal's. */
export const attachFaults = (app: FastifyInstance): void => {
  app.decorateRequest("fault", undefined)
  app.addHook("onRequest", (request, reply, done) => begin(request, reply, done))
  app.addHook("onSend", (request, reply, payload, done) => {
    const { fault } = request
    if (fault === undefined) return done(null, payload)
    if (kindOf(fault.kind).write !== undefined) {
      // never calls `done`: from here on the answer bypasses Fastify
      onTheWire(request, reply, payload, fault).catch(unlessGone(reply, (error) => reply.raw.destroy(error)))
    } else {
      edit(request, reply, payload, fault).then((edited) => {
        request.record?.sized(sizeOf(request, reply, edited))
        done(null, edited)
      }, done)
    }
  })
}

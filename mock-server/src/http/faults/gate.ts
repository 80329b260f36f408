/** Faults before a request is handled: replace the API's answer, or send none. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { park } from "../../clock/index.js"
import { type Fault, valueOf } from "../../core/faults/Faults.js"
import { kindOf } from "../../core/faults/kinds/index.js"
import { operationOf } from "../../core/Operations.js"
import { notFound } from "../answers.js"
import { expired } from "../envelope.js"
import { worldOf } from "../requests.js"
import { end } from "./wire.js"

const send = (reply: FastifyReply, body: unknown): FastifyReply => {
  if (body === undefined || typeof body === "string") return reply.send(body)
  if (!reply.hasHeader("content-type")) reply.type("application/json; charset=utf-8")
  return reply.send(Buffer.from(JSON.stringify(body)))
}

export const gate = (
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault,
  next: (error?: Error) => void
): void => {
  const world = worldOf(request)
  const { entry } = request.record ?? {}
  const { before, hides = [] } = kindOf(fault.kind)
  const incoming = {
    operation: entry?.operation ?? "",
    url: request.originalUrl,
    now: world.clock.now,
    wait: fault.wait
  }
  const instead = before?.(valueOf(fault), incoming)
  if (instead === undefined) {
    for (const name of hides) delete request.headers[name]
    next()
  } else if ("status" in instead) {
    reply.code(instead.status).headers({ ...instead.headers })
    send(reply, instead.body)
  } else if ("end" in instead) {
    reply.hijack()
    // the client gets no answer, whether it stays or disconnects
    end(instead.end, reply.raw, request.record, (millis) => park(request, reply, world.clock, millis)).catch(() => {})
  } else {
    const { key = "", subject = "" } = operationOf(entry?.operation) ?? {}
    next(instead.refusal === "expired" ? expired() : notFound(world, subject, entry?.ids[key] ?? ""))
  }
}

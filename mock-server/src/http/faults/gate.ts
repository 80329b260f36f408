/**
 * Faults before a request is handled: replace the API's answer, or send none.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { park } from "../../clock/index.js"
import { parseDuration } from "../../core/Duration.js"
import type { Fault } from "../../core/faults/Faults.js"
import { notFound } from "../answers.js"
import { ApiError } from "../envelope.js"
import { worldOf } from "../requests.js"
import { end } from "./wire.js"

/** Formats `Retry-After` in the world's time. */
const retryAfter = (now: number, millis: number, as: "seconds" | "date" | undefined): string =>
  as === "date" ? new Date(now + millis).toUTCString() : String(Math.ceil(millis / 1_000))

const send = (reply: FastifyReply, body: unknown): FastifyReply => {
  if (body === undefined || typeof body === "string") return reply.send(body)
  if (!reply.hasHeader("content-type")) reply.type("application/json; charset=utf-8")
  return reply.send(Buffer.from(JSON.stringify(body)))
}

/** Answers in place of the handler, or calls `next`. */
export const gate = (
  request: FastifyRequest,
  reply: FastifyReply,
  { effect, kind, wait }: Fault,
  expired: () => Error,
  next: (error?: Error) => void
): void => {
  const world = worldOf(request)
  const { now } = world.clock
  const { answer, cut, limit, redirect } = effect
  if (answer !== undefined) {
    reply.code(answer.status).headers({ ...answer.headers })
    if (answer.retryAfter !== undefined) {
      reply.header("retry-after", retryAfter(now, parseDuration(answer.retryAfter), answer.retryAfterAs))
    }
    send(reply, answer.body)
  } else if (limit !== undefined) {
    reply.code(429).header("retry-after", retryAfter(now, wait, limit.retryAfterAs))
    send(reply, new ApiError(429, "rate_limited", "Too many requests.").body)
  } else if (redirect !== undefined) {
    const location = redirect.to === "loop" ? request.originalUrl : redirect.to
    reply
      .code(redirect.status ?? 302)
      .header("location", location)
      .send()
  } else if (cut?.at === "request") {
    reply.hijack()
    // the client gets no answer, whether it stays or disconnects
    end(cut.by, reply.raw, request.record, (millis) => park(request, reply, world.clock, millis)).catch(() => {})
  } else if (kind === "expired") {
    next(expired())
  } else if (kind === "stale" && request.record?.entry.operation !== "listJobs") {
    next(notFound(world, "job", request.record?.entry.ids["job_id"] ?? ""))
  } else {
    if (kind === "noRange") {
      delete request.headers.range
      delete request.headers["if-range"]
    }
    next()
  }
}

/**
 * A scripted server of a paid resource, on the virtual clock, with the faults of a schedule: those of the creates and the
 * lists of jobs.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { Auth, PixxelHttpClient } from "@effect-pixxel/client"
import type { FaultPlan } from "@effect-pixxel/mock-server"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

type Effects = FaultPlan["rules"][number]["do"]

/** The answer of the server itself, before any fault. */
export interface Answered {
  readonly status?: number
  readonly value: unknown
}

export interface Resource {
  /** Handles a create. */
  readonly create: (request: HttpClientRequest.HttpClientRequest) => Answered
  /** Answers a read by the items that were created by then, in milliseconds. */
  readonly read: (until: number, url: URL) => Answered
}

/** Milliseconds of a schedule's durations, such as "10s" and "2m". */
const millisOf = (text: unknown): number =>
  typeof text === "string" ? Number.parseFloat(text) * (text.endsWith("m") ? 60_000 : 1_000) : 0

export const server = (plan: FaultPlan, clock: Clock.Clock, { create, read }: Resource) => {
  const began = clock.unsafeCurrentTimeMillis()
  const attempts = new Map<string, number>()
  const now = () => clock.unsafeCurrentTimeMillis()

  /** The faults of the next request of an operation. */
  const faultsOf = (operation: string): Effects => {
    const attempt = (attempts.get(operation) ?? 0) + 1
    attempts.set(operation, attempt)
    const elapsed = now() - began
    const rules = plan.rules.filter(
      ({ attempts, between, on }) =>
        ([on].flat().includes("*") || [on].flat().some((it) => it === operation)) &&
        (attempts === undefined || attempts.includes(attempt)) &&
        (between === undefined || (elapsed >= millisOf(between.from) && elapsed < millisOf(between.to)))
    )
    return Object.assign({}, ...rules.map((rule) => rule.do))
  }

  const answer = (request: HttpClientRequest.HttpClientRequest, url: URL) =>
    Effect.gen(function* () {
      const isCreate = request.method === "POST"
      const faults = faultsOf(isCreate ? "createJob" : "listJobs")
      const { answer, body, corruptGzip, cut, drip, latency, redirect, stale } = faults
      const broken =
        cut?.by === "hang"
          ? Effect.never
          : Effect.fail(
              new HttpClientError.RequestError({
                request,
                reason: "Transport",
                cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
              })
            )
      const respond = (status: number, text: string | null, headers: Record<string, string> = {}) =>
        HttpClientResponse.fromWeb(
          request,
          new Response(text, { status, headers: { date: new Date(now()).toUTCString(), ...headers } })
        )
      yield* Effect.sleep(20 + millisOf(latency))
      if (cut?.at === "request") return yield* broken
      if (redirect !== undefined) return respond(redirect.status ?? 302, null, { location: request.url })
      if (answer !== undefined) {
        const wait =
          answer.retryAfter === undefined ? {} : { "retry-after": String(millisOf(answer.retryAfter) / 1_000) }
        return respond(answer.status, answer.status === 204 ? null : String(answer.body ?? ""), wait)
      }
      const { status = 200, value } = isCreate ? create(request) : read(now() - millisOf(stale), url)
      if (drip !== undefined) yield* Effect.sleep("5 seconds")
      if (cut !== undefined || corruptGzip === true) return yield* broken
      return respond(status, body === undefined ? JSON.stringify(value) : body === "empty" ? "" : '{"id":')
    })

  return HttpClient.make(answer)
}

/** The JSON body of a request. */
export const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest) =>
  JSON.parse(body._tag === "Raw" ? new TextDecoder().decode(Object(body.body)) : "{}")

/** A client over a scripted server. */
export const layer = (client: HttpClient.HttpClient) =>
  PixxelHttpClient.layer({ baseUrl: "https://paid.test", onDrift: () => Effect.void }).pipe(
    Layer.provide(Auth.layer({ token: Redacted.make("paid") })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )

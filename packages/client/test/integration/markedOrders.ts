/**
 * Orders: a paid resource that only this test has. A request carries a mark, which the list shows, so that the look-up
 * after a lost answer is exact. The server is scripted, on the virtual clock, with the faults of a schedule, and speaks
 * the wire format of jobs.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { Auth, PixxelHttpClient, type ProjectId, WorkflowId } from "@effect-pixxel/client"
import type { FaultPlan } from "@effect-pixxel/mock-server"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { callOnce } from "../../src/internal/call.js"
import { Connection } from "../../src/internal/connection.js"
import { endpoint } from "../../src/internal/endpoint.js"
import * as policies from "../../src/internal/policy.js"
import * as query from "../../src/internal/query.js"
import * as Raw from "../../src/internal/raw.js"
import * as redact from "../../src/internal/redact.js"
import { make as safeCreate } from "../../src/internal/safeCreate.js"
import { json } from "../../src/internal/success.js"
import * as jobs from "../../src/jobs/internal/creatable.js"
import { Job } from "../../src/jobs/Job.js"

const workflowId = WorkflowId.make("orders")

export interface Order {
  readonly id: string
  /** None for an order of another writer. */
  readonly mark: string | null
  readonly createdAt: number
}

type Effects = FaultPlan["rules"][number]["do"]

/** Milliseconds of a schedule's durations, such as "10s" and "2m". */
const millisOf = (text: unknown): number =>
  typeof text === "string" ? Number.parseFloat(text) * (text.endsWith("m") ? 60_000 : 1_000) : 0

export const server = (plan: FaultPlan, clock: Clock.Clock, orders: Array<Order>) => {
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

  const make = (mark: string | null) => {
    const order = { id: `order-${orders.length + 1}`, mark, createdAt: now() }
    orders.push(order)
    return shown(order)
  }

  const shown = ({ createdAt, id, mark }: Order) => ({ id, mark, created_at: new Date(createdAt).toISOString() })

  const answer = (request: HttpClientRequest.HttpClientRequest, query: URLSearchParams) =>
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
      const listed = () => orders.filter(({ createdAt }) => createdAt <= now() - millisOf(stale)).map(shown)
      const value = isCreate ? make(query.get("mark")) : { jobs: listed() }
      if (drip !== undefined) yield* Effect.sleep("5 seconds")
      if (cut !== undefined || corruptGzip === true) return yield* broken
      return respond(200, body === undefined ? JSON.stringify(value) : body === "empty" ? "" : '{"id":')
    })

  return {
    client: HttpClient.make((request, url) => answer(request, url.searchParams)),
    /** Another writer makes an order without a mark. */
    otherWriter: Effect.sync(() => void make(null))
  }
}

const createOrder = endpoint({
  operation: "createOrder",
  name: "OrdersApi.create",
  method: "POST",
  path: "/v0/workflows/{workflow_id}/jobs",
  query: { projectId: query.required(query.text("project_id")), mark: query.text("mark") },
  success: json(Job),
  cost: "billable",
  repeat: "lookup"
})

/** The safe create of orders: that of jobs, whose requests carry a mark. */
export const Orders = Effect.gen(function* () {
  const http = yield* Connection
  const kind = jobs.make(http, () => Effect.void)
  return safeCreate(
    {
      ...kind,
      words: { noun: "order", nouns: "orders", payer: "project", place: () => "the workspace" },
      send: ({ projectId, workflowId }, { mark }, onError) =>
        callOnce(http, createOrder, { workflowId, projectId, mark: Option.getOrUndefined(mark) }, onError),
      mark: (item) => Option.flatMapNullable(Raw.of(item), (json) => Object(json).mark)
    },
    { policy: policies.inForce(http.retry), scrub: redact.now(http.auth) }
  )
})

export type Orders = Effect.Effect.Success<typeof Orders>

export const inputOf = (projectId: ProjectId) => ({ workflowId, projectId })

export const layer = (client: HttpClient.HttpClient) =>
  PixxelHttpClient.layer({ baseUrl: "https://orders.test", onDrift: () => Effect.void }).pipe(
    Layer.provide(Auth.layer({ token: Redacted.make("orders") })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )

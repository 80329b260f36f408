/**
 * Orders: a paid resource that only this test has. A request carries a mark, which the list shows, so that the look-up
 * after a lost answer is exact. The server is scripted, on the virtual clock, with the faults of a schedule, and speaks
 * the wire format of jobs.
 */
import * as HttpClient from "@effect/platform/HttpClient"
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
import { server as paidServer } from "./paidServer.js"

const workflowId = WorkflowId.make("orders")

export interface Order {
  readonly id: string
  /** None for an order of another writer. */
  readonly mark: string | null
  readonly createdAt: number
}

/** The server of orders. */
export const server = (plan: FaultPlan, clock: Clock.Clock, orders: Array<Order>) => {
  const shown = ({ createdAt, id, mark }: Order) => ({ id, mark, created_at: new Date(createdAt).toISOString() })
  const make = (mark: string | null) => {
    const order = { id: `order-${orders.length + 1}`, mark, createdAt: clock.unsafeCurrentTimeMillis() }
    orders.push(order)
    return shown(order)
  }
  return {
    client: paidServer(plan, clock, {
      create: (_, query) => ({ value: make(query.get("mark")) }),
      list: (until) => ({ jobs: orders.filter(({ createdAt }) => createdAt <= until).map(shown) })
    }),
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
  PixxelHttpClient.layer({ baseUrl: "https://paid.test", onDrift: () => Effect.void }).pipe(
    Layer.provide(Auth.layer({ token: Redacted.make("paid") })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )

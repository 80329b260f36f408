import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { OrderId, OrderItemId, OrdersApi, ProjectId, StoreId } from "../src/index.js"
import { json, once, scripted } from "./scripted.js"

const report = (answer: () => Response, timeZone?: string) => {
  const { layer, seen } = scripted([answer], once)
  const call = Effect.flatMap(OrdersApi, (orders) => orders.report({ timeZone }))
  return { seen, call: Effect.provide(call, layer) }
}

/** The value of a call that is answered with some JSON, and the path of its request. */
const answered = <A, E>(body: unknown, use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E>) => {
  const { layer, seen } = scripted([() => json(body)], once)
  return Effect.flatMap(OrdersApi, use).pipe(
    Effect.map((value) => ({ value, path: seen.map(({ url }) => url.replace("https://api.pixxel.space", ""))[0] })),
    Effect.provide(layer)
  )
}

describe("a list of bandsets", () => {
  it.effect("has bands as objects, or by their names alone", () =>
    Effect.gen(function* () {
      const bands = [{ name: "B001", wavelength: 473 }, "B002"]
      const { path, value } = yield* answered({ bandsets: [{ id: "bandset-1", captures: 2, bands }] }, (it) =>
        it.bandsets()
      )
      assert.strictEqual(path, "/v0/bandsets")
      assert.deepStrictEqual(
        value.flatMap((it) => it.bands.map(({ name, wavelength }) => [name, wavelength])),
        [
          [Option.some("B001"), Option.some(473)],
          [Option.some("B002"), Option.none()]
        ]
      )
      assert.deepStrictEqual(value[0]?.captures, Option.some(2))
    })
  )
})

const orderItemId = OrderItemId.make("item-1")

/** An order item as `getItem` reads it. */
const itemOf = (body: object) =>
  Effect.map(
    answered({ id: orderItemId, ...body }, (it) => it.getItem({ orderItemId })),
    ({ value }) => value
  )

describe("an order", () => {
  it.effect("without a payment has no time of it", () =>
    Effect.gen(function* () {
      const orderId = OrderId.make("order/1")
      const { path, value } = yield* answered({ id: orderId, status: "UNPAID", paid_at: "" }, (it) =>
        it.get({ orderId })
      )
      assert.strictEqual(path, "/v0/orders/order%2F1")
      assert.deepStrictEqual([value.paidAt, value.isUnpaid], [Option.none(), true])
    })
  )

  const payments: ReadonlyArray<readonly [what: string, order: object, isUnpaid: boolean]> = [
    ["paid", { status: "PAID", order_items: [{ id: "item-1", payment_status: "UNPAID" }] }, false],
    ["unpaid, in lower case", { status: "unpaid" }, true],
    ["being paid", { status: "PAYMENT_IN_PROGRESS" }, false],
    [
      "unpaid by an item, without a status of the order",
      { order_items: [{ id: "i", payment_status: "UNPAID" }] },
      true
    ],
    ["without any word", { order_items: [{ id: "i" }] }, false]
  ]
  it.effect.each(payments)("is %s", ([, order, isUnpaid]) =>
    Effect.gen(function* () {
      const orderId = OrderId.make("order-1")
      const { value } = yield* answered({ id: orderId, ...order }, (it) => it.get({ orderId }))
      assert.strictEqual(value.isUnpaid, isUnpaid)
    })
  )
})

describe("a list of order items", () => {
  it.effect("is filtered by ids with commas, and by ranges as they are", () =>
    Effect.gen(function* () {
      const { path } = yield* answered({ order_items: [] }, (it) =>
        it.listItems({
          orderIds: [OrderId.make("order-1"), OrderId.make("order-2")],
          ids: [orderItemId],
          projectIds: [ProjectId.make("project-1")],
          createdAt: "2026-01-01,2026-02-01",
          area: "100,200"
        })
      )
      assert.deepStrictEqual(Object.fromEntries(new URL(`https://test${path}`).searchParams), {
        order_ids: "order-1,order-2",
        ids: "item-1",
        project_ids: "project-1",
        created_at: "2026-01-01,2026-02-01",
        area: "100,200"
      })
    })
  )

  it.effect("is read to its end by pages of 100 items", () =>
    Effect.gen(function* () {
      const page = (from: number, to: number) => () =>
        json({
          order_items: Array.from({ length: to - from }, (_, at) => ({ id: `item-${from + at}` })),
          pagination: { limit: 100, offset: from, total: 130 }
        })
      const { layer, seen } = scripted([page(0, 100), page(100, 130)])
      const found = yield* Effect.flatMap(OrdersApi, (it) => Stream.runCollect(it.listAllItems())).pipe(
        Effect.provide(layer)
      )
      assert.strictEqual(Chunk.size(found), 130)
      assert.deepStrictEqual(
        seen.map(({ url }) => new URL(url).search),
        ["?offset=0&limit=100", "?offset=100&limit=100"]
      )
    })
  )
})

describe("an order item", () => {
  it.effect("has days of tasks, the place of its delivery, and validation errors", () =>
    Effect.gen(function* () {
      const item = yield* itemOf({
        order_id: "order-1",
        tasks: [{ id: "task-1", start_date: "15-05-2024", end_date: "25-05-2024", delivery_status: "SUCCESSFUL" }],
        cloud_delivery: { config: "store-1", path: "images" },
        validation_errors: [{ geometry: ["too large", "crosses itself"] }, { name: ["taken"] }],
        tokens_used: null
      })
      assert.deepStrictEqual(
        item.tasks.map(({ endDate, startDate }) => [startDate, endDate].map(Option.map(DateTime.formatIsoDateUtc))),
        [[Option.some("2024-05-15"), Option.some("2024-05-25")]]
      )
      assert.deepStrictEqual(
        Option.map(item.cloudDelivery, ({ storeId }) => storeId),
        Option.some(Option.some(StoreId.make("store-1")))
      )
      assert.deepStrictEqual(item.validationErrors, [
        { geometry: ["too large", "crosses itself"] },
        { name: ["taken"] }
      ])
      assert.deepStrictEqual(item.tokensUsed, Option.none())
    })
  )

  const words: ReadonlyArray<readonly [word: string, outcome: string, isPartial: boolean]> = [
    ["DRAFT", "pending", false],
    ["ACTIVE", "pending", false],
    ["ON_HOLD", "pending", false],
    ["FULFILLED", "succeeded", false],
    ["COMPLETED", "succeeded", false],
    ["PARTIALLY_FULFILLED", "succeeded", true],
    ["PARTIALLY_COMPLETED", "succeeded", true],
    ["FAILED", "failed", false],
    ["CANCELLED", "failed", false]
  ]
  it.effect.each(words)("that is %s has %s", ([status, outcome, isPartial]) =>
    Effect.map(itemOf({ status }), (item) =>
      assert.deepStrictEqual([item.outcome, item.isPartial], [outcome, isPartial])
    )
  )

  interface Recurring {
    readonly no_of_occurrences?: number
    readonly occurrences?: ReadonlyArray<object>
    readonly status?: string
    readonly tasks: ReadonlyArray<string>
  }
  const recurring: ReadonlyArray<readonly [what: string, item: Recurring, outcome: string]> = [
    ["while a task is to come", { no_of_occurrences: 2, tasks: ["FULFILLED", "DRAFT"] }, "pending"],
    ["while a task is not listed yet", { no_of_occurrences: 3, tasks: ["FULFILLED", "EXPIRED"] }, "pending"],
    ["with its last task", { no_of_occurrences: 2, tasks: ["FULFILLED", "EXPIRED"] }, "succeeded"],
    ["badly if all tasks did", { occurrences: [{}, {}], tasks: ["EXPIRED", "FAILED"] }, "failed"],
    ["by its own word before", { status: "CANCELLED", no_of_occurrences: 2, tasks: ["DRAFT", "DRAFT"] }, "failed"],
    ["not with the task of a single capture", { no_of_occurrences: 0, tasks: ["FULFILLED"] }, "pending"]
  ]
  it.effect.each(recurring)("that recurs ends %s", ([, { tasks, ...item }, outcome]) =>
    Effect.map(
      itemOf({
        status: "ACTIVE",
        type: "RECURRING",
        ...item,
        tasks: tasks.map((status, at) => ({ id: `task-${at}`, status }))
      }),
      (found) => assert.strictEqual(found.outcome, outcome)
    )
  )

  it.effect("ends on the last day of all its captures", () =>
    Effect.gen(function* () {
      const occurrences = [{ end: "2026-01-08T00:00:00Z" }, { end: "2026-03-08T00:00:00Z" }]
      const item = yield* itemOf({ end_date: "2026-02-01T00:00:00Z", occurrences, tasks: [{ id: "t", end_date: "" }] })
      assert.deepStrictEqual(Option.map(item.lastDay, DateTime.formatIsoDateUtc), Option.some("2026-03-08"))
      assert.deepStrictEqual((yield* itemOf({})).lastDay, Option.none())
    })
  )
})

const csv = "order,tokens\r\norder-1,20\r\n"

describe("a report of orders", () => {
  it.effect("is the text as it came", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv, { headers: { "content-type": "text/plain" } }))
      assert.strictEqual(yield* call, csv)
      const [{ headers, url } = { headers: new Headers(), url: "" }] = seen
      assert.deepStrictEqual([url, headers.get("accept")], ["https://api.pixxel.space/v0/reports", "text/csv"])
    })
  )

  it.effect("is in the given time zone", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv), "Europe/Paris")
      yield* call
      assert.deepStrictEqual(
        seen.map(({ url }) => new URL(url).search),
        ["?tz=Europe%2FParis"]
      )
    })
  )

  it.effect("is not requested in an unknown time zone", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv), "Mars/Olympus")
      const error = yield* Effect.flip(call)
      assert(error._tag === "PixxelInvalidInput")
      assert.deepStrictEqual([error.path, error.found], ["timeZone", '"Mars/Olympus"'])
      assert.isEmpty(seen)
    })
  )

  const refusal = JSON.stringify({ error: { code: "bad_tz", message: "no such zone" } })
  for (const type of ["text/csv", "application/json"]) {
    it.effect(`has its refusal read as JSON under ${type}`, () =>
      Effect.gen(function* () {
        const { call } = report(() => new Response(refusal, { status: 400, headers: { "content-type": type } }))
        const error = yield* Effect.flip(call)
        assert(error._tag === "PixxelBadRequest")
        assert.deepStrictEqual(error.code, Option.some("bad_tz"))
      })
    )
  }

  it.effect("has its refusal as a text", () =>
    Effect.gen(function* () {
      const { call } = report(() => new Response("no such zone", { status: 400 }))
      const error = yield* Effect.flip(call)
      assert(error._tag === "PixxelBadRequest")
      assert.deepStrictEqual(error.body, Option.some("no such zone"))
    })
  )

  it.effect("is no JSON with the status of a success", () =>
    Effect.gen(function* () {
      const { call } = report(() => json({ error: { message: "no" } }))
      assert.strictEqual((yield* Effect.flip(call))._tag, "PixxelDecodeError")
    })
  )
})

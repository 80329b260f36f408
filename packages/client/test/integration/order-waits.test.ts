/** Waits for order items over months of the virtual clock: their pace, their end, and their deadline. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { OrderItemId, OrderItemSubject, OrdersApi } from "@effect-pixxel/client"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { layer } from "./paidServer.js"
import { world } from "./world.js"

const orderItemId = OrderItemId.make("item-1")
const hour = 3_600_000
const day = 24 * hour

/** Answers a request at a time in milliseconds since the beginning, by JSON or by the status of an error. */
type Answering = (at: number, url: URL) => object | number

const orders = (clock: Clock.Clock, began: number, answer: Answering) =>
  OrdersApi.layer.pipe(
    Layer.provide(
      layer(
        HttpClient.make((request, url) =>
          Effect.sync(() => {
            const found = answer(clock.unsafeCurrentTimeMillis() - began, url)
            const response =
              typeof found === "number" ? new Response("", { status: found }) : new Response(JSON.stringify(found))
            return HttpClientResponse.fromWeb(request, response)
          })
        )
      )
    )
  )

/** Runs a call over a scripted server from the first of January 2025 on. */
const over = <A, E>(answer: Answering, use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E>, after = 0) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const began = clock.unsafeCurrentTimeMillis()
    yield* Effect.sleep(after)
    const outcome = yield* Effect.either(
      Effect.flatMap(OrdersApi, use).pipe(Effect.provide(orders(clock, began, answer)))
    )
    return { outcome: Either.merge(outcome), now: clock.unsafeCurrentTimeMillis() - began }
  }).pipe(Effect.provide(world("inProcess", { leftovers: false, capsules: false, cap: 100 * day })), Effect.scoped)

/** An item at a time, or a status of an error. */
type Course = (at: number) => object | number

/** Runs a call over the course of an item; polls are in milliseconds since the beginning. */
const following = <A, E>(course: Course, use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E>, after = 0) => {
  const polls: Array<number> = []
  const answer: Answering = (at) => {
    polls.push(at)
    const found = course(at)
    return typeof found === "number" ? found : { id: orderItemId, ...found }
  }
  return Effect.map(over(answer, use, after), (ended) => ({ ...ended, polls }))
}

/** The longest interval of waits over weeks, to save real time. */
const maxInterval = "3 hours"

const wait = (orders: typeof OrdersApi.Service) => orders.waitForItem({ orderItemId })

const gaps = (polls: ReadonlyArray<number>) => polls.slice(1).map((at, before) => at - (polls[before] ?? 0))

describe("a wait for an order item", () => {
  it.effect("polls every minute at first, and every 15 minutes after hours", () =>
    Effect.gen(function* () {
      const { outcome, polls } = yield* following((at) => ({ status: at < day ? "ACTIVE" : "FULFILLED" }), wait)
      assert.deepInclude(Object(outcome), { status: Option.some("FULFILLED") })
      const all = gaps(polls)
      assert.isAtLeast(Math.min(...all), 60_000)
      assert.isAtMost(all[0] ?? 0, 75_000)
      assert.isAtMost(Math.max(...all), 900_000)
      assert.isAtLeast(Math.min(...all.slice(30)), 600_000)
      assert.isBelow(polls.length, 140)
    })
  )

  it.effect("survives ten hours without an answer", () =>
    Effect.gen(function* () {
      const course: Course = (at) =>
        at > hour && at < 10 * hour ? 503 : { status: at < 10 * hour ? "ACTIVE" : "FULFILLED" }
      const { outcome } = yield* following(course, wait)
      assert.deepInclude(Object(outcome), { status: Option.some("FULFILLED") })
    })
  )

  it.effect("begins during an outage", () =>
    Effect.gen(function* () {
      const { outcome } = yield* following((at) => (at < 2 * hour ? 503 : { status: "FULFILLED" }), wait)
      assert.deepInclude(Object(outcome), { status: Option.some("FULFILLED") })
    })
  )

  const deadlines: ReadonlyArray<readonly [what: string, item: object, days: number]> = [
    ["after its window", { end_date: "2025-01-11T00:00:00Z" }, 17],
    ["after the last of its occurrences", { occurrences: [{ end: "2025-01-04T00:00:00Z" }] }, 10],
    ["from now without one", {}, 7],
    ["from now if its window is over", { end_date: "2024-12-01T00:00:00Z" }, 7]
  ]
  it.effect.each(deadlines)("lasts 7 days %s", ([, item, days]) =>
    Effect.gen(function* () {
      const { now, outcome } = yield* following(
        () => ({ status: "ACTIVE", ...item }),
        (orders) => orders.waitForItem({ orderItemId, maxInterval })
      )
      assert.deepInclude(Object(outcome), { _tag: "WaitTimeout", subject: OrderItemSubject.make({ orderItemId }) })
      assert.isAtMost(Math.abs(now - days * day), 4 * hour)
    })
  )

  it.effect("has the deadline of its caller instead", () =>
    Effect.gen(function* () {
      const { outcome } = yield* following(
        () => ({ status: "ACTIVE", end_date: "2025-01-11T00:00:00Z" }),
        (orders) => orders.waitForItem({ orderItemId, timeout: "2 days" })
      )
      assert.deepInclude(Object(outcome), { _tag: "WaitTimeout", timeout: Duration.days(2) })
    })
  )

  const ends: ReadonlyArray<readonly [word: string, isPartial: boolean]> = [
    ["FULFILLED", false],
    ["PARTIALLY_FULFILLED", true],
    ["PARTIALLY_COMPLETED", true]
  ]
  it.effect.each(ends)("that is %s is a success", ([word, isPartial]) =>
    Effect.map(
      following(() => ({ status: word }), wait),
      ({ outcome }) => assert.strictEqual(Object(outcome).isPartial, isPartial)
    )
  )

  it.effect("that failed has its reasons", () =>
    Effect.gen(function* () {
      const { outcome } = yield* following(
        () => ({
          status: "FAILED",
          feasibility_status: "FAILED",
          validation_errors: [{ geometry: ["too large"] }],
          tasks: [
            { id: "task-1", status: "EXPIRED" },
            { id: "task-2", status: "FULFILLED" }
          ]
        }),
        wait
      )
      assert.deepInclude(Object(outcome), {
        _tag: "OrderItemFailed",
        status: "FAILED",
        reasons: ["geometry: too large", "task task-1 is EXPIRED", "the capture is not feasible"],
        message:
          "Order item item-1 ended as FAILED: geometry: too large; task task-1 is EXPIRED; the capture is not feasible."
      })
    })
  )

  it.effect("shares its polls with the other waits of its client, by their ids", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 30 }, (_, at) => OrderItemId.make(`item-${at}`))
      const seen: Array<URL> = []
      const answer: Answering = (at, url) => {
        seen.push(url)
        const word = at < day ? "ACTIVE" : "FULFILLED"
        const named = url.searchParams.get("ids")?.split(",")
        return named === undefined
          ? { id: url.pathname.split("/").at(-1), status: word }
          : { order_items: named.map((id) => ({ id, status: word })) }
      }
      const { outcome } = yield* over(answer, (it) =>
        Effect.forEach(ids, (id) => it.waitForItem({ orderItemId: id, timeout: "3 days" }), {
          concurrency: "unbounded"
        })
      )
      assert(Array.isArray(outcome) && outcome.length === 30)
      const lists = seen.filter(({ pathname }) => pathname === "/v0/order-items")
      assert.isAbove(lists.length, 50)
      assert.sameMembers(lists[0]?.searchParams.get("ids")?.split(",") ?? [], ids)
      // alone, each would poll some 130 times
      assert.isBelow(seen.length, 30 * 20)
    })
  )
})

describe("a watch of an order item", () => {
  const course: Course = (at) => {
    const task = (nth: number) => {
      const begins = nth * 30 * day
      return at < begins ? "DRAFT" : at < begins + day ? "IN_PROGRESS" : "FULFILLED"
    }
    return {
      type: "RECURRING",
      status: "ACTIVE",
      no_of_occurrences: 3,
      tasks: [0, 1, 2].map((nth) => ({ id: `task-${nth}`, status: task(nth), start_date: "" }))
    }
  }

  it.effect("emits each change of the tasks of months, and ends with the last one", () =>
    Effect.gen(function* () {
      const { outcome, now, polls } = yield* following(course, (orders) =>
        orders.watchItem({ orderItemId, maxInterval }).pipe(
          Stream.map(({ tasks }) => tasks.map((it) => Option.getOrElse(it.status, () => "").charAt(0)).join("")),
          Stream.runCollect,
          Effect.map((states) => [...states])
        )
      )
      assert.deepStrictEqual<unknown>(outcome, ["IDD", "FDD", "FID", "FFD", "FFI", "FFF"])
      assert.isAtMost(now, 61 * day + 3 * hour)
      assert.isBelow(polls.length, 61 * 10)
    })
  )

  it.effect("goes on in another process with the id alone", () =>
    Effect.gen(function* () {
      const { outcome } = yield* following(
        course,
        (orders) => Stream.runCollect(orders.watchItem({ orderItemId, maxInterval })),
        60 * day + hour
      )
      const [first, last] = [...(outcome as Iterable<{ readonly outcome: string }>)]
      assert.deepStrictEqual([first?.outcome, last?.outcome], ["pending", "succeeded"])
    })
  )
})

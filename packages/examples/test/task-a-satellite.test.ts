/** Runs the journey of a tasking on both transports, through faults, over months of the virtual clock. */
import { assert, describe, it } from "@effect/vitest"
import { CaptureTier, OrdersApi } from "@effect-pixxel/client"
import { Fault, type FaultPlan, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import { Clock, Effect, Layer, Option } from "effect"
import { longTransports, size } from "../../../vitest.size.js"
import { PixxelMock } from "../src/main-job.js"
import { type Captures, followItem, type Offer, taskSatellite } from "../src/task-a-satellite.js"
import { inDays, place } from "./place.js"

/** One capture in a window of some days that begins in five. */
const once = (days: number): Effect.Effect<Captures> =>
  Effect.map(Effect.all([inDays(5), inDays(5 + days)]), ([start, end]) => ({
    projectId: place.projectId,
    geometry: place.geometry,
    usecase: "agriculture",
    start,
    end,
    bandset: "Agriculture"
  }))

/** Three captures, one each month. */
const monthly: Effect.Effect<Captures> = Effect.map(once(10), ({ end: _, ...captures }) => ({
  ...captures,
  recurrence: "MONTHLY",
  occurrences: 3
}))

/** Every 15 minutes makes thousands of polls: the short form polls less often. */
const pace = size({ maxInterval: "6 hours" } as const, {})

const yes = () => Effect.succeed(true)

const countOrders = Effect.flatMap(OrdersApi, (orders) => orders.list({ limit: 100 })).pipe(
  Effect.map((page) => page.orders.length)
)

/** The number of orders that a program adds. */
const added = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = yield* countOrders
    const result = yield* program
    return { result, orders: (yield* countOrders) - before }
  })

const day = 86_400_000

const minutes = Effect.map(Clock.currentTimeMillis, (millis) => millis / 60_000)

describe.each(longTransports)("a tasking, %s", (transport) => {
  const world = (quirks: WorldQuirks = {}, options: MockServer.Options = {}) =>
    PixxelMock.pipe(Layer.provideMerge(MockServer.layer({ transport, quirks, ...options })))

  // the quote is the first request of the operation, that for the limit the second, and the submit the third
  const faults: Readonly<Record<string, FaultPlan>> = {
    "without a fault": Fault.plan(),
    "with the lost answer of the submit": Fault.plan(
      Fault.on("SubmitOrder", Fault.loseAnswer("reset"), { attempts: [3] })
    ),
    "with an order that lists show late": Fault.plan(
      Fault.on("SubmitOrder", Fault.loseAnswer("reset"), { attempts: [3] }),
      Fault.on("ListOrderItems", Fault.stale("1h"), { attempts: [1, 2] })
    ),
    "with answers of 503": Fault.plan(
      Fault.on("ListBandsets", Fault.answer(503), { attempts: [1] }),
      Fault.on("GetOrderItemById", Fault.answer(503), { attempts: [1] })
    )
  }
  for (const [what, plan] of Object.entries(faults)) {
    it.scoped(`pays for one order ${what}`, () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(plan)
        const { orders, result } = yield* added(Effect.flatMap(once(10), (captures) => taskSatellite(captures, yes)))
        const [itemId, ...others] = result
        assert(itemId !== undefined)
        assert.deepStrictEqual([orders, others], [1, []])
        const { paymentStatus } = yield* Effect.flatMap(OrdersApi, (it) => it.getItem({ orderItemId: itemId }))
        assert.deepStrictEqual(paymentStatus, Option.some("PAID"))
      }).pipe(Effect.provide(world()))
    )
  }

  it.scoped("follows captures of three months through faults, each paid when it is placed", () =>
    Effect.gen(function* () {
      const lost = Fault.on("GetOrderItemById", Fault.loseAnswer("reset"), { attempts: [3] })
      const down = Fault.on("GetOrderItemById", Fault.answer(503), { attempts: [5, 6, 9, 10, 11] })
      yield* (yield* MockServer).faults.use(Fault.plan(lost, down))
      const start = yield* minutes
      const [itemId] = yield* Effect.flatMap(monthly, (captures) => taskSatellite(captures, yes))
      assert(itemId !== undefined)
      const { outcome, tasks } = yield* followItem(itemId, pace)
      assert.strictEqual(outcome, "succeeded")
      assert.lengthOf(tasks, 3)
      for (const task of tasks) {
        assert.strictEqual(task.outcome, "succeeded")
        assert.isAbove(Option.getOrThrow(task.tokensUsed), 0)
      }
      assert.isAbove((yield* minutes) - start, 60 * 24 * 60)
    }).pipe(Effect.provide(world({}, { cap: 120 * day })))
  )

  it.scoped("goes on in another process, by the id of the item", () =>
    Effect.gen(function* () {
      const [itemId] = yield* Effect.flatMap(once(10), (captures) => taskSatellite(captures, yes))
      assert(itemId !== undefined)
      assert.deepStrictEqual(yield* Effect.timeoutOption(followItem(itemId, pace), "2 days"), Option.none())
      const item = yield* followItem(itemId, pace).pipe(Effect.provide(Layer.fresh(PixxelMock)))
      assert.strictEqual(item.outcome, "succeeded")
    }).pipe(Effect.provide(world()))
  )

  const tiers: ReadonlyArray<readonly [number, CaptureTier.CaptureTier]> = [
    [10, "flexible"],
    [4, "expedited"],
    [2, "critical"]
  ]
  for (const [days, expected] of tiers) {
    it.scoped(`shows what a window of ${days} days costs, and orders nothing without consent`, () =>
      Effect.gen(function* () {
        const offers: Array<Offer> = []
        const no = (offer: Offer) => Effect.sync(() => offers.push(offer) < 0)
        const { orders, result } = yield* added(Effect.flatMap(once(days), (captures) => taskSatellite(captures, no)))
        assert.deepStrictEqual([orders, result], [0, []])
        const [offer] = offers
        assert(offer !== undefined)
        assert.deepStrictEqual(offer.tier, Option.some(expected))
        const [item] = offer.quote.items
        const uplift = CaptureTier.uplifts[expected]
        assert.deepStrictEqual(
          item?.uplifts.map(({ percentage }) => Option.getOrThrow(percentage)),
          uplift === 0 ? [] : [uplift]
        )
        assert.isAtLeast(Option.getOrThrow(Option.flatMap(Option.fromNullable(item), (it) => it.finalAmount)), 1)
      }).pipe(Effect.provide(world()))
    )
  }

  const unfortunate: ReadonlyArray<readonly [string, WorldQuirks, string, number]> = [
    ["the flag of a quote is ignored", { dryRunIgnored: true }, "QuotePlaced", 1],
    ["the wallet is empty", { wallet: 0 }, "OrderNotPaid", 1],
    ["the wallet is empty and orders are refused", { wallet: 0, insufficientTokens: 402 }, "PixxelUnexpectedStatus", 0],
    ["the capture is not feasible", { newOrders: { feasibility: "FAILED" } }, "OrderInfeasible", 0]
  ]
  for (const [what, quirks, tag, expected] of unfortunate) {
    it.scoped(`says so if ${what}`, () =>
      Effect.gen(function* () {
        const { orders, result } = yield* added(
          Effect.flatMap(once(10), (captures) => Effect.flip(taskSatellite(captures, yes)))
        )
        assert.deepStrictEqual([result._tag, orders], [tag, expected])
      }).pipe(Effect.provide(world(quirks)))
    )
  }

  it.scoped("says why a capture has failed", () =>
    Effect.gen(function* () {
      const [orderItemId] = yield* Effect.flatMap(once(10), (captures) => taskSatellite(captures, yes))
      assert(orderItemId !== undefined)
      const error = yield* Effect.flip(Effect.flatMap(OrdersApi, (it) => it.waitForItem({ orderItemId, ...pace })))
      assert(error._tag === "OrderItemFailed")
      assert.strictEqual(error.subject.orderItemId, orderItemId)
    }).pipe(Effect.provide(world({ newOrders: { ends: ["FAILED"] } })))
  )

  it.scoped("orders nothing from an unknown bandset, or within 24 hours", () =>
    Effect.gen(function* () {
      const captures = yield* once(10)
      const start = yield* inDays(-1)
      const { orders, result } = yield* added(
        Effect.all([
          Effect.flip(taskSatellite({ ...captures, bandset: "Nothing" }, yes)),
          Effect.flip(taskSatellite({ ...captures, start }, yes))
        ])
      )
      assert.deepStrictEqual(
        [orders, result.map(({ _tag }) => _tag)],
        [0, ["NoSuchElementException", "PixxelInvalidInput"]]
      )
    }).pipe(Effect.provide(world()))
  )
})

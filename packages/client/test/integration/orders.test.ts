/** Orders against the mock server: quotes, submits, and items over days of the virtual clock. */
import { assert, describe, it } from "@effect/vitest"
import { CalendarDate, CaptureTier, OrderId, OrderItemId, OrdersApi } from "@effect-pixxel/client"
import { Fault, type WorldQuirks } from "@effect-pixxel/mock-server"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { archiveIn, taskingIn } from "../field.js"
import { projectId, transports, world } from "./world.js"

const using = <A, E, R>(use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(OrdersApi, use)

// the worlds begin on the first of January 2025
const once = taskingIn(projectId, "2025-01-05", "2025-01-12")
const short = taskingIn(projectId, "2025-01-05", "2025-01-07")
const archive = archiveIn(projectId)

const quoteOf = (items: ReadonlyArray<OrdersApi.Item>, quirks: WorldQuirks = {}) =>
  Effect.provide(
    using((it) => it.quote({ items })),
    world("inProcess", { quirks })
  )

describe.each(transports)("orders, %s", (transport) => {
  it.scoped("are bought from the archive, and read", () =>
    using((it) =>
      Effect.gen(function* () {
        const order = yield* it.submit({ items: [archive], maxCost: 1_000 })
        assert.deepStrictEqual([order.status, order.isUnpaid], [Option.some("PAID"), false] as const)
        const [item] = order.items
        assert(item !== undefined)
        const done = yield* it.waitForItem({ orderItemId: item.id })
        assert.deepStrictEqual(
          done.tasks.map(({ outcome }) => outcome),
          ["succeeded"]
        )
        assert.isTrue(Option.exists(done.tokensUsed, (tokens) => tokens > 0))
        assert.deepStrictEqual((yield* it.get({ orderId: order.id })).id, order.id)
        const listed = yield* Stream.runCollect(it.listAllItems({ orderIds: [order.id] }))
        assert.deepStrictEqual(
          [...listed].map(({ id }) => id),
          [item.id]
        )
      })
    ).pipe(Effect.provide(world(transport)))
  )
})

describe("the fixtures of orders", () => {
  it.scoped("are listed, with their items and bandsets", () =>
    using((it) =>
      Effect.gen(function* () {
        const orders = yield* Stream.runCollect(it.listAll())
        assert.includeMembers(
          [...orders].map(({ id }) => id),
          [OrderId.make("order-north-archive")]
        )
        const items = yield* it.listItems({ projectIds: [projectId], type: "ARCHIVE" })
        assert.deepStrictEqual(
          items.items.map(({ id }) => id),
          [OrderItemId.make("item-north-archive")]
        )
        const bandsets = yield* it.bandsets()
        assert.isTrue(bandsets.every(({ bands, captures }) => bands.length > 0 && Option.isSome(captures)))
      })
    ).pipe(Effect.provide(world("inProcess")))
  )
})

describe("a quote", () => {
  it.scoped("shows the tier of its window as an uplift", () =>
    Effect.gen(function* () {
      const quote = yield* quoteOf([short])
      const tier = CaptureTier.of(
        { start: short.start, end: CalendarDate.make("2025-01-07") },
        DateTime.unsafeMake("2025-01-01")
      )
      assert.deepStrictEqual(
        quote.items.flatMap(({ uplifts }) => uplifts.map(({ percentage }) => percentage)),
        [Option.some(CaptureTier.uplifts[tier])]
      )
      const calm = yield* quoteOf([once])
      assert.deepStrictEqual(
        calm.items.map(({ uplifts }) => uplifts),
        [[]]
      )
    })
  )

  it.scoped("leaves nothing behind, or an order that is not paid", () =>
    Effect.gen(function* () {
      for (const dryRuns of ["forgotten", "kept"] as const) {
        const quote = yield* quoteOf([archive], { dryRuns })
        assert.isTrue(Option.exists(quote.totalAmount, (amount) => amount > 0))
      }
    })
  )

  it.scoped("is an error if the server placed the order, which names it", () =>
    using((it) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(it.quote({ items: [archive] }))
        assert(error._tag === "QuotePlaced")
        yield* Effect.sleep("1 second")
        const order = yield* it.get({ orderId: error.subject.orderId })
        assert.deepStrictEqual(order.status, Option.some("PAID"))
        assert.deepStrictEqual(
          error.itemIds,
          order.items.map(({ id }) => id)
        )
      })
    ).pipe(Effect.provide(world("inProcess", { quirks: { dryRunIgnored: true } })))
  )
})

describe("a submit", () => {
  const wallets: ReadonlyArray<readonly [NonNullable<WorldQuirks["insufficientTokens"]>, string]> = [
    ["unpaid", "OrderNotPaid"],
    [400, "PixxelBadRequest"],
    [402, "PixxelUnexpectedStatus"],
    [403, "PixxelForbidden"]
  ]
  it.scoped.each(wallets)("without tokens that is answered %s is %s", ([insufficientTokens, tag]) =>
    using((it) => Effect.flip(it.submit({ items: [archive] }))).pipe(
      Effect.map((error) => assert.strictEqual(error._tag, tag)),
      Effect.provide(world("inProcess", { quirks: { wallet: 1, insufficientTokens } }))
    )
  )

  it.scoped("whose answer is lost finds its order by its name, and one alone", () =>
    using((it) =>
      Effect.gen(function* () {
        const { id } = yield* it.submit({ items: [once, archive] })
        const { items } = yield* it.listItems({ createdAt: "2025-01-01T00:00:00Z,2025-02-01T00:00:00Z" })
        assert.deepStrictEqual(
          items.map(({ orderId }) => orderId),
          [Option.some(id), Option.some(id)]
        )
      })
    ).pipe(
      Effect.provide(
        world("inProcess", {
          scenario: { faults: Fault.plan(Fault.on("SubmitOrder", Fault.loseAnswer("reset"), { attempts: [1] })) }
        })
      )
    )
  )

  it.scoped("is refused for a viewer", () =>
    using((it) => Effect.flip(it.submit({ items: [archive] }))).pipe(
      Effect.map((error) => assert.strictEqual(error._tag, "PixxelForbidden")),
      Effect.provide(world("inProcess", { role: "viewer" }))
    )
  )
})

describe("an item", () => {
  it.scoped("is followed from its draft to its end, by its tasks", () =>
    using((it) =>
      Effect.gen(function* () {
        const { items } = yield* it.submit({ items: [once] })
        const [item] = items
        assert(item !== undefined)
        const states = yield* it.watchItem({ orderItemId: item.id, maxInterval: "2 hours" }).pipe(
          Stream.map(({ status, tasks }) =>
            [status, ...tasks.map((task) => task.status)].map(Option.getOrNull).join(" ")
          ),
          Stream.runCollect
        )
        assert.deepStrictEqual(
          [...states],
          ["DRAFT DRAFT", "ACTIVE SUBMITTED", "ACTIVE IN_PROGRESS", "FULFILLED FULFILLED"]
        )
      })
    ).pipe(Effect.provide(world("inProcess")))
  )

  it.scoped("that fails has the words of its tasks as reasons", () =>
    using((it) =>
      Effect.gen(function* () {
        const { items } = yield* it.submit({ items: [archive] })
        const error = yield* Effect.flip(it.waitForItem({ orderItemId: items[0]?.id ?? OrderItemId.make("none") }))
        assert(error._tag === "OrderItemFailed")
        assert.match(error.reasons.join(), /is EXPIRED$/)
      })
    ).pipe(Effect.provide(world("inProcess", { quirks: { newOrders: { ends: ["EXPIRED"] } } })))
  )

  it.scoped("that a replica does not know yet is waited for after its submit", () =>
    using((it) =>
      Effect.gen(function* () {
        const { items } = yield* it.submit({ items: [archive] })
        const orderItemId = items[0]?.id ?? OrderItemId.make("none")
        assert.strictEqual((yield* it.waitForItem({ orderItemId, minInterval: "1 second" })).outcome, "succeeded")
      })
    ).pipe(
      Effect.provide(
        world("inProcess", { scenario: { faults: Fault.plan(Fault.on("GetOrderItemById", Fault.stale("20s"))) } })
      )
    )
  )

  it.scoped("with the older words ends too", () =>
    using((it) => it.waitForItem({ orderItemId: OrderItemId.make("item-north-archive") })).pipe(
      Effect.map(({ status }) => assert.deepStrictEqual(status, Option.some("COMPLETED"))),
      Effect.provide(world("inProcess", { quirks: { orderWords: "older" } }))
    )
  )
})

/** Quotes and submits of scripted servers: what a lost, doubtful or unpaid answer means. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import {
  CreateIntent,
  CreateOutcomeUnknown,
  type Order,
  OrderId,
  OrderQuote,
  OrdersApi,
  OrderTarget
} from "../src/index.js"
import { archiveIn } from "./field.js"
import { fetchFailed, json, projectId, scripted, status } from "./scripted.js"

type Sent = { readonly dry_run: boolean; readonly order_items: ReadonlyArray<{ readonly name?: string }> }

/** A request: `quote`, `submit`, `order` or `items`. */
type Step = "quote" | "submit" | "order" | "items"

/** The answer to a step by its number; `body` is that of the last order. */
type Script = { readonly [S in Step]?: (body: Sent, nth: number) => Response | Error }

const orderId = OrderId.make("order-1")

const item = (name: string | undefined, more: object = {}) => ({
  id: "item-1",
  order_id: orderId,
  project_id: projectId,
  payment_status: "PAID",
  name,
  ...more
})

const order = (more: object = {}) => json({ id: orderId, status: "PAID", total_amount: 20, ...more }, { status: 201 })

/** The items of a list: one with the name that was sent, and one of another order. */
const listed =
  (more: object = {}) =>
  (body: Sent) =>
    json({
      order_items: [item("another", { id: "item-0", order_id: "order-0" }), item(body.order_items[0]?.name, more)]
    })

const nothing = () => json({ order_items: [] })
const missing = () => status(404)
const lost = () => fetchFailed("ECONNRESET")

/** Runs a call over a script for an hour; the outcome is its value or its error, and the steps that it took. */
const running = <A, E>(script: Script, use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E>) => {
  const steps: Array<Step> = []
  const bodies: Array<Sent> = []
  const { layer } = scripted([], {}, async (url, init) => {
    const { pathname } = new URL(String(url))
    let step: Step = pathname === "/v0/order-items" ? "items" : "order"
    if (init?.method === "POST") {
      const body: Sent = JSON.parse(new TextDecoder().decode(Object(init.body)))
      bodies.push(body)
      step = body.dry_run ? "quote" : "submit"
    }
    steps.push(step)
    const last = bodies[bodies.length - 1] ?? { dry_run: false, order_items: [] }
    const answer = script[step]?.(last, steps.filter((it) => it === step).length) ?? status(500)
    if (answer instanceof Error) throw answer
    return answer
  })
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(OrdersApi, use)))
    yield* TestClock.adjust("1 hour")
    return { outcome: Either.merge(yield* Fiber.join(fiber)), steps, bodies }
  }).pipe(Effect.provide(layer))
}

/** The steps without repetitions. */
const phases = (steps: ReadonlyArray<Step>) => steps.filter((it, at) => steps[at - 1] !== it).join(" ")

const tagOf = (outcome: object) => ("_tag" in outcome ? outcome._tag : outcome.constructor.name)

const items = [archiveIn(projectId)]

// --- quotes ---

const unpaid = { status: "UNPAID" }

const quotes: ReadonlyArray<readonly [what: string, script: Script, outcome: string, phases: string]> = [
  ["without an id is a quote", { quote: () => json({ total_amount: 20 }) }, "OrderQuote", "quote"],
  ["with the id of no order is a quote", { quote: () => order(unpaid), order: missing }, "OrderQuote", "quote order"],
  [
    "with the id of an unpaid order is a quote",
    { quote: () => order(unpaid), order: () => order(unpaid) },
    "OrderQuote",
    "quote order"
  ],
  [
    "with the id of a paid order placed it",
    { quote: () => order(unpaid), order: () => order() },
    "QuotePlaced",
    "quote order"
  ],
  [
    "with the id of an order that is being paid placed it",
    { quote: () => order(unpaid), order: () => order({ status: "PAYMENT_IN_PROGRESS" }) },
    "QuotePlaced",
    "quote order"
  ],
  [
    "with the id of an unpaid order with a paid item placed it",
    { quote: () => order(unpaid), order: () => order({ ...unpaid, order_items: [item("a", { tokens_used: 20 })] }) },
    "QuotePlaced",
    "quote order"
  ],
  [
    "that says UNPAID is a quote, although its order cannot be read",
    { quote: () => order(unpaid), order: () => status(500) },
    "OrderQuote",
    "quote order"
  ],
  [
    "that says PAID is unknown if no order appears for a while",
    { quote: () => order(), order: missing },
    "QuoteOutcomeUnknown",
    "quote order"
  ],
  [
    "that says PAID placed an order that appears late",
    { quote: () => order(), order: (_, nth) => (nth < 5 ? missing() : order()) },
    "QuotePlaced",
    "quote order"
  ],
  [
    "that says PAID is unknown if the order cannot be read",
    { quote: () => order(), order: () => status(500) },
    "QuoteOutcomeUnknown",
    "quote order"
  ],
  ["that is refused placed nothing", { quote: () => status(400) }, "PixxelBadRequest", "quote"],
  [
    "that was lost is unknown if no listed order carries its mark",
    { quote: lost, items: nothing },
    "QuoteOutcomeUnknown",
    "quote items"
  ],
  [
    "that was lost placed a paid order with its mark",
    { quote: () => status(503), items: listed(), order: () => order() },
    "QuotePlaced",
    "quote items order"
  ],
  [
    "that was lost is the quote of an unpaid order with its mark",
    { quote: lost, items: listed(), order: () => order(unpaid) },
    "OrderQuote",
    "quote items order"
  ],
  [
    "that was lost placed an order by the word of its item, if the order cannot be read",
    { quote: lost, items: listed(), order: () => status(500) },
    "QuotePlaced",
    "quote items order"
  ]
]

describe("the answer to a quote", () => {
  it.effect.each(quotes)("%s", ([, script, outcome, expected]) =>
    Effect.gen(function* () {
      const found = yield* running(script, (orders) => orders.quote({ items }))
      assert.strictEqual(tagOf(found.outcome), outcome)
      assert.strictEqual(phases(found.steps), expected)
      assert.lengthOf(found.bodies, 1, "no quote is repeated")
    })
  )

  it.effect("hands out the id that it has, and its amounts", () =>
    Effect.gen(function* () {
      const uplifts = [{ title: "Expedited", percentage: 25, amount: 4 }]
      const quoted = { name: "a", base_amount: 16, final_amount: 20, uplifts, feasibility_status: "WEAK_SUCCESS" }
      const script: Script = { quote: () => order({ ...unpaid, order_items: [quoted] }), order: missing }
      const { outcome } = yield* running(script, (orders) => orders.quote({ items }))
      assert(outcome instanceof OrderQuote)
      assert.deepStrictEqual([outcome.id, outcome.totalAmount], [Option.some(orderId), Option.some(20)] as never)
      assert.deepStrictEqual(
        outcome.items.map((it) => [it.id, it.finalAmount, it.uplifts[0]?.percentage, it.feasibility]),
        [[Option.none(), Option.some(20), Option.some(25), Option.some("WEAK_SUCCESS")]]
      )
    })
  )

  it.effect("carries its mark instead of a name", () =>
    Effect.gen(function* () {
      const named = [{ ...archiveIn(projectId), name: "North" }]
      const script: Script = { quote: lost, items: listed(), order: () => order() }
      const { bodies, outcome } = yield* running(script, (orders) => orders.quote({ items: named }))
      assert.match(bodies[0]?.order_items[0]?.name ?? "", /^archive [0-9a-f]{32}$/)
      assert(tagOf(outcome) === "QuotePlaced" && "subject" in outcome)
      assert.deepInclude(outcome.subject, { orderId })
    })
  )

  it.effect("that is unknown can be searched for again, by its record as JSON", () =>
    Effect.gen(function* () {
      const first = yield* running({ quote: lost, items: nothing }, (orders) => orders.quote({ items }))
      assert("intent" in first.outcome)
      const json = yield* Schema.encode(CreateIntent)(first.outcome.intent)
      const intent = yield* Schema.decodeUnknown(CreateIntent)(JSON.parse(JSON.stringify(json)))
      const found = yield* running({ items: () => listed()(first.bodies[0] as Sent), order: () => order() }, (orders) =>
        orders.resolve(intent)
      )
      assert.deepInclude(found.outcome, { id: orderId })
    })
  )

  it.effect("reaches the log of an interrupted caller", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      const late = (body: Sent, nth: number) => (nth === 1 ? nothing() : listed()(body))
      yield* running({ quote: lost, items: late, order: () => order() }, (orders) =>
        Effect.timeoutOption(orders.quote({ items }), "1 second").pipe(
          Effect.provide(Logger.replace(Logger.defaultLogger, logger))
        )
      )
      assert.match(lines.join("\n"), /A quote for project project-1 was interrupted after sending.*order-1/)
    })
  )
})

// --- submits ---

const submits: ReadonlyArray<
  readonly [what: string, script: Script, input: Partial<OrdersApi.SubmitInput>, outcome: string, phases: string]
> = [
  ["gives the paid order", { submit: () => order() }, {}, "Order", "submit"],
  ["fails with the order that is not paid", { submit: () => order(unpaid) }, {}, "OrderNotPaid", "submit"],
  [
    "looks at an order without a word about its payment",
    { submit: () => order({ status: null }), order: () => order(unpaid) },
    {},
    "OrderNotPaid",
    "submit order"
  ],
  ["is refused without tokens", { submit: () => status(402) }, {}, "PixxelUnexpectedStatus", "submit"],
  [
    "finds its order by the mark after a lost answer",
    { submit: lost, items: listed(), order: () => order() },
    {},
    "Order",
    "submit items order"
  ],
  [
    "finds its order by the mark after a conflict",
    { submit: () => status(409), items: listed(), order: () => order() },
    {},
    "Order",
    "submit items order"
  ],
  [
    "finds an order that is not paid",
    { submit: lost, items: listed(), order: () => order(unpaid) },
    {},
    "OrderNotPaid",
    "submit items order"
  ],
  [
    "finds an order that is not paid by the word of its item",
    { submit: lost, items: listed({ payment_status: "UNPAID" }), order: () => status(500) },
    {},
    "OrderNotPaid",
    "submit items order"
  ],
  [
    "searches after an answer without an id",
    { submit: () => json({ status: "PAID" }), items: listed(), order: () => order() },
    {},
    "Order",
    "submit items order"
  ],
  [
    "stays unknown without an order of its mark",
    { submit: lost, items: nothing },
    {},
    "CreateOutcomeUnknown",
    "submit items"
  ],
  [
    "adopts no order by a name of the caller's choice",
    { submit: lost, items: listed() },
    { items: [{ ...archiveIn(projectId), name: "North" }] },
    "CreateOutcomeUnknown",
    "submit items"
  ],
  [
    "does not search if it adopts nothing",
    { submit: lost, items: listed() },
    { adopt: "never" },
    "CreateOutcomeUnknown",
    "submit"
  ],
  [
    "within its limit follows a quote",
    { quote: () => json({ total_amount: 20 }), submit: () => order() },
    { maxCost: 20 },
    "Order",
    "quote submit"
  ],
  [
    "above its limit is not sent",
    { quote: () => json({ total_amount: 21 }), submit: () => order() },
    { maxCost: 20 },
    "CostLimitExceeded",
    "quote"
  ],
  [
    "with a quote that has no total is not sent",
    { quote: () => json({ order_items: [{ final_amount: 1 }] }), submit: () => order() },
    { maxCost: 20 },
    "CostLimitExceeded",
    "quote"
  ],
  [
    "with a quote whose total is less than its items is not sent",
    { quote: () => json({ total_amount: 0, order_items: [{ final_amount: 15 }, { final_amount: 6 }] }) },
    { maxCost: 20 },
    "CostLimitExceeded",
    "quote"
  ],
  [
    "that is not feasible is not sent",
    { quote: () => json({ total_amount: 1, order_items: [{ feasibility_status: "FAILED" }] }) },
    { maxCost: 20 },
    "OrderInfeasible",
    "quote"
  ],
  [
    "that is not feasible is sent on demand",
    {
      quote: () => json({ total_amount: 1, order_items: [{ feasibility_status: "FAILED" }] }),
      submit: () => order()
    },
    { maxCost: 20, evenIfInfeasible: true },
    "Order",
    "quote submit"
  ],
  [
    "does not follow a quote that placed an order",
    { quote: () => order(), order: () => order(), submit: () => order() },
    { maxCost: 20 },
    "QuotePlaced",
    "quote order"
  ],
  [
    "does not follow a quote that was lost",
    { quote: lost, items: nothing, submit: () => order() },
    { maxCost: 20 },
    "QuoteOutcomeUnknown",
    "quote items"
  ]
]

describe("a submit", () => {
  it.effect.each(submits)("%s", ([, script, input, outcome, expected]) =>
    Effect.gen(function* () {
      const found = yield* running(script, (orders) => orders.submit({ items, ...input }))
      assert.strictEqual(tagOf(found.outcome), outcome)
      assert.strictEqual(phases(found.steps), expected)
      assert.isAtMost(found.steps.filter((it) => it === "submit").length, 1, "no submit is repeated")
    })
  )

  it.effect("marks the first item without a name, and leaves the others", () =>
    Effect.gen(function* () {
      const several = [{ ...archiveIn(projectId), name: "North" }, archiveIn(projectId), archiveIn(projectId)]
      const { bodies } = yield* running({ submit: () => order() }, (orders) => orders.submit({ items: several }))
      const [north, marked, other] = bodies[0]?.order_items.map(({ name }) => name) ?? []
      assert.deepStrictEqual([north, other], ["North", undefined])
      assert.match(marked ?? "", /^archive [0-9a-f]{32}$/)
    })
  )

  it.effect("tells the orders with the name of its item, as candidates", () =>
    Effect.gen(function* () {
      const named = [{ ...archiveIn(projectId), name: "North" }]
      const { outcome } = yield* running({ submit: lost, items: listed() }, (orders) => orders.submit({ items: named }))
      assert(outcome instanceof CreateOutcomeUnknown)
      assert.deepStrictEqual(
        outcome.candidates.map(({ id }) => id),
        [orderId]
      )
      assert.deepStrictEqual(outcome.target, OrderTarget.make({ projectId, name: "North" }))
    })
  )

  it.effect("hands its record out before it leaves", () =>
    Effect.gen(function* () {
      const kept: Array<CreateIntent> = []
      const { bodies, steps } = yield* running({ submit: () => order() }, (orders) =>
        orders.submit({ items, keep: (intent) => Effect.sync(() => void kept.push(intent)) })
      )
      assert.strictEqual(steps.join(), "submit")
      assert.include(bodies[0]?.order_items[0]?.name ?? "", Option.getOrThrow(kept[0]?.mark ?? Option.none()))
    })
  )

  it.effect("is not sent if its record is not kept", () =>
    Effect.gen(function* () {
      const full = new Error("the disk is full")
      const { outcome, steps } = yield* running({ submit: () => order() }, (orders) =>
        orders.submit({ items, keep: () => Effect.fail(full) })
      )
      assert.strictEqual(outcome, full)
      assert.isEmpty(steps)
    })
  )

  it.effect("hands an order to an interrupted caller, who may not be told otherwise", () =>
    Effect.gen(function* () {
      const orphans: Array<Order> = []
      yield* running({ submit: lost, items: listed(), order: () => order() }, (orders) =>
        Effect.timeoutOption(
          orders.submit({ items, onOrphan: (it) => Effect.sync(() => void orphans.push(it)) }),
          "1 second"
        )
      )
      assert.deepStrictEqual(
        orphans.map(({ id }): string => id),
        [orderId]
      )
    })
  )
})

/**
 * Quotes and submits of orders under the fault schedules of jobs, against servers that show the names of items or not,
 * that ignore the flag of a quote, keep a quote as an unpaid order, or have no tokens. `SCHEDULE=17` replays a schedule.
 */
import { assert, describe } from "@effect/vitest"
import { type CreateIntent, type CreateOutcomeUnknown, type OrderSubmitError, OrdersApi } from "@effect-pixxel/client"
import type { FaultPlan } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { size } from "../../../../vitest.size.js"
import { archiveIn } from "../field.js"
import {
  failed,
  judgeCreates,
  judgeMarks,
  knows,
  noted,
  nothing,
  noting,
  orphaned,
  type Played,
  playCallers,
  type Report,
  replayable
} from "./faultCallers.js"
import { type Caller, oneOf, type Schedule } from "./faultSchedule.js"
import { bodyOf, layer, server as paidServer } from "./paidServer.js"
import { playSchedules } from "./playSchedules.js"
import { world } from "./world.js"

interface Conditions {
  /** Whether a list shows the names of items. */
  readonly isEchoed: boolean
  /** The trace of a quote: no id, the id of no order, or an unpaid order. */
  readonly quotes: "anonymous" | "forgotten" | "kept"
  /** Whether the server ignores the flag of a quote. */
  readonly quoteIgnored: boolean
  /** The name of all first items, of other writers too; undefined for a name with the mark. */
  readonly name: string | undefined
  /** Whether a second item without a name follows. */
  readonly isDouble: boolean
  /** Whether a submit has a limit, and so a quote before it. */
  readonly isLimited: boolean
  /** Whether there are no tokens for an order. */
  readonly isPoor: boolean
}

const conditionsOf = (seed: number): Conditions =>
  Effect.runSync(
    Effect.gen(function* () {
      return {
        isEchoed: (yield* Random.next) < 0.8,
        quotes: yield* oneOf(["anonymous", "forgotten", "kept"] as const),
        quoteIgnored: (yield* Random.next) < 0.3,
        name: yield* oneOf([undefined, undefined, "Mine"]),
        isDouble: yield* Random.nextBoolean,
        isLimited: yield* Random.nextBoolean,
        isPoor: (yield* Random.next) < 0.15
      }
    }).pipe(Effect.withRandom(Random.make(`orders ${seed}`)))
  )

/** Whether a list shows the mark of each submit. */
const isMarked = ({ isDouble, isEchoed, name }: Conditions) => isEchoed && (name === undefined || isDouble)

interface Order {
  readonly id: string
  readonly createdAt: number
  readonly status: "PAID" | "UNPAID"
  /** The create that it comes from; undefined for that of another writer. */
  readonly by: string | undefined
  /** Whether it is the trace of a quote. */
  readonly isQuote: boolean
  readonly items: ReadonlyArray<object>
}

/** A request that the server handled. */
interface Handled {
  /** The create that it comes from. */
  readonly by: string
  readonly isQuote: boolean
}

const server = (plan: FaultPlan, clock: Clock.Clock, conditions: Conditions) => {
  const { isEchoed, isPoor, quoteIgnored, quotes } = conditions
  const orders: Array<Order> = []
  const handled: Array<Handled> = []
  const add = (by: Order["by"], names: ReadonlyArray<string | undefined>, isQuote: boolean): Order => {
    const id = `${isQuote ? "quote" : "order"}-${orders.length + 1}`
    const createdAt = clock.unsafeCurrentTimeMillis()
    const status = isPoor || isQuote ? "UNPAID" : "PAID"
    const items = names.map((name, at) => ({
      id: `item-${id}-${at}`,
      order_id: id,
      payment_status: status,
      created_at: new Date(createdAt).toISOString(),
      ...(isEchoed ? { name: name ?? `Order Item ${at + 1}` } : {})
    }))
    const order: Order = { id, createdAt, status, by, isQuote, items }
    if (!isQuote || quotes === "kept") orders.push(order)
    return order
  }
  const shown = ({ createdAt, id, items, status }: Order) => ({
    id,
    status,
    total_amount: 12,
    created_at: new Date(createdAt).toISOString(),
    order_items: items
  })
  return {
    orders,
    handled,
    client: paidServer(plan, clock, {
      create: (request) => {
        const { dry_run, order_items } = bodyOf(request)
        const by = String(order_items[0].usecase)
        handled.push({ by, isQuote: dry_run })
        // an order without tokens is one that a quote leaves
        const isQuote = dry_run && (!quoteIgnored || isPoor)
        if (isQuote && quotes === "anonymous") return { value: { total_amount: 12 } }
        const names = order_items.map(({ name }: { readonly name?: string }) => name)
        return { status: 201, value: shown(add(by, names, isQuote)) }
      },
      read: (until, { pathname }) => {
        const visible = orders.filter(({ createdAt }) => createdAt <= until)
        if (pathname === "/v0/order-items") return { value: { order_items: visible.flatMap(({ items }) => items) } }
        const found = visible.find(({ id }) => pathname.endsWith(`/${id}`))
        return found === undefined ? { status: 404, value: {} } : { value: shown(found) }
      }
    }),
    /** Another writer makes an order of the same name. */
    otherWriter: Effect.sync(() => void add(undefined, [conditions.name ?? "Theirs"], false))
  }
}

const notMade = (report: Report, error: OrderSubmitError) => {
  switch (error._tag) {
    case "QuotePlaced":
    case "OrderNotPaid":
      return knows(report, error.subject.orderId)
    case "QuoteOutcomeUnknown":
      report.unknown++
      return void report.errors.push(error.intent)
    case "PixxelInvalidInput":
    case "OrderInfeasible":
      return void report.refused++
    default:
      return failed(report, error)
  }
}

const submit = (report: Report, { projects }: Caller, caller: string, { isDouble, isLimited, name }: Conditions) =>
  Effect.forEach(
    projects,
    (projectId, at) => {
      const item = { ...archiveIn(projectId), usecase: `${caller} ${at}` }
      return Effect.flatMap(OrdersApi, (api) =>
        api.submit({
          items: [{ ...item, name }, ...(isDouble ? [item] : [])],
          maxCost: isLimited ? 12 : undefined,
          onOrphan: ({ id }) => orphaned(report, id)
        })
      ).pipe(noted(report, notMade))
    },
    { discard: true }
  ).pipe(Effect.provide(noting(report)))

interface Called extends Report {
  readonly caller: string
}

/** The rules of marks and of quotes, in addition to those of all creates. */
const judge = (
  played: ReadonlyArray<Played<Called>>,
  { handled, orders }: Pick<ReturnType<typeof server>, "handled" | "orders">,
  conditions: Conditions
) => {
  const placed = orders.filter(({ isQuote }) => !isQuote)
  const ownOf = ({ caller }: Called) => placed.flatMap(({ by, id }) => (by?.startsWith(caller) === true ? [id] : []))
  judgeMarks(played, ownOf, isMarked(conditions))
  const requests = handled.map(({ by, isQuote }) => `${by} ${isQuote}`)
  assert.lengthOf(new Set(requests), requests.length, "no quote and no submit that may have run is repeated")
  const sources = placed.flatMap(({ by }) => by ?? [])
  assert.lengthOf(new Set(sources), sources.length, "no submit leads to two orders, one of them by its quote")
  if (!conditions.isLimited) assert.isEmpty(handled.filter(({ isQuote }) => isQuote))
}

/** Searches again. An order that is not paid is found too, unless it is the trace of a quote. */
const resolving = (target: CreateOutcomeUnknown | CreateIntent) =>
  Effect.flatMap(OrdersApi, (api) => api.resolve(target)).pipe(
    Effect.catchTag("OrderNotPaid", (error) =>
      error.subject.orderId.startsWith("quote") ? Effect.fail(error) : Effect.succeed({ id: error.subject.orderId })
    )
  )

const play = (schedule: Schedule) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const conditions = conditionsOf(schedule.seed)
    const api = server(schedule.faults, yield* Effect.clock, conditions)
    return yield* Effect.gen(function* () {
      const of = (caller: Caller, at: number) => {
        const report: Called = { ...nothing(), caller: `caller ${at}` }
        return [report, submit(report, caller, report.caller, conditions)] as const
      }
      const played = yield* playCallers(schedule, api.otherWriter, of, resolving)
      judge(played, api, conditions)
      const placed = api.orders.flatMap(({ by, createdAt, id, isQuote }) =>
        isQuote ? [] : [{ id, createdAt, by: by === undefined ? "others" : "us" } as const]
      )
      // A lost quote that placed nothing stays unknown.
      const isKnowable = schedule.isKnowable && isMarked(conditions) && !conditions.isLimited
      return {
        ...judgeCreates({ ...schedule, isKnowable }, played, placed, began),
        quotes: api.handled.filter(({ isQuote }) => isQuote).length,
        unpaid: api.orders.filter(({ isQuote, status }) => !isQuote && status === "UNPAID").length
      }
    }).pipe(Effect.provide(OrdersApi.layer.pipe(Layer.provide(layer(api.client)))))
  }).pipe(
    Effect.withRandom(Random.make(schedule.seed)),
    Effect.scoped,
    Effect.provide(world("inProcess", { leftovers: false, capsules: false })),
    replayable(schedule)
  )

describe("no fault hides a paid order, nor one that a quote placed", () => {
  // few schedules have only some outcomes
  playSchedules({ usual: size(20, 400), least: 400 }, play)
})

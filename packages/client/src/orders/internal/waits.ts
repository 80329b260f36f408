/** Waits for order items. */
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { callDated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import * as elapsed from "../../internal/elapsed.js"
import { until } from "../../internal/following.js"
import type { Scrub } from "../../internal/redact.js"
import { adjust } from "../../internal/waiter.js"
import { make as makeWaits } from "../../internal/waits.js"
import { OrderItemFailed } from "../OrderError.js"
import type { OrderItem } from "../OrderItem.js"
import type { OrdersApi } from "../OrdersApi.js"
import { OrderItemSubject } from "../Subject.js"
import { getOrderItem } from "./endpoints.js"
import { items } from "./list.js"

/** Items take days to months, and a wait for one survives an outage of hours. */
const pace = { minInterval: "1 minute", maxInterval: "15 minutes", tolerance: 48 } as const

/** The time for delivery after the last capture, and for an item whose end is not known. */
const afterwards = Duration.days(7)

/** The time of a wait without a deadline: until some days after the last capture. */
const timeoutOf = ({ lastDay }: OrderItem): Effect.Effect<Duration.Duration> =>
  Effect.map(DateTime.now, (now) => {
    const left = Option.match(lastDay, { onNone: () => 0, onSome: (end) => DateTime.distance(now, end) })
    return Duration.sum(Duration.millis(Math.max(0, left)), afterwards)
  })

/** Polls until the end, or until the time that the first poll gives. */
const untilEnd: typeof until<OrderItem, OrderItemSubject> = (own, isOver, target) =>
  Effect.gen(function* () {
    const first = yield* until(own, () => true, target)
    if (isOver(first)) return first
    const timeout = yield* timeoutOf(first)
    const end = (yield* elapsed.now) + Duration.toMillis(timeout)
    const next = Effect.zipWith(own.next, elapsed.now, (answer, now) =>
      Option.filter(answer, (item) => isOver(item) || now < end)
    )
    return yield* until({ ...own, next }, isOver, { ...target, timeout })
  })

const appearance = ({ paymentStatus, status, tasks }: OrderItem) =>
  JSON.stringify([
    status,
    paymentStatus,
    tasks.map((it) => [it.id, it.status, it.deliveryStatus, it.numberOfStrips, it.tokensUsed])
  ])

/** The validation errors, the tasks that failed, and a feasibility that says no. */
const reasonsOf = ({ feasibility, tasks, validationErrors }: OrderItem, { text }: Scrub): ReadonlyArray<string> => [
  ...validationErrors.flatMap((errors) =>
    Object.entries(errors).map(([field, texts]) => text(`${field}: ${texts.join(", ")}`))
  ),
  ...tasks
    .filter(({ outcome }) => outcome === "failed")
    .map(({ id, status }) => text(`task ${id} is ${Option.getOrElse(status, () => "failed")}`)),
  ...(Option.contains(feasibility, "FAILED") ? ["the capture is not feasible"] : [])
]

/** The number of items in one list by their ids: its URL has some 4,000 characters. */
const mostIds = 100

/** The waits of one client. */
export const waits = Effect.flatMap(Connection, (http) =>
  makeWaits(
    { ...http, waiter: adjust(http.waiter, pace) },
    {
      name: "OrdersApi.waitForItem",
      subjectOf: ({ orderItemId }: OrdersApi.ItemRef) => OrderItemSubject.make({ orderItemId }),
      get: (ref) => callDated(http, getOrderItem, ref),
      shared: {
        groupOf: () => "",
        idOf: ({ orderItemId }) => orderItemId,
        list: (_, all) =>
          Effect.map(
            Effect.forEach(Arr.chunksOf(all, mostIds), (refs) =>
              items(http, { ids: refs.map(({ orderItemId }) => orderItemId) })
            ),
            (lists) => ({
              value: lists.flatMap(({ value }) => value),
              date: Option.flatMap(Arr.head(lists), ({ date }) => date),
              retryAfter: Option.flatMap(Arr.last(lists), ({ retryAfter }) => retryAfter)
            })
          )
      },
      appearance,
      untilEnd,
      exists: "exists and is billed",
      failed: ({ what, ...ended }, item, scrub) => {
        const reasons = reasonsOf(item, scrub)
        const why = reasons.length === 0 ? "no reason given" : reasons.join("; ")
        return new OrderItemFailed({ ...ended, reasons, message: `${what}: ${why}.` })
      }
    }
  )
)

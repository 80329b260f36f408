/** Waits for order items. */
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { callDated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import * as elapsed from "../../internal/elapsed.js"
import { type Follower, until } from "../../internal/following.js"
import type { Scrub } from "../../internal/redact.js"
import { atStart } from "../../internal/subject.js"
import { hasEnded, make as makeWaits, type ToEnd } from "../../internal/waits.js"
import type { Options } from "../../Waiter.js"
import { OrderItemFailed } from "../OrderError.js"
import type { OrderItem } from "../OrderItem.js"
import type { OrdersApi } from "../OrdersApi.js"
import { OrderItemSubject } from "../Subject.js"
import { getOrderItem } from "./endpoints.js"
import { items } from "./list.js"

/** Items take days to months, and a wait for one survives an outage of hours. */
const pace = { minInterval: "1 minute", maxInterval: "15 minutes", tolerance: 48 } as const

/** The options of a wait, at the pace of orders. */
export const slowly = <O extends Options>(options: O) => {
  const minInterval = options.minInterval ?? pace.minInterval
  return {
    ...options,
    minInterval,
    maxInterval: options.maxInterval ?? Duration.max(pace.maxInterval, minInterval),
    tolerance: options.tolerance ?? pace.tolerance
  }
}

/** The time for delivery after the last capture, and for an item whose end is not known. */
const afterwards = Duration.days(7)

/** The time of a wait without a deadline: until some days after the last capture. */
const timeoutOf = ({ lastDay }: OrderItem): Effect.Effect<Duration.Duration> =>
  Effect.map(DateTime.now, (now) => {
    const left = Option.match(lastDay, { onNone: () => 0, onSome: (end) => DateTime.distance(now, end) })
    return Duration.sum(Duration.millis(Math.max(0, left)), afterwards)
  })

/** Ends a follower at the first poll from `end` on that shows no end. */
const before = (end: number, { next, seen }: Follower<OrderItem>): Follower<OrderItem> => ({
  next: Effect.zipWith(next, elapsed.now, (answer, now) =>
    Option.filter(answer, (item) => hasEnded(item) || now < end)
  ),
  seen
})

/** Follows an item under the limit that its first poll shows. */
const toEnd: ToEnd<OrderItem, OrderItemSubject> = (follower, target) =>
  Effect.gen(function* () {
    const first = yield* until(follower, () => true, target)
    if (hasEnded(first)) return first
    const timeout = yield* timeoutOf(first)
    const end = (yield* elapsed.now) + Duration.toMillis(timeout)
    return yield* until(before(end, follower), hasEnded, { ...target, timeout })
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
  makeWaits(http, {
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
    toEnd,
    exists: "exists and is billed",
    failed: (subject, item, scrub) => {
      const status = Option.match(item.status, { onNone: () => "", onSome: scrub.text })
      const reasons = reasonsOf(item, scrub)
      const why = reasons.length === 0 ? "no reason given" : reasons.join("; ")
      return new OrderItemFailed({
        subject,
        status,
        reasons,
        message: `${atStart(subject)} ended as ${status}: ${why}.`
      })
    }
  })
)

/** Tasking: a quote that somebody agrees to, one order that is paid, and its captures over days or months. */
import {
  type Bandset,
  type CalendarDate,
  CaptureTier,
  type Geometry,
  type OrderItemId,
  type OrderQuote,
  OrdersApi,
  type ProjectId,
  type Waiter
} from "@effect-pixxel/client"
import { DateTime, Effect, Option, Stream } from "effect"

/** The captures to order. A recurring one has a number of occurrences instead of an end. */
export interface Captures {
  readonly projectId: ProjectId
  readonly geometry: Geometry.Input
  readonly usecase: string
  readonly start: CalendarDate
  readonly end?: CalendarDate
  readonly recurrence?: "ONCE" | "MONTHLY"
  readonly occurrences?: number
  /** The name of a bandset. */
  readonly bandset: string
}

/** All that decides the price. */
export interface Offer {
  readonly quote: OrderQuote
  readonly bandset: Bandset
  /** The tier of the window; none of recurring captures. */
  readonly tier: Option.Option<CaptureTier.CaptureTier>
}

/** Orders captures if `agree` says so, and returns the ids of the items to follow. */
export const taskSatellite = <E, R>(
  { bandset: name, ...captures }: Captures,
  agree: (offer: Offer) => Effect.Effect<boolean, E, R>
) =>
  Effect.gen(function* () {
    const orders = yield* OrdersApi
    const bandset = yield* Effect.fromNullable((yield* orders.bandsets()).find((it) => Option.contains(it.name, name)))
    const items = [{ type: "tasking", ...captures, bandsetId: bandset.id }] as const

    const quote = yield* orders.quote({ items })
    const { end, start } = captures
    const now = yield* DateTime.now
    const tier = Option.map(Option.fromNullable(end), (it) => CaptureTier.of({ start, end: it }, now))
    if (!(yield* agree({ quote, bandset, tier }))) return []

    // no operation cancels an order
    const order = yield* orders.submit({ items, maxCost: Option.getOrElse(quote.totalAmount, () => 0) })
    return order.items.map(({ id }) => id)
  })

/** Follows an item to its end, in the same process or in another one, and returns its last state. */
export const followItem = (orderItemId: OrderItemId, pace: Waiter.Options = {}) =>
  Effect.flatMap(OrdersApi, (orders) =>
    orders.watchItem({ orderItemId, ...pace }).pipe(
      Stream.tap(({ status, tasks }) => {
        const words = tasks.map((task) => Option.getOrElse(task.status, () => "?"))
        return Effect.logInfo(`${Option.getOrElse(status, () => "?")}: ${words.join(", ")}`)
      }),
      Stream.runLast,
      Effect.flatten
    )
  )

/** The order operations that cost money, and those that wait. */
import * as Effect from "effect/Effect"
import type { CreateOutcomeUnknown } from "../../CreateError.js"
import type { CreateIntent } from "../../CreateIntent.js"
import { Connection } from "../../internal/connection.js"
import { graceOf } from "../../internal/grace.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import { nameOf } from "../../internal/subject.js"
import type { Order } from "../Order.js"
import { OrderNotPaid, type OrderResolveError, type OrderSubmitError, type QuoteError } from "../OrderError.js"
import type { OrderQuote } from "../OrderQuote.js"
import type { OrdersApi } from "../OrdersApi.js"
import * as creatable from "./creatable.js"
import { submitOrder } from "./endpoints.js"
import { check } from "./input.js"
import { facts, make as makeQuote, type Quote } from "./quote.js"
import { waits as makeWaits } from "./waits.js"

const named = { quote: { ...submitOrder, name: "OrdersApi.quote" }, submit: submitOrder }

/** The orders of one client: what its creates and its waits share. */
export const desk = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits
  const quote: Quote = makeQuote(http, (intent) => safe.resolve(intent))
  const safe = safeCreate(creatable.make(http, quote), http)

  const paid = (order: Order): Effect.Effect<Order, OrderNotPaid> =>
    order.isUnpaid
      ? Effect.flatMap(facts(http, order), (known) => {
          const message = `The ${nameOf(known.subject)} was placed, but is not paid. Check the tokens of the workspace, and do not submit it again: look at it with get.`
          return new OrderNotPaid({ ...known, message })
        })
      : Effect.succeed(order)

  return {
    waits,
    quote: ({ items }: OrdersApi.QuoteInput): Effect.Effect<OrderQuote, QuoteError> =>
      Effect.flatMap(check(named.quote, items), (checked) => quote({ items: checked })).pipe(
        span.within("OrdersApi.quote")
      ),
    submit: <E = never>({ keep, ...input }: OrdersApi.SubmitInput<E>): Effect.Effect<Order, OrderSubmitError | E> =>
      Effect.gen(function* () {
        const items = yield* check(named.submit, input.items)
        const order = yield* safe.create({ ...input, items }, { keep })
        yield* Effect.forEach(order.items, ({ id }) => waits.record({ orderItemId: id }, graceOf(input)))
        return yield* paid(order)
      }),
    resolve: (target: CreateOutcomeUnknown | CreateIntent): Effect.Effect<Order, OrderResolveError> =>
      Effect.flatMap(safe.resolve(target), paid).pipe(span.within("OrdersApi.resolve"))
  }
})

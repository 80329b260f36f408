/** The description of orders for the safe create. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { call, callOnceDated } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import type { Creatable } from "../../internal/creatable.js"
import * as dryRun from "../../internal/dryRun.js"
import { reader } from "../../internal/model.js"
import * as Raw from "../../internal/raw.js"
import { Order } from "../Order.js"
import { OrderInfeasible, type QuoteOutcomeUnknown, type QuotePlaced } from "../OrderError.js"
import type { OrderQuote } from "../OrderQuote.js"
import { OrderTarget } from "../Subject.js"
import { getOrder, submitOrder } from "./endpoints.js"
import type { CheckedOrder } from "./input.js"
import { orders } from "./list.js"
import { marked, markOf, targetOf } from "./mark.js"
import { costOf, infeasible, type Quote } from "./quote.js"

/** A submit, with checked items. */
export interface Submit extends CheckedOrder {
  readonly evenIfInfeasible?: boolean | undefined
}

export type Own = QuotePlaced | QuoteOutcomeUnknown | OrderInfeasible

/** The order of an answer with an id. */
const orderOf = (answer: OrderQuote): Option.Option<Order> =>
  Option.flatMap(Raw.of(answer), (json) => reader(Order)(json, "", []))

const refuse = (quote: OrderQuote, input: Submit): Effect.Effect<void, OrderInfeasible> => {
  const items = input.evenIfInfeasible === true ? [] : infeasible(quote, input)
  if (items.length === 0) return Effect.void
  const target = targetOf(input)
  const message = `No order of project ${target.projectId} was submitted: the quote says that ${items.join(", ")} cannot be captured.`
  return Effect.fail(new OrderInfeasible({ target, items, message }))
}

export const make = (http: Connection, quote: Quote): Creatable<Submit, OrderTarget, Order, Order, Own> => {
  /** The order as it is now; as it is known if it cannot be read. */
  const current = (known: Order): Effect.Effect<Order> =>
    Effect.orElseSucceed(call(http, getOrder, { orderId: known.id }), () => known)

  return {
    words: { noun: "order", nouns: "orders", payer: "project", place: ({ projectId }) => `project ${projectId}` },
    call: submitOrder.call,
    isTarget: Schema.is(OrderTarget),
    targetOf,
    groupOf: ({ projectId }) => projectId,
    send: (input, intent, onError) =>
      Effect.flatMap(
        callOnceDated(http, submitOrder, { items: marked(input, intent, false), dryRun: false }, onError),
        (answer) =>
          Option.match(orderOf(answer.value), {
            onNone: () => Effect.fail(onError(dryRun.withoutId(answer))),
            onSome: (order) => (Option.isNone(order.status) ? current(order) : Effect.succeed(order))
          })
      ),
    list: ({ projectId }) => orders(http, [projectId]),
    mark: markOf,
    resembles: ({ items }, target) =>
      target.name === "" || items.some(({ name }) => Option.contains(name, target.name)),
    // A list has the items of one project, and their payments: not that of the order.
    adopt: current,
    estimate: (input) => Effect.flatMap(quote(input), (it) => Effect.as(refuse(it, input), costOf(it)))
  }
}

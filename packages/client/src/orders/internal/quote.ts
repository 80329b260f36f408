/**
 * Quotes. A dry run is answered like an order, and nothing in the answer tells one from the other (documented), so:
 *
 * - a quote that says `UNPAID`, or nothing of a payment, spent nothing. If it has an id, one look at the order of the id
 *   shows whether a payment followed;
 * - a quote that says more is an order if the order of its id appears within the grace period. If none does, the outcome
 *   is unknown;
 * - after a lost answer, the order is searched for by the mark. If none is found, the outcome stays unknown.
 *
 * An order that is found and not paid spent nothing either: a server may keep a dry run like that (inferred).
 */

import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type { CreateOutcomeUnknown } from "../../CreateError.js"
import type { CreateIntent } from "../../CreateIntent.js"
import type { HttpError, NotCreated } from "../../HttpError.js"
import { type OrderId, OrderItemId } from "../../Ids.js"
import * as attempts from "../../internal/attempts.js"
import { call, callOnceDated } from "../../internal/call.js"
import { certain } from "../../internal/certain.js"
import type { Connection } from "../../internal/connection.js"
import * as dryRun from "../../internal/dryRun.js"
import * as looking from "../../internal/looking.js"
import * as orphan from "../../internal/orphan.js"
import * as redact from "../../internal/redact.js"
import { construct } from "../../internal/unsafe.js"
import type { Order } from "../Order.js"
import { QuoteOutcomeUnknown, QuotePlaced } from "../OrderError.js"
import { OrderQuote, QuotedItem } from "../OrderQuote.js"
import { OrderSubject, type OrderTarget } from "../Subject.js"
import { getOrder, submitOrder } from "./endpoints.js"
import type { CheckedOrder } from "./input.js"
import { marked, targetOf } from "./mark.js"
import { isUnpaid, showsPayment } from "./payment.js"

const name = "OrdersApi.quote"

export type Quote = (input: CheckedOrder) => Effect.Effect<OrderQuote, QuoteFailure>

type QuoteFailure = NotCreated | QuotePlaced | QuoteOutcomeUnknown

/** Finds the order of a lost answer by the mark of its record. */
type Find = (intent: CreateIntent<OrderTarget>) => Effect.Effect<Order, CreateOutcomeUnknown | HttpError>

/** Milliseconds between two looks for the order of a quote. */
const pause = 3_000

/** The order as errors name it. */
export const facts = (http: Connection, { id, items, status, totalAmount }: Order) =>
  Effect.map(redact.now(http.auth), (scrub) => ({
    // scrubbing keeps the text of an id from being empty
    subject: OrderSubject.make({ orderId: scrub.id(id) as OrderId }),
    status: Option.map(status, scrub.text),
    totalAmount,
    itemIds: items.map((it) => OrderItemId.make(scrub.id(it.id)))
  }))

const quoteOf = ({ id, items, status, totalAmount }: Order): OrderQuote =>
  construct(OrderQuote, {
    id: Option.some(id),
    status,
    totalAmount,
    items: items.map((item) => construct(QuotedItem, { ...item, id: Option.some(item.id) }))
  })

export const make = (http: Connection, find: Find): Quote => {
  /** The order of an id, once it appears; none if it does not within the grace period. */
  const orderBy = (orderId: OrderId, grace: Duration.Duration): Effect.Effect<Option.Option<Order>, HttpError> =>
    looking.until(
      call(http, getOrder, { orderId }).pipe(
        Effect.asSome,
        Effect.catchTag("PixxelNotFound", () => Effect.succeedNone)
      ),
      Option.isSome,
      grace,
      pause
    )

  const send = (input: CheckedOrder): Effect.Effect<OrderQuote, QuoteFailure> =>
    Effect.gen(function* () {
      const target = targetOf(input)
      const intent = yield* dryRun.intentOf(http, target)

      /** The error of a quote of which nothing tells whether it is an order. */
      const unknown = (error: HttpError, orderId = Option.none<string>()) => {
        const known = dryRun.unknown(submitOrder.call, name, error)
        const message = `An order of project ${target.projectId} may have been placed by a quote, and may be billed: ${known.reason} List the order items before you quote again.`
        return new QuoteOutcomeUnknown({ ...known, target, orderId, intent, message })
      }

      /** The quote of an order that exists, unless it is paid or being paid. */
      const judge = (order: Order, quote = quoteOf(order)): Effect.Effect<OrderQuote, QuotePlaced> =>
        isUnpaid(order) && !showsPayment(order)
          ? Effect.succeed(quote)
          : Effect.flatMap(facts(http, order), (known) => {
              const { orderId } = known.subject
              const message = `${name} was answered with the order ${orderId} of project ${target.projectId}: it was placed, and is billed. Do not repeat the quote: follow the items of the order.`
              return new QuotePlaced({ target, ...known, message })
            })

      const searched = (error: HttpError): Effect.Effect<OrderQuote, QuotePlaced | QuoteOutcomeUnknown> =>
        Effect.matchEffect(find(intent), { onFailure: () => Effect.fail(unknown(error)), onSuccess: (it) => judge(it) })

      const body = { items: marked(input, intent, true), dryRun: true }
      const sent = yield* Effect.either(callOnceDated(http, submitOrder, body, identity))
      if (Either.isLeft(sent)) {
        const refused = certain(sent.left)
        return yield* refused === undefined ? searched(sent.left) : Effect.fail(refused)
      }
      const quote = sent.right.value
      const isSilent = (Option.isNone(quote.status) || isUnpaid(quote)) && !showsPayment(quote)
      const loud = attempts.unusable(sent.right, {
        path: "status",
        expected: "UNPAID",
        found: "a payment, of an order that is not there"
      })
      if (Option.isNone(quote.id)) return isSilent ? quote : yield* searched(loud)
      const { value: orderId } = quote.id
      const found = yield* Effect.either(orderBy(orderId, isSilent ? Duration.zero : intent.grace))
      const scrubbed = Option.some((yield* redact.now(http.auth)).id(orderId))
      if (Either.isLeft(found)) return isSilent ? quote : yield* unknown(found.left, scrubbed)
      if (Option.isSome(found.right)) return yield* judge(found.right.value, quote)
      return isSilent ? quote : yield* unknown(loud, scrubbed)
    })

  return (input) =>
    orphan.untilAnswered(
      send(input),
      orphan.reporting(`A quote for project ${input.items[0].projectId}`, "an order may have been placed", [
        QuotePlaced,
        QuoteOutcomeUnknown
      ])
    )
}

const sum = (amounts: ReadonlyArray<number>) => amounts.reduce((one, other) => one + other, 0)

/** The cost of a quote; none without a readable total. A total below the sum of its items is a zero value of Go. */
export const costOf = ({ items, totalAmount }: OrderQuote): Option.Option<number> =>
  Option.map(totalAmount, (total) =>
    Math.max(total, sum(items.flatMap(({ finalAmount }) => Option.toArray(finalAmount))))
  )

/** The names of the items that are not feasible, or their places. A quote has them in the order of the input (inferred). */
export const infeasible = (quote: OrderQuote, { items }: CheckedOrder): ReadonlyArray<string> =>
  quote.items.flatMap(({ feasibility }, at) =>
    Option.exists(feasibility, (word) => word.toUpperCase() === "FAILED") ? [items[at]?.name ?? `items[${at}]`] : []
  )

/**
 * The errors about orders.
 *
 * @since 0.1.0
 */

import * as Schema from "effect/Schema"
import type { CreateError, CreateOutcomeUnknown } from "../CreateError.js"
import { CreateIntent } from "../CreateIntent.js"
import type { HttpError, NotCreated } from "../HttpError.js"
import { OrderItemId } from "../Ids.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { call } from "../internal/callFields.js"
import { failure, listOf, maybeNumber, maybeString } from "../internal/schema.js"
import type { WaitTimeout } from "../WaitError.js"
import { OrderItemSubject, OrderSubject, OrderTarget } from "./Subject.js"

/** An order that exists. */
const order = {
  subject: OrderSubject,
  /** The word about its payment. */
  status: maybeString,
  totalAmount: maybeNumber,
  itemIds: listOf(OrderItemId)
}

/**
 * A quote placed an order: **it exists, and is billed.** A quote and an order share a path and differ by a flag, which
 * the server ignored. The client never repeats it. Follow its items with `waitForItem`, or ask support to cancel it.
 *
 * @since 0.1.0
 * @category order errors
 */
export class QuotePlaced extends failure<QuotePlaced>()("QuotePlaced", false, { target: OrderTarget, ...order }) {}

/**
 * A quote was sent, or may have been sent, and nothing tells whether the server placed an order instead: the answer was
 * lost and no listed order carries its mark, or the order of its id could not be read. The client never repeats it.
 * `intent` is its record: `OrdersApi.resolve` searches again.
 *
 * @since 0.1.0
 * @category order errors
 */
export class QuoteOutcomeUnknown extends failure<QuoteOutcomeUnknown>()("QuoteOutcomeUnknown", false, {
  ...call,
  target: OrderTarget,
  status: maybeNumber,
  reason: Schema.String,
  /** The id in the answer, if there was one. */
  orderId: maybeString,
  intent: CreateIntent
}) {}

/**
 * An order was placed, and is not paid: probably the wallet has too few tokens (inferred). What becomes of it is not
 * documented, so do not submit it again: look at it with `get`.
 *
 * @since 0.1.0
 * @category order errors
 */
export class OrderNotPaid extends failure<OrderNotPaid>()("OrderNotPaid", false, order) {}

/**
 * An order was not submitted: the quote says that some of its captures are not possible. `items` are the names of these
 * items, or their places in the order. Change their windows or parameters, or submit with `evenIfInfeasible`.
 *
 * @since 0.1.0
 * @category order errors
 */
export class OrderInfeasible extends failure<OrderInfeasible>()("OrderInfeasible", false, {
  target: OrderTarget,
  items: listOf(Schema.String)
}) {}

/**
 * An order item failed or was cancelled. `reasons` are its validation errors and the words of its tasks. Whether its
 * tokens come back is for support to say (documented).
 *
 * @since 0.1.0
 * @category order errors
 */
export class OrderItemFailed extends failure<OrderItemFailed>()("OrderItemFailed", false, {
  subject: OrderItemSubject,
  status: Schema.String,
  reasons: listOf(Schema.String)
}) {}

/**
 * The errors of `OrdersApi.quote`: a certain refusal, a request that never left, or a quote that may be an order.
 *
 * @since 0.1.0
 * @category unions
 */
export type QuoteError = PixxelInvalidInput | NotCreated | QuotePlaced | QuoteOutcomeUnknown

/**
 * The errors of `OrdersApi.submit`: those of every create that costs money, and those of orders. With `maxCost`, the
 * errors of the quote too.
 *
 * @since 0.1.0
 * @category unions
 */
export type OrderSubmitError =
  | CreateError<OrderTarget>
  | PixxelInvalidInput
  | QuotePlaced
  | QuoteOutcomeUnknown
  | OrderInfeasible
  | OrderNotPaid

/**
 * The errors of `OrdersApi.resolve`.
 *
 * @since 0.1.0
 * @category unions
 */
export type OrderResolveError = HttpError | CreateOutcomeUnknown<OrderTarget> | OrderNotPaid

/**
 * The errors of `OrdersApi.waitForItem`.
 *
 * @since 0.1.0
 * @category unions
 */
export type OrderItemWaitError = HttpError | OrderItemFailed | WaitTimeout<OrderItemSubject>

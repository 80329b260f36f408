/**
 * The price of an order before it is placed.
 *
 * @since 0.1.0
 */
import { OrderId, OrderItemId } from "../Ids.js"
import { id, listMaps, many, number, text, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Uplift } from "./OrderItem.js"

/**
 * An item of a quote. Amounts are in tokens (inferred).
 *
 * @since 0.1.0
 * @category models
 */
export class QuotedItem extends model<QuotedItem>("QuotedItem")({
  /** The id, if the server gave one: what becomes of it is not documented. */
  id: id(OrderItemId, "id"),
  /** The name. */
  name: text("name"),
  /** The kind: `TASKING`, `RECURRING` or `ARCHIVE`. */
  type: word(["TASKING", "RECURRING", "ARCHIVE"], "type"),
  /** The area in whole square kilometres. */
  squareKilometres: number("area"),
  /** The amount without uplifts. */
  baseAmount: number("base_amount"),
  /** The amount with uplifts. */
  finalAmount: number("final_amount"),
  /** The surcharges and discounts, such as that of a short window. */
  uplifts: many(Uplift, "uplifts"),
  /** Whether the capture is possible. `FAILED` says no; the meaning of `WEAK_SUCCESS` is not documented. */
  feasibility: word(["SUCCESS", "WEAK_SUCCESS", "FAILED", "NOT_APPLICABLE", "UNSPECIFIED"], "feasibility_status"),
  /** The word about its payment. */
  paymentStatus: word(["PAID", "UNPAID", "REFUND", "PARTIAL-REFUND", "PARTIAL-MONTHLY"], "payment_status"),
  /** The tokens spent: none of a quote. */
  tokensUsed: number("tokens_used"),
  /** The messages of validation errors, by their fields. */
  validationErrors: listMaps("validation_errors")
}) {}

/**
 * A quote, and the answer to an order, which has the same form: nothing in it tells one from the other (documented). So
 * the client asks the API for the order of an id that a quote has.
 *
 * @since 0.1.0
 * @category models
 */
export class OrderQuote extends model<OrderQuote>("OrderQuote")({
  /** The id, if the server gave one: what becomes of it is not documented. */
  id: id(OrderId, "id"),
  /** The word about the payment, unchanged. */
  status: word(["PAID", "UNPAID", "PAYMENT_IN_PROGRESS", "REFUND"], "status"),
  /** The amount of all items: tokens (inferred, no page names its unit). */
  totalAmount: number("total_amount"),
  /** The items, with their uplifts and their feasibility. */
  items: many(QuotedItem, "order_items")
}) {}

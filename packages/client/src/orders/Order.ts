/**
 * An order: items that were bought together, and their payment.
 *
 * @since 0.1.0
 */
import { OrderId } from "../Ids.js"
import { many, need, number, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"
import { isUnpaid } from "./internal/payment.js"
import { OrderItem } from "./OrderItem.js"

/**
 * An order. Only its id is guaranteed. Its status is that of the payment; the items have the progress.
 *
 * @since 0.1.0
 * @category models
 */
export class Order extends model<Order>("Order")({
  /** The id of the order. */
  id: need(OrderId, "id"),
  /** The word about the payment, unchanged: `PAID`, `UNPAID`, `PAYMENT_IN_PROGRESS` or `REFUND`. */
  status: word(["PAID", "UNPAID", "PAYMENT_IN_PROGRESS", "REFUND"], "status"),
  /** The amount of all items: tokens (inferred, no page names its unit). */
  totalAmount: number("total_amount"),
  /** The items, without their tasks. */
  items: many(OrderItem, "order_items"),
  /** The time of the payment. */
  paidAt: time("paid_at"),
  /** The id of the payment. */
  transactionId: text("transaction_id"),
  /** The id of the workspace. */
  orgId: text("org_id"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who created the order. */
  createdBy: text("created_by"),
  /** The id of the user who last changed the order. */
  updatedBy: text("updated_by"),
  /** The id of the user who owns it. */
  userId: text("user_id")
}) {
  /** Whether the order says that it is not paid: its own word, or without one that of an item. */
  get isUnpaid(): boolean {
    return isUnpaid(this)
  }
}

/**
 * One page of a list of orders.
 *
 * @since 0.1.0
 * @category models
 */
export class OrderPage extends model<OrderPage>("OrderPage")({
  /** The orders of the page. */
  orders: many(Order, "orders"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

/**
 * A task of an order item: one capture by a satellite, or one delivery from the archive.
 *
 * @since 0.1.0
 */
import { OrderItemId, TaskId } from "../Ids.js"
import { id, need, number, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import type { Outcome } from "../Status.js"
import { vocabulary } from "./internal/vocabulary.js"

/**
 * A task of an order item. A recurring item has one for each capture; the tasks to come stay `DRAFT` until they are
 * placed, 5 days before their start (documented by support).
 *
 * @since 0.1.0
 * @category models
 */
export class OrderTask extends model<OrderTask>("OrderTask")({
  /** The id of the task. */
  id: need(TaskId, "id"),
  /** The id of its item. */
  orderItemId: id(OrderItemId, "order_item_id"),
  /** The kind: `TASKING` or `ARCHIVE`. */
  type: word(["TASKING", "ARCHIVE"], "type"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(
    [
      "DRAFT",
      "SUBMITTED",
      "IN_PROGRESS",
      "FULFILLED",
      "PARTIALLY_FULFILLED",
      "FAILED",
      "CANCELLED",
      "EXPIRED",
      "COMPLETED"
    ],
    "status"
  ),
  /** The word about the delivery to a store. The reference has two lists of words, with only `FAILED` in both. */
  deliveryStatus: word(
    ["UNSPECIFIED", "CREATED", "PENDING", "IN_PROGRESS", "SUCCESS", "SUCCESSFUL", "FAILED", "NOT_APPLICABLE"],
    "delivery_status"
  ),
  /** The first day of the capture. Only of a tasking. */
  startDate: time("start_date"),
  /** The end of the capture. Only of a tasking. */
  endDate: time("end_date"),
  /** The number of strips of the capture. Only of a tasking. */
  numberOfStrips: number("number_of_strips"),
  /** The tokens spent. A recurring order pays each task by itself, when it is placed (documented). */
  tokensUsed: number("tokens_used"),
  /** The id of the payment. */
  transactionId: text("transaction_id"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who created the task. */
  createdBy: text("created_by")
}) {
  /** The outcome of the status word; `PARTIALLY_FULFILLED` is a success, `EXPIRED` and `CANCELLED` are failures. */
  get outcome(): Outcome {
    return vocabulary.outcomeOf(this.status)
  }

  /** Whether a part is missing from a success. */
  get isPartial(): boolean {
    return vocabulary.isPartial(this.status)
  }
}

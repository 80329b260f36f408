/**
 * An order item: one area to be captured by a satellite, once or repeatedly, or images from the archive.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { CloudDelivery } from "../CloudDelivery.js"
import { BandsetId, OrderId, OrderItemId, ProjectId } from "../Ids.js"
import { id, json, listMaps, many, named, need, number, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"
import type { Outcome } from "../Status.js"
import { Band } from "./Bandset.js"
import { vocabulary } from "./internal/vocabulary.js"
import { OrderTask } from "./OrderTask.js"

/**
 * A surcharge or a discount.
 *
 * @since 0.1.0
 * @category models
 */
export class Uplift extends model<Uplift>("Uplift")({
  /** The kind or the cause. */
  title: text("title"),
  /** The description. */
  subtitle: text("subtitle"),
  /** The percentage of the base amount. */
  percentage: number("percentage"),
  /** The difference of the amount. */
  amount: number("amount"),
  /** The id of the image in the archive that it applies to. */
  itemId: text("item_id")
}) {}

/**
 * The bands of an order item.
 *
 * @since 0.1.0
 * @category models
 */
export class OrderBandset extends model<OrderBandset>("OrderBandset")({
  /** The id of the bandset. */
  bandsetId: id(BandsetId, "bandset_id"),
  /** The bands. */
  bands: named(Band, "bands"),
  /** A selection of one's own: its form is not documented. */
  custom: json("custom")
}) {}

/**
 * The time of one capture of a recurring order.
 *
 * @since 0.1.0
 * @category models
 */
export class Occurrence extends model<Occurrence>("Occurrence")({
  /** The start. */
  start: time("start"),
  /** The end. */
  end: time("end")
}) {}

/**
 * An image from the archive.
 *
 * @since 0.1.0
 * @category models
 */
export class OrderImage extends model<OrderImage>("OrderImage")({
  /** The id in the archive. */
  itemId: text("item_id"),
  /** The area: its form is not documented. */
  geometry: json("geometry")
}) {}

const latest = (times: ReadonlyArray<Option.Option<DateTime.Utc>>): Option.Option<DateTime.Utc> =>
  times
    .flatMap(Option.toArray)
    .reduce(
      (last: Option.Option<DateTime.Utc>, time) =>
        Option.exists(last, DateTime.greaterThan(time)) ? last : Option.some(time),
      Option.none()
    )

/**
 * An order item. Only its id is guaranteed. Amounts are in tokens (inferred: no page names their unit). `tasks` and
 * `validationErrors` are empty in the answer to an order, and in a list of orders (documented).
 *
 * @since 0.1.0
 * @category models
 */
export class OrderItem extends model<OrderItem>("OrderItem")({
  /** The id of the item. */
  id: need(OrderItemId, "id"),
  /** The id of its order. */
  orderId: id(OrderId, "order_id"),
  /** The kind: `TASKING`, `RECURRING` or `ARCHIVE`. */
  type: word(["TASKING", "RECURRING", "ARCHIVE"], "type"),
  /** The name. */
  name: text("name"),
  /** The id of the project that it is billed to. */
  projectId: id(ProjectId, "project_id"),
  /** The id of the workspace. */
  orgId: text("org_id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(
    ["DRAFT", "ACTIVE", "FULFILLED", "PARTIALLY_FULFILLED", "CANCELLED", "FAILED", "COMPLETED", "PARTIALLY_COMPLETED"],
    "status"
  ),
  /** The word about its payment: `PAID`, `UNPAID`, `REFUND`, `PARTIAL-REFUND` or `PARTIAL-MONTHLY`. */
  paymentStatus: word(["PAID", "UNPAID", "REFUND", "PARTIAL-REFUND", "PARTIAL-MONTHLY"], "payment_status"),
  /** Whether the capture is possible. `FAILED` says no; the meaning of `WEAK_SUCCESS` is not documented. */
  feasibility: word(["SUCCESS", "WEAK_SUCCESS", "FAILED", "NOT_APPLICABLE", "UNSPECIFIED"], "feasibility_status"),
  /** The time of the last check of the feasibility, which can change (documented). */
  lastFeasibilityCheck: time("last_feasibility_check"),
  /** The area in whole square kilometres. */
  squareKilometres: number("area"),
  /** The amount without uplifts. */
  baseAmount: number("base_amount"),
  /** The amount with uplifts. */
  finalAmount: number("final_amount"),
  /** The surcharges and discounts. */
  uplifts: many(Uplift, "uplifts"),
  /** The tokens spent. The API sets it only after the payment (documented). */
  tokensUsed: number("tokens_used"),
  /** The id of the payment. */
  transactionId: text("transaction_id"),
  /** The first day of the window. */
  startDate: time("start_date"),
  /** The end of the window: its day is the first one after it (documented). */
  endDate: time("end_date"),
  /** The interval of the captures: `ONCE`, `MONTHLY`, `BIMONTHLY`, `QUARTERLY` or `NOT_APPLICABLE`. The guide has `WEEKLY` too. */
  recurrence: word(["ONCE", "WEEKLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "NOT_APPLICABLE"], "recurrence"),
  /** The number of captures of a recurring order. */
  noOfOccurrences: number("no_of_occurrences"),
  /** The times of the captures of a recurring order. */
  occurrences: many(Occurrence, "occurrences"),
  /** The highest accepted cloud cover in percent. */
  cloudCover: number("cloud_cover"),
  /** The highest accepted angle off nadir in degrees. */
  offNadir: number("off_nadir"),
  /** The kind of the image: `VNIR`, `SWIR` or `VSWIR`. */
  imageType: word(["VNIR", "SWIR", "VSWIR"], "image_type"),
  /** The bands. */
  bandset: ref(OrderBandset, "bandset"),
  /** The number of bands. */
  numberOfBands: number("number_of_bands"),
  /** The speed of the delivery: `STANDARD` or `NOT_APPLICABLE`. The guide has `EXPEDITED` too. */
  deliverySpeed: word(["STANDARD", "EXPEDITED", "NOT_APPLICABLE"], "delivery_speed"),
  /** The images of an order from the archive. */
  images: many(OrderImage, "images"),
  /** The use of the images. */
  usecase: text("usecase"),
  /** The place of the automatic delivery. */
  cloudDelivery: ref(CloudDelivery, "cloud_delivery"),
  /** The tasks: one of a single tasking or of an archive order, one for each capture of a recurring order. */
  tasks: many(OrderTask, "tasks"),
  /** The messages of validation errors, by their fields. */
  validationErrors: listMaps("validation_errors"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who created the item. */
  createdBy: text("created_by"),
  /** The id of the user who last changed the item. */
  updatedBy: text("updated_by"),
  /** The id of the user who owns it. */
  userId: text("user_id")
}) {
  /**
   * The outcome of the status word; `PARTIALLY_FULFILLED` is a success. A recurring item has ended with the last of its
   * tasks too, if its word does not say so (inferred): it has succeeded if one of them has.
   */
  get outcome(): Outcome {
    const outcome = vocabulary.outcomeOf(this.status)
    const all = Math.max(
      Option.getOrElse(this.noOfOccurrences, () => 0),
      this.occurrences.length,
      1
    )
    const ended = this.tasks.filter((task) => task.outcome !== "pending")
    const isOver = all > 1 && ended.length >= all && ended.length === this.tasks.length
    if (outcome !== "pending" || !isOver) return outcome
    return ended.some((task) => task.outcome === "succeeded") ? "succeeded" : "failed"
  }

  /** Whether a part is missing from a success. */
  get isPartial(): boolean {
    return vocabulary.isPartial(this.status)
  }

  /** The end of its last capture. */
  get lastDay(): Option.Option<DateTime.Utc> {
    return latest([
      this.endDate,
      ...this.occurrences.map(({ end }) => end),
      ...this.tasks.map(({ endDate }) => endDate)
    ])
  }
}

/**
 * One page of a list of order items.
 *
 * @since 0.1.0
 * @category models
 */
export class OrderItemPage extends model<OrderItemPage>("OrderItemPage")({
  /** The items of the page. */
  items: many(OrderItem, "order_items"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

/**
 * Deliveries of entries of the catalog to stores.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { CloudDelivery } from "../CloudDelivery.js"
import { CatalogId, DeliveryId, TaskId } from "../Ids.js"
import { id, need, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { type Outcome, outcomeOf } from "../Status.js"
import { deliveryWords } from "./internal/words.js"

/**
 * A delivery of one entry to a store. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class Delivery extends model<Delivery>("Delivery")({
  /** The id of the delivery. */
  id: need(DeliveryId, "delivery_id"),
  /** The entry that it delivers. */
  catalogId: id(CatalogId, "catalog_id"),
  /** The task of an automatic delivery. None for one by hand (documented). */
  taskId: id(TaskId, "task_id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(deliveryWords, "status"),
  /** The store, and the folder in it. */
  cloudDelivery: ref(CloudDelivery, "cloud_delivery"),
  /** The place of the file, below the folder of the store and that of the delivery. */
  targetPath: text("target_path"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The id of the user who created the delivery. */
  createdBy: text("created_by"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who changed the delivery last. */
  updatedBy: text("updated_by")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }

  /** Whether an order made the delivery by itself. */
  get isAutomatic(): boolean {
    return Option.isSome(this.taskId)
  }
}

/**
 * The place of deliveries.
 *
 * @since 0.1.0
 */
import { StoreId } from "./Ids.js"
import { id, text } from "./internal/field.js"
import { model } from "./internal/model.js"

/**
 * A store, and a folder in it.
 *
 * @since 0.1.0
 * @category models
 */
export class CloudDelivery extends model<CloudDelivery>("CloudDelivery")({
  /** The id of the store. */
  storeId: id(StoreId, "config"),
  /** The folder, below that of the store. */
  path: text("path")
}) {}

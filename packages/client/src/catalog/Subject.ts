/**
 * The subjects of the errors about the catalog, and the target of the errors before there is a delivery.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DeliveryId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * A delivery.
 *
 * @since 0.1.0
 * @category models
 */
export const DeliverySubject = tagged("Delivery", { deliveryId: DeliveryId })
export type DeliverySubject = typeof DeliverySubject.Type

/**
 * The target of a `deliver`: the ids of its entries, of its order items and of its stores, each with commas between them.
 *
 * @since 0.1.0
 * @category models
 */
export const DeliveryTarget = tagged("Delivery", {
  catalogIds: Schema.String,
  orderItemIds: Schema.String,
  storeIds: Schema.String
})
export type DeliveryTarget = typeof DeliveryTarget.Type

/**
 * Entries of the catalog, as the errors of their download name them: the ids with commas between them.
 *
 * @since 0.1.0
 * @category models
 */
export const CatalogEntriesSubject = tagged("CatalogEntries", { catalogIds: Schema.String })
export type CatalogEntriesSubject = typeof CatalogEntriesSubject.Type

/**
 * The entries of order items, as the errors of their download name them: the ids with commas between them.
 *
 * @since 0.1.0
 * @category models
 */
export const OrderItemsSubject = tagged("OrderItems", { orderItemIds: Schema.String })
export type OrderItemsSubject = typeof OrderItemsSubject.Type

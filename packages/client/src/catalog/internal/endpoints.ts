/** The operations of the catalog. */
import { CatalogId, type DeliveryId, type OrderItemId, type TaskId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { body } from "../../internal/stacSearch.js"
import { json, list, page } from "../../internal/success.js"
import type * as StacSearch from "../../StacSearch.js"
import { CatalogDownload, CatalogDownloadId } from "../CatalogDownload.js"
import { CatalogEntry, CatalogPage } from "../CatalogEntry.js"
import { Delivery } from "../Delivery.js"
import { limit } from "./limit.js"

const sortsOf = (sorts: ReadonlyArray<StacSearch.Sort>) =>
  sorts.map(({ direction, field }) => ({ [field]: direction === "desc" ? "DESC" : "ASC" }))

export const searchCatalogs = read({
  operation: "SearchCatalogs",
  name: "CatalogApi.search",
  method: "POST",
  path: "/v0/catalogs/search",
  body: {
    ...body,
    itemIds: payload.optional(payload.texts("item_ids")),
    orderIds: payload.optional(payload.texts("order_ids")),
    orderItemIds: payload.optional(payload.texts("order_item_ids")),
    sortBy: payload.optional(payload.from(payload.json<ReturnType<typeof sortsOf>>("sort_by"), sortsOf))
  },
  success: page(CatalogPage, "entries", offsets(limit))
})

export const getCatalog = read({
  operation: "GetCatalogById",
  name: "CatalogApi.get",
  path: "/v0/catalogs/{id}",
  params: { id: CatalogId },
  success: json(CatalogEntry)
})

export const listDeliveries = read({
  operation: "ListDeliveries",
  name: "CatalogApi.deliveries",
  path: "/v0/catalogs/deliveries",
  query: {
    deliveryId: query.id<DeliveryId>("delivery_id"),
    catalogId: query.id<CatalogId>("catalog_id"),
    taskId: query.id<TaskId>("task_id"),
    orderItemId: query.id<OrderItemId>("order_item_id")
  },
  success: list("deliveries", Delivery)
})

/** A delivery in the form of the wire: the list of the other kind of ids is required too, and empty. */
interface Sent {
  readonly catalog_ids: ReadonlyArray<string>
  readonly order_item_ids: ReadonlyArray<string>
  readonly cloud_info: { readonly config: string; readonly path?: string }
}

export const createDelivery = endpoint({
  operation: "CreateDelivery",
  name: "CatalogApi.deliver",
  method: "POST",
  path: "/v0/catalogs/deliveries",
  body: { deliveries: payload.json<ReadonlyArray<Sent>>("deliveries") },
  success: list("deliveries", Delivery),
  repeat: "once"
})

export const createDownload = endpoint({
  operation: "CreateDownload",
  name: "CatalogApi.requestDownload",
  method: "POST",
  path: "/v0/catalogs/download",
  body: { catalogIds: payload.texts("catalog_ids"), orderItemIds: payload.texts("order_item_ids") },
  success: json(CatalogDownload),
  repeat: "harmless"
})

export const getDownload = read({
  operation: "GetDownloadById",
  name: "CatalogApi.getDownload",
  path: "/v0/catalogs/download/{download_id}",
  params: { download_id: CatalogDownloadId },
  success: json(CatalogDownload)
})

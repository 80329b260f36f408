/** The operations of the catalog. */
import { operationsOf } from "../Resource.js"
import { newDeliveries, newDownload, search } from "./fixture.js"

const deliveries = "/v0/catalogs/deliveries"

const downloads = "/v0/catalogs/download"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "catalog entry" },
  {
    SearchCatalogs: { method: "POST", route: "/v0/catalogs/search", role: "read", body: search },
    GetCatalogById: { method: "GET", route: "/v0/catalogs/{id}", role: "read", key: "id" },
    ListDeliveries: {
      method: "GET",
      route: deliveries,
      query: ["delivery_id", "catalog_id", "task_id", "order_item_id"],
      subject: "delivery",
      role: "list",
      items: "deliveries"
    },
    CreateDelivery: {
      method: "POST",
      route: deliveries,
      needs: "run",
      subject: "delivery",
      role: "create",
      body: newDeliveries
    },
    CreateDownload: {
      method: "POST",
      route: downloads,
      subject: "catalog download",
      role: "package",
      body: newDownload
    },
    GetDownloadById: {
      method: "GET",
      route: `${downloads}/{download_id}`,
      subject: "catalog download",
      role: "package",
      key: "download_id"
    }
  }
)

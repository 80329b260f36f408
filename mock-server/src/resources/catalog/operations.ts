/** The operations of the catalog. */
import { operationsOf } from "../Resource.js"
import { newDeliveries, newDownload, search } from "./fixture.js"

export const operations = {
  ...operationsOf(
    { query: [], needs: "view", role: "read", subject: "catalog entry" },
    {
      SearchCatalogs: { at: "POST /v0/catalogs/search", body: search },
      GetCatalogById: { at: "GET /v0/catalogs/{id}", key: "id" }
    }
  ),
  ...operationsOf(
    { subject: "delivery" },
    {
      ListDeliveries: {
        at: "GET /v0/catalogs/deliveries",
        query: ["delivery_id", "catalog_id", "task_id", "order_item_id"],
        needs: "view",
        role: "list",
        items: "deliveries"
      },
      CreateDelivery: {
        at: "POST /v0/catalogs/deliveries",
        query: [],
        needs: "run",
        role: "create",
        body: newDeliveries
      }
    }
  ),
  ...operationsOf(
    { query: [], needs: "view", role: "package", subject: "catalog download" },
    {
      CreateDownload: { at: "POST /v0/catalogs/download", body: newDownload },
      GetDownloadById: { at: "GET /v0/catalogs/download/{download_id}", key: "download_id" }
    }
  )
}

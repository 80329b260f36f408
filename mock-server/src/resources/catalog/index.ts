/** The catalog: the images of orders, which are delivered to stores or downloaded. */
import { operationsOf, type Resource } from "../Resource.js"
import { newDeliveries, newDownload, quirks, search } from "./fixture.js"
import { handlers, packages } from "./routes.js"
import { drawers } from "./state.js"

export const operations = {
  ...operationsOf(
    { query: [], needs: "view", role: "read", subject: "catalog entry" },
    {
      SearchCatalogs: { at: "POST /v0/catalogs/search", body: search },
      GetCatalogById: { at: "GET /v0/catalogs/{id}" }
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

export const catalog = { operations, handlers, packages, drawers, quirks } as const satisfies Resource

/** The operations of bandsets, orders and their items, and the report of orders. */
import { type Asked, operationsOf } from "../Resource.js"
import { type NewOrder, newOrder } from "./fixture.js"

const itemFilters = ["user_id", "type", "status", "order_ids", "created_by", "created_at", "project_ids", "ids", "area"]

export const operations = operationsOf(
  { query: [], needs: "view", subject: "order item", key: "id" },
  {
    ListBandsets: { at: "GET /v0/bandsets", subject: "bandset", role: "list", items: "bandsets" },
    ListOrders: {
      at: "GET /v0/orders",
      query: ["user_id", "limit", "offset"],
      subject: "order",
      role: "list",
      items: "orders"
    },
    SubmitOrder: {
      at: "POST /v0/orders",
      needs: "run",
      subject: "order",
      role: "create",
      foundIn: "order item",
      body: newOrder,
      projectOf: ({ body }: Asked): ReadonlyArray<string> =>
        (body as NewOrder).order_items.map(({ project_id }) => project_id) // of its shape
    },
    GetOrderById: { at: "GET /v0/orders/{id}", subject: "order", role: "look" },
    ListOrderItems: {
      at: "GET /v0/order-items",
      query: [...itemFilters, "limit", "offset"],
      role: "list",
      items: "order_items"
    },
    GetOrderItemById: { at: "GET /v0/order-items/{id}", role: "look" },
    DownloadOrderReport: { at: "GET /v0/reports", query: ["tz"], role: "read", subject: "report" }
  }
)

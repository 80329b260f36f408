/** The operations of bandsets, orders and their items, and the report of orders. */
import { type Asked, operationsOf } from "../Resource.js"
import { type NewOrder, newOrder } from "./fixture.js"

export const operations = operationsOf(
  { method: "GET", query: [], needs: "view", subject: "order item", key: "id" },
  {
    ListBandsets: { route: "/v0/bandsets", subject: "bandset", role: "list", items: "bandsets" },
    ListOrders: {
      route: "/v0/orders",
      query: ["user_id", "limit", "offset"],
      subject: "order",
      role: "list",
      items: "orders"
    },
    SubmitOrder: {
      method: "POST",
      route: "/v0/orders",
      needs: "run",
      subject: "order",
      role: "create",
      foundIn: "order item",
      body: newOrder,
      projectOf: ({ body }: Asked): ReadonlyArray<string> =>
        (body as NewOrder).order_items.map(({ project_id }) => project_id) // of its shape
    },
    GetOrderById: { route: "/v0/orders/{id}", subject: "order", role: "look" },
    ListOrderItems: {
      route: "/v0/order-items",
      query: [
        "user_id",
        "type",
        "status",
        "order_ids",
        "created_by",
        "created_at",
        "project_ids",
        "ids",
        "area",
        "limit",
        "offset"
      ],
      role: "list",
      items: "order_items"
    },
    GetOrderItemById: { route: "/v0/order-items/{id}", role: "look" },
    DownloadOrderReport: { route: "/v0/reports", query: ["tz"], role: "read", subject: "report" }
  }
)

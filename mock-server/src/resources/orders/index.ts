/** Orders of images: captures of satellites, and images of the archive; their items, and the bandsets of captures. */
import { type Asked, operationsOf, type Resource } from "../Resource.js"
import { bandset, type NewOrder, newOrder, type OrderFixture, orderShape, quirks } from "./fixture.js"
import { handlers } from "./routes.js"
import { drawers } from "./state.js"

const itemFilters = ["user_id", "type", "status", "order_ids", "created_by", "created_at", "project_ids", "ids", "area"]

export const operations = operationsOf(
  { query: [], needs: "view", subject: "order item" },
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

export const orders = {
  operations,
  handlers,
  fixtures: {
    bandsets: { shape: bandset },
    orders: {
      shape: orderShape,
      claims: ({ items }: OrderFixture) => items.map(({ id }, nth) => ({ path: ["items", nth, "id"], name: id })),
      references: [
        ["items.bandset.bandset_id", "bandsets", "the id of a bandset"],
        ["items.cloud_delivery.config", "stores", "the id of a store"],
        ["items.item_ids", "scenes", "the id of a scene"]
      ]
    }
  },
  drawers,
  quirks
} as const satisfies Resource

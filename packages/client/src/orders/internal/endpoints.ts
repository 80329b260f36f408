/** The order operations. */
import { OrderId, OrderItemId, type ProjectId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { json, list, page, text } from "../../internal/success.js"
import { Bandset } from "../Bandset.js"
import { Order, OrderPage } from "../Order.js"
import { OrderItem, OrderItemPage } from "../OrderItem.js"
import { OrderQuote } from "../OrderQuote.js"
import { type Checked, encode } from "./input.js"

export const listBandsets = read({
  operation: "ListBandsets",
  name: "OrdersApi.bandsets",
  path: "/v0/bandsets",
  success: list("bandsets", Bandset)
})

export const listOrders = read({
  operation: "ListOrders",
  name: "OrdersApi.list",
  path: "/v0/orders",
  query: { userId: query.text("user_id"), ...query.page },
  // no default is documented
  success: page(OrderPage, "orders", offsets(100))
})

export const submitOrder = endpoint({
  operation: "SubmitOrder",
  name: "OrdersApi.submit",
  method: "POST",
  path: "/v0/orders",
  body: {
    dryRun: payload.optional(payload.flag("dry_run")),
    items: payload.from(payload.json<ReadonlyArray<object>>("order_items"), (items: ReadonlyArray<Checked>) =>
      items.map(encode)
    )
  },
  success: json(OrderQuote),
  cost: "billable",
  repeat: "lookup"
})

export const getOrder = read({
  operation: "GetOrderById",
  name: "OrdersApi.get",
  path: "/v0/orders/{id}",
  params: { id: OrderId },
  success: json(Order)
})

export const listOrderItems = read({
  operation: "ListOrderItems",
  name: "OrdersApi.listItems",
  path: "/v0/order-items",
  query: {
    // one text with commas each (inferred from AOIs)
    orderIds: query.commas<OrderId>("order_ids"),
    ids: query.commas<OrderItemId>("ids"),
    projectIds: query.commas<ProjectId>("project_ids"),
    type: query.text("type"),
    status: query.text("status"),
    createdBy: query.text("created_by"),
    userId: query.text("user_id"),
    createdAt: query.text("created_at"),
    area: query.text("area"),
    ...query.page
  },
  // no default is documented
  success: page(OrderItemPage, "items", offsets(100))
})

export const getOrderItem = read({
  operation: "GetOrderItemById",
  name: "OrdersApi.getItem",
  path: "/v0/order-items/{id}",
  params: { id: OrderItemId },
  success: json(OrderItem)
})

export const downloadOrderReport = read({
  operation: "DownloadOrderReport",
  name: "OrdersApi.report",
  path: "/v0/reports",
  query: { timeZone: query.text("tz") },
  success: text("text/csv")
})

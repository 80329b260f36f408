/** `pixxel orders`: orders, their items, and the report of all. */
import { Order, OrderId, OrderItem, OrderItemId, OrdersApi, ProjectId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import { Output } from "../Output.js"
import * as results from "../render/orders.js"
import { plainLines } from "../render/plain.js"
import { calling, group, listing, savedAs, shown } from "./calling.js"
import { positional } from "./command.js"
import { file, id, maybe, text } from "./options.js"

const item = positional(id("item", OrderItemId.make, "The item of an order."))

const one = shown(OrderItem, results.item)

const list = calling(
  "orders list",
  "List all orders. Their status is that of the payment: orders items shows the progress.",
  { userId: maybe(text("user", "USER", "Only orders of this user.")) },
  (options) => listing("orders", Order, results.orderColumns)(Effect.map(OrdersApi, (api) => api.listAll(options)))
)

const get = calling(
  "orders get --order order-south-capture",
  "Show an order and its items.",
  { orderId: positional(id("order", OrderId.make, "The order.")) },
  (options) => Effect.flatMap(OrdersApi, (api) => api.get(options)).pipe(Effect.map(shown(Order, results.order)))
)

const items = calling(
  "orders items --project project-monsoon-2024",
  "List the items of all orders.",
  {
    orderId: maybe(id("order", OrderId.make, "Only items of this order.")),
    projectId: maybe(id("project", ProjectId.make, "Only items of this project.")),
    type: maybe(text("type", "TYPE", "Only items of this type: TASKING, RECURRING or ARCHIVE.")),
    status: maybe(text("status", "STATUS", "Only items with this status: ACTIVE, FULFILLED, …")),
    createdBy: maybe(text("created-by", "USER", "Only items of this user."))
  },
  ({ createdBy, orderId, projectId, status, type }) =>
    listing(
      "items",
      OrderItem,
      results.itemColumns
    )(
      Effect.map(OrdersApi, (api) =>
        api.listAllItems({
          createdBy,
          status,
          type,
          orderIds: orderId && [orderId],
          projectIds: projectId && [projectId]
        })
      )
    )
)

const show = calling(
  "orders item --item item-basin-monthly",
  "Show an item of an order, with its tasks and its price.",
  { orderItemId: item },
  (options) => Effect.flatMap(OrdersApi, (api) => api.getItem(options)).pipe(Effect.map(one))
)

const report = calling(
  "orders report --time-zone Europe/Paris",
  "Download the report of all orders as CSV.",
  {
    timeZone: maybe(text("time-zone", "ZONE", "The time zone of its times, such as Europe/Paris.")),
    out: maybe(file("out", "Write the report to this file, and replace it. Default: stdout."))
  },
  ({ out, timeZone }) =>
    Effect.gen(function* () {
      const csv = yield* Effect.flatMap(OrdersApi, (api) => api.report({ timeZone }))
      const { isTerminal } = (yield* Output).results
      if (out === undefined) {
        return { json: () => ({ report: csv }), text: () => (isTerminal ? plainLines(csv) : csv) }
      }
      return yield* savedAs(out, csv)
    })
)

export const orders = group("orders", "Show orders and their items.", [list, get, items, show, report])

/** Routes of bandsets, orders and their items, and the report of orders. */
import type { FastifyRequest } from "fastify"
import { contentOf } from "../../core/Shape.js"
import type { World } from "../../core/World.js"
import { maySee, requireRole } from "../../http/access.js"
import { named } from "../../http/answers.js"
import { filtered, is, isIn, isWithin, listOf, paged } from "../../http/lists.js"
import { timeZone } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { operations } from "./operations.js"
import { areaOf } from "./price.js"
import { type Item, typeOf } from "./state.js"
import { encodeItem, encodeOrder, encodeWithTasks, tokensOf } from "./wire.js"

/** Returns the items of an order that the token may see. */
const visibleOf = (request: FastifyRequest, { drawers }: World, order: string): ReadonlyArray<Item> =>
  drawers.orderItems.all.filter((item) => item.order_id === order && maySee(request, item.project_id))

/** The report: CSV, whose columns are not documented. */
const report = (request: FastifyRequest): string => {
  const world = worldOf(request)
  // Swedish writes times as 2024-06-03 09:12:44
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timeZone(request, "tz"),
    dateStyle: "short",
    timeStyle: "medium"
  })
  const lines = world.drawers.orderItems.all
    .filter(({ project_id }) => maySee(request, project_id))
    .map((item) => {
      const tokens = tokensOf(world, item, world.clock.now)
      return [item.order_id, format.format(item.createdAt), typeOf(item), areaOf(item.geometry), tokens || ""].join(",")
    })
  return `${["order_id,created_at,type,area_km2,tokens", ...lines].join("\n")}\n`
}

export const handlers: Handlers<typeof operations> = {
  ListBandsets: (request) => {
    const world = worldOf(request)
    return { bandsets: listOf(world, [...(world.fixtures.bandsets?.values() ?? [])].map(contentOf)) }
  },
  ListOrders: (request) => {
    const world = worldOf(request)
    const visible = world.drawers.orders.all.filter(({ id }) => visibleOf(request, world, id).length > 0)
    const matching = filtered(request, visible, { user_id: is(({ user_id }) => user_id) })
    return paged(request, "orders", matching, 10, (it) => encodeOrder(world, it, visibleOf(request, world, it.id)))
  },
  GetOrderById: (request) => {
    const world = worldOf(request)
    const order = named(request, "id", "order", (id, { drawers }) => drawers.orders.get(id))
    const items = visibleOf(request, world, order.id)
    if (items.length === 0) {
      for (const { order_id, project_id } of world.drawers.orderItems.all)
        if (order_id === order.id) requireRole(request, project_id)
    }
    request.record?.showed(order.status)
    return encodeOrder(world, order, items)
  },
  ListOrderItems: (request) => {
    const world = worldOf(request)
    const visible = world.drawers.orderItems.all.filter(({ project_id }) => maySee(request, project_id))
    const matching = filtered(request, visible, {
      user_id: is(({ user_id }) => user_id),
      created_by: is(({ user_id }) => user_id),
      type: is(typeOf),
      status: is((item) => encodeItem(world, item)["status"]),
      order_ids: isIn(({ order_id }) => order_id),
      project_ids: isIn(({ project_id }) => project_id),
      ids: isIn(({ id }) => id),
      created_at: isWithin(({ createdAt }) => createdAt, Date.parse, "two times"),
      area: isWithin(({ geometry }) => areaOf(geometry), Number, "two numbers")
    })
    return paged(request, "order_items", matching, 10, (item) => encodeWithTasks(world, item))
  },
  GetOrderItemById: (request) => {
    const item = named(request, "id", "order item", (id, { drawers }) => drawers.orderItems.get(id))
    requireRole(request, item.project_id)
    const fields = encodeWithTasks(worldOf(request), item)
    request.record?.showed(String(fields["status"]))
    return fields
  },
  DownloadOrderReport: (request, reply) => reply.type("text/csv; charset=utf-8").send(report(request))
}

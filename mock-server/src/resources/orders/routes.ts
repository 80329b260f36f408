/** Routes of bandsets, orders and their items, and the report of orders. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { contentOf } from "../../core/Shape.js"
import type { World } from "../../core/World.js"
import { maySee, requireKnown, requireRole } from "../../http/access.js"
import { named, refuseNew } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, isIn, isWithin, listed, paged } from "../../http/lists.js"
import { timeZone } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import { orderProblems } from "./check.js"
import type { NewOrder } from "./fixture.js"
import type { operations } from "./index.js"
import { areaOf, polygonsOf, tokensOf } from "./price.js"
import { type Item, typeOf, view } from "./state.js"
import { encodeOrder, encodeWithTasks, wordOf } from "./wire.js"

/** Returns the items that the token may see. */
const visible = (request: FastifyRequest): ReadonlyArray<Item> =>
  worldOf(request).drawers.orderItems.all.filter(({ project_id }) => maySee(request, project_id))

/** Returns the items that the token may see, by their orders. */
const visibleByOrder = (request: FastifyRequest): ReadonlyMap<string, ReadonlyArray<Item>> => {
  const groups = new Map<string, ReadonlyArray<Item>>()
  for (const item of visible(request)) groups.set(item.order_id, [...(groups.get(item.order_id) ?? []), item])
  return groups
}

/** Returns the tokens of the wallet that are left. */
const balanceOf = (world: World): number => {
  const { wallet = 100_000 } = world.quirks
  return world.drawers.orderItems.all.reduce((left, item) => left - tokensOf(world, item, world.startedAt), wallet)
}

const submit = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const { clock, drawers, quirks } = world
  const { orderItems, orders } = drawers
  const wanted = request.body as NewOrder // of its shape
  for (const { project_id } of wanted.order_items) requireKnown(request, project_id)
  refuse(orderProblems(world, wanted))
  refuseNew(orders)
  const { dryRunIgnored = false, dryRuns = "forgotten", insufficientTokens = "unpaid", newOrders } = quirks
  const isDry = wanted.dry_run === true && !dryRunIgnored
  const unplaced = wanted.order_items.map(
    (item, nth): Item => ({
      id: "",
      order_id: "",
      name: `Order Item ${nth + 1}`,
      ...item,
      ...newOrders,
      status: "PAID",
      createdAt: clock.now
    })
  )
  // a recurring item pays for each task when it is placed
  const due = unplaced.reduce((sum, item) => sum + tokensOf(world, item, clock.now), 0)
  const balance = balanceOf(world)
  if (!isDry && due > balance && insufficientTokens !== "unpaid") {
    const message = `The order takes ${due} tokens, and the wallet has ${balance}.`
    throw new ApiError(insufficientTokens, "insufficient_tokens", message)
  }
  const status = isDry || due > balance ? "UNPAID" : "PAID"
  const order = orders.add((id) => ({ id, status, createdAt: clock.now }))
  const items = unplaced.map((item) => orderItems.add((id) => ({ ...item, id, order_id: order.id, status })))
  const answer = encodeOrder(world, order, items)
  if (isDry && dryRuns === "forgotten") {
    orders.delete(order.id)
    for (const { id } of items) orderItems.delete(id)
  }
  request.record?.showed(status)
  return reply.code(201).send(answer)
}

/** The report: CSV, whose columns are not documented. */
const report = (request: FastifyRequest): string => {
  const world = worldOf(request)
  // Swedish writes times as 2024-06-03 09:12:44
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timeZone(request, "tz"),
    dateStyle: "short",
    timeStyle: "medium"
  })
  const lines = visible(request).map((item) => {
    const tokens = tokensOf(world, item)
    return [
      item.order_id,
      format.format(item.createdAt),
      typeOf(item),
      areaOf(polygonsOf(item.geometry)),
      tokens || ""
    ].join(",")
  })
  return `${["order_id,created_at,type,area_km2,tokens", ...lines].join("\n")}\n`
}

export const handlers: Handlers<typeof operations> = {
  ListBandsets: (request) =>
    listed(request, "bandsets", [...(worldOf(request).fixtures.bandsets?.values() ?? [])], contentOf),
  ListOrders: (request) => {
    const world = worldOf(request)
    const items = visibleByOrder(request)
    const known = world.drawers.orders.all.filter(({ id }) => items.has(id))
    const matching = filtered(request, known, { user_id: is(({ user_id }) => user_id) })
    return paged(request, "orders", matching, 10, (it) => encodeOrder(world, it, items.get(it.id) ?? []))
  },
  SubmitOrder: submit,
  GetOrderById: (request) => {
    const world = worldOf(request)
    const order = named(request, "id", "order", (id, { drawers }) => drawers.orders.get(id))
    const items = world.drawers.orderItems.all.filter(({ order_id }) => order_id === order.id)
    const seen = items.filter(({ project_id }) => maySee(request, project_id))
    if (seen.length === 0) for (const { project_id } of items) requireRole(request, project_id)
    request.record?.showed(order.status)
    return encodeOrder(world, order, seen)
  },
  ListOrderItems: (request) => {
    const world = worldOf(request)
    const matching = filtered(request, visible(request), {
      user_id: is(({ user_id }) => user_id),
      created_by: is(({ user_id }) => user_id),
      type: is(typeOf),
      status: is((item) => wordOf(world, view(item, world.clock.now).status)),
      order_ids: isIn(({ order_id }) => order_id),
      project_ids: isIn(({ project_id }) => project_id),
      ids: isIn(({ id }) => id),
      created_at: isWithin(({ createdAt }) => createdAt, Date.parse, "two times"),
      area: isWithin(({ geometry }) => areaOf(polygonsOf(geometry)), Number, "two numbers")
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

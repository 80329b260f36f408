/** Encodes orders, their items and tasks. */
import type { Fields } from "../../core/Fields.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { statusOf } from "../catalog/state.js"
import { paidOf, priceOf } from "./price.js"
import { type Item, isGood, type Order, stripsOf, type Task, typeOf, view } from "./state.js"

/** The workspace of all that is ordered. */
export const org_id = "org-field-survey"

const older: Readonly<Record<string, string>> = {
  FULFILLED: "COMPLETED",
  PARTIALLY_FULFILLED: "PARTIALLY_COMPLETED"
}

/** Returns the word for a state of an item or a task. */
export const wordOf = ({ quirks }: World, status: string): string =>
  quirks.orderWords === "older" ? (older[status] ?? status) : status

const micros = (at: number) => formatTimestamp("micros", at)

/** Returns the state of the automatic delivery of a task, in the words of tasks. */
const deliveryOf = (world: World, { cloud_delivery }: Item, { endsAt, status }: Task): string => {
  if (cloud_delivery === undefined) return "NOT_APPLICABLE"
  const sent = isGood(status) ? statusOf(world, { cloud_delivery, createdAt: endsAt }) : "PENDING"
  return sent === "SUCCESS" ? "SUCCESSFUL" : sent === "FAILED" ? sent : "PENDING"
}

/** All that follows from an item and the time. */
const stateOf = (world: World, item: Item) => {
  const { now } = world.clock
  const { status, tasks, updatedAt } = view(item, now)
  return { status, tasks, updatedAt, paid: paidOf(item, now, tasks), price: priceOf(world, item) }
}

type State = ReturnType<typeof stateOf>

const encodeTask = (world: World, item: Item, { paid, price }: State, task: Task): Fields => {
  const isPaid = paid.includes(task)
  const { window } = task
  return {
    id: task.id,
    order_item_id: item.id,
    type: window === undefined ? "ARCHIVE" : "TASKING",
    status: wordOf(world, task.status),
    start_date: window && formatTimestamp("dayFirst", window.start),
    end_date: window && formatTimestamp("dayFirst", window.end),
    number_of_strips: window && stripsOf(item, task),
    tokens_used: isPaid ? price.each : undefined,
    transaction_id: isPaid ? `transaction-${task.id}` : undefined,
    delivery_status: deliveryOf(world, item, task),
    created_at: micros(item.createdAt),
    updated_at: micros(task.updatedAt),
    created_by: item.user_id
  }
}

const paymentOf = (item: Item, { paid, tasks }: State) =>
  item.status === "UNPAID" ? "UNPAID" : paid.length < tasks.length ? "PARTIAL-MONTHLY" : "PAID"

/** The fields that only tasking items have. */
const tasking = (world: World, item: Item, { price, tasks }: State): Fields => {
  const { bandset_id = "" } = item.bandset ?? {}
  const windows = tasks.flatMap(({ window }) => window ?? [])
  const bands = world.fixtures.bandsets?.get(bandset_id)?.bands ?? []
  const iso = (at: number) => formatTimestamp("seconds", at)
  return {
    recurrence: item.recurrence,
    start_date: item.start_date,
    end_date: item.end_date ?? iso(windows.at(-1)?.end ?? item.createdAt),
    no_of_occurrences: windows.length,
    occurrences: windows.map(({ end, start }) => ({ start: iso(start), end: iso(end) })),
    cloud_cover: price.isCloudy ? 100 : (item.cloud_cover ?? 20),
    off_nadir: item.off_nadir ?? 20,
    bandset: { bandset_id, bands },
    number_of_bands: bands.length,
    image_type: "VNIR",
    delivery_speed: item.delivery_speed ?? "STANDARD",
    feasibility_status: item.feasibility ?? "SUCCESS",
    last_feasibility_check: micros(item.createdAt)
  }
}

const archive = ({ fixtures }: World, { item_ids = [] }: Item): Fields => ({
  recurrence: "NOT_APPLICABLE",
  delivery_speed: "NOT_APPLICABLE",
  feasibility_status: "NOT_APPLICABLE",
  images: item_ids.map((id) => ({ item_id: id, geometry: fixtures.scenes?.get(id)?.geometry }))
})

/** Encodes an item as an order has it, without its tasks. */
const encodeItem = (world: World, item: Item, state: State): Fields => {
  const { paid, price, status, updatedAt } = state
  return {
    id: item.id,
    order_id: item.order_id,
    org_id,
    project_id: item.project_id,
    user_id: item.user_id,
    name: world.quirks.nameEcho === false ? "" : item.name,
    type: typeOf(item),
    status: wordOf(world, status),
    payment_status: paymentOf(item, state),
    usecase: item.usecase,
    area: price.area,
    base_amount: price.base,
    final_amount: price.final,
    uplifts: price.uplifts,
    tokens_used: paid.length * price.each || undefined,
    transaction_id: item.status === "PAID" ? `transaction-${item.order_id}` : undefined,
    ...(item.item_ids === undefined ? tasking(world, item, state) : archive(world, item)),
    cloud_delivery: item.cloud_delivery,
    created_at: micros(item.createdAt),
    updated_at: micros(updatedAt),
    created_by: item.user_id
  }
}

/** Encodes an item with its tasks. */
export const encodeWithTasks = (world: World, item: Item): Fields => {
  const state = stateOf(world, item)
  return {
    ...encodeItem(world, item, state),
    tasks: state.tasks.map((task) => encodeTask(world, item, state, task)),
    validation_errors: []
  }
}

/** Encodes an order with these of its items. */
export const encodeOrder = (world: World, order: Order, items: ReadonlyArray<Item>): Fields => {
  const at = formatTimestamp("offset", order.createdAt)
  const isPaid = order.status === "PAID"
  const states = items.map((item) => ({ item, state: stateOf(world, item) }))
  return {
    id: order.id,
    org_id,
    user_id: order.user_id,
    status: order.status,
    total_amount: states.reduce((sum, { state }) => sum + state.price.final, 0),
    transaction_id: isPaid ? `transaction-${order.id}` : "",
    paid_at: isPaid ? at : "",
    order_items: states.map(({ item, state }) => encodeItem(world, item, state)),
    created_at: at,
    updated_at: at,
    created_by: order.user_id,
    updated_by: order.user_id
  }
}

/**
 * The orders of a world and their items. The state of an item follows from its course and the time since its creation;
 * the times of a state are on UTC days (documented) and in the minutes after an order (made up).
 */
import { parseDuration } from "../../core/Duration.js"
import { field, name, oneOf, optional, type Shaped, text } from "../../core/Shape.js"
import { saved, shelf, thingsOf } from "../../core/Shelf.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { Opening } from "../Resource.js"
import { course, type OrderFixture, wanted } from "./fixture.js"

const user_id = field(optional(text), "Id of the user who submitted the order. Default: not known.", ["user-4f1c2a"])

const status = field(oneOf("PAID", "UNPAID"), "Status of its payment.", ["PAID"])

const savedOrder = saved("order", { status, user_id })

const savedItem = saved("order item", {
  order_id: field(name, "Id of its order.", ["order-north-archive"]),
  ...wanted,
  ...course,
  name: field(name, "Name of the item.", ["Order Item 1"]),
  status,
  user_id
})

export type Order = Shaped<typeof savedOrder>
export type Item = Shaped<typeof savedItem>

export const day = 86_400_000
const minute = 60_000

/** Returns the beginning of the UTC day. */
export const dayOf = (at: number): number => Math.floor(at / day) * day

export const typeOf = ({ item_ids, recurrence }: Item): "ARCHIVE" | "TASKING" | "RECURRING" =>
  item_ids !== undefined ? "ARCHIVE" : recurrence === "ONCE" ? "TASKING" : "RECURRING"

/** Returns the nth beginning of a capture. Twice a month or every two months: BIMONTHLY is read as the latter. */
const nthStart = (start: number, recurrence: Item["recurrence"], nth: number): number => {
  if (recurrence === "WEEKLY") return start + nth * 7 * day
  const months = { MONTHLY: 1, BIMONTHLY: 2, QUARTERLY: 3, ONCE: 0, NOT_APPLICABLE: 0 }[recurrence ?? "ONCE"]
  const at = new Date(start)
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + nth * months, at.getUTCDate())
}

/** Most captures of an item, since an end may be centuries away. */
const most = 1_000

/** Returns the windows of the captures of a tasking item: from the first day to the day after the last. */
export const windowsOf = (item: Item): ReadonlyArray<{ readonly start: number; readonly end: number }> => {
  const { end_date = "", no_of_occurrences: count = most, recurrence, start_date = "" } = item
  const start = dayOf(Date.parse(start_date))
  const last = end_date === "" ? Number.POSITIVE_INFINITY : dayOf(Date.parse(end_date))
  if (recurrence === "ONCE") return [{ start, end: last }]
  const windows = []
  for (let nth = 0; nth < Math.min(count, most); nth++) {
    const from = nthStart(start, recurrence, nth)
    if (from >= last) break
    windows.push({ start: from, end: Math.min(last, nthStart(start, recurrence, nth + 1)) })
  }
  return windows
}

type TaskStatus = "DRAFT" | "SUBMITTED" | "IN_PROGRESS" | NonNullable<Item["ends"]>[number]

export interface Task {
  readonly id: string
  readonly nth: number
  readonly status: TaskStatus
  readonly window: { readonly start: number; readonly end: number } | undefined
  /** Time at which it is placed, and paid. */
  readonly placedAt: number
  readonly endsAt: number
  readonly updatedAt: number
}

/** Documented: a task of a recurring order is placed 5 days before its start. */
const ahead = 5 * day

/** Returns the tasks of an item at a time: one, or one for each capture of a recurring item. */
export const tasksOf = (item: Item, now: number): ReadonlyArray<Task> => {
  const type = typeOf(item)
  const windows = type === "ARCHIVE" ? [undefined] : windowsOf(item)
  const { createdAt, ends = ["FULFILLED"], takes = type === "ARCHIVE" ? "25m" : "36h" } = item
  return windows.map((window, nth) => {
    const end = ends[Math.min(nth, ends.length - 1)] ?? "FULFILLED"
    const placedAt = type === "RECURRING" && window ? Math.max(createdAt, window.start - ahead) : createdAt
    const begins = Math.max(window?.start ?? 0, placedAt + 5 * minute)
    const endsAt = end === "EXPIRED" && window ? window.end : begins + parseDuration(takes)
    const states: ReadonlyArray<readonly [at: number, status: TaskStatus]> =
      item.status === "UNPAID"
        ? []
        : [
            [placedAt + minute, "SUBMITTED"],
            [begins, "IN_PROGRESS"],
            [endsAt, end]
          ]
    const [updatedAt, status] = states.filter(([at]) => at <= now).at(-1) ?? [createdAt, "DRAFT"]
    return { id: `${item.id}-task-${nth + 1}`, nth, status, window, placedAt, endsAt, updatedAt }
  })
}

export const isOver = ({ status }: Pick<Task, "status">): boolean =>
  status !== "DRAFT" && status !== "SUBMITTED" && status !== "IN_PROGRESS"

/** Whether a task has ended with images. */
export const isGood = (status: Task["status"]): boolean => status === "FULFILLED" || status === "PARTIALLY_FULFILLED"

/** Returns the number of images of a task that has ended well. */
export const stripsOf = ({ strips = 2 }: Item, { status }: Task): number =>
  isGood(status) ? Math.max(1, status === "FULFILLED" ? strips : strips - 1) : 0

/** Returns the state of an item: active from the first task that is placed to the end of the last one. */
export const view = (item: Item, now: number) => {
  const tasks = tasksOf(item, now)
  const words = new Set(tasks.map(({ status }) => status))
  const has = (...some: ReadonlyArray<TaskStatus>) => some.some((word) => words.has(word))
  const only = (word: TaskStatus) => words.size === 1 && words.has(word)
  const status = !tasks.every(isOver)
    ? words.size === 0 || only("DRAFT")
      ? "DRAFT"
      : "ACTIVE"
    : only("FULFILLED") || only("CANCELLED")
      ? (tasks[0]?.status ?? "DRAFT")
      : has("FULFILLED", "PARTIALLY_FULFILLED")
        ? "PARTIALLY_FULFILLED"
        : "FAILED"
  const updatedAt = tasks.reduce((latest, task) => Math.max(latest, task.updatedAt), item.createdAt)
  return { status, tasks, updatedAt }
}

type Begun = Order & Pick<OrderFixture, "items">

/** Returns the orders of the fixtures, with their items. */
const ordersOf = ({ fixtures, now }: Opening): ReadonlyArray<Begun> =>
  thingsOf(fixtures.orders, now).map((order) => ({ status: "PAID", ...order }))

const itemsOf = ({ id: order_id, items, ...order }: Begun): ReadonlyArray<Item> =>
  items.map(({ lasts, starts, ...item }, nth) => {
    const start = dayOf(order.createdAt + parseDuration(starts ?? ""))
    return {
      name: `Order Item ${nth + 1}`,
      ...item,
      ...(starts !== undefined && { start_date: formatTimestamp("seconds", start) }),
      ...(lasts !== undefined && { end_date: formatTimestamp("seconds", start + parseDuration(lasts)) }),
      order_id,
      ...order
    }
  })

export const drawers = {
  orders: shelf(savedOrder, {
    subject: "order",
    begin: (opening: Opening): ReadonlyArray<Order> => ordersOf(opening).map(({ items: _, ...order }) => order)
  }),
  orderItems: shelf(savedItem, {
    subject: "order item",
    begin: (opening: Opening): ReadonlyArray<Item> => ordersOf(opening).flatMap(itemsOf),
    position: (item: Item, now: number): string => view(item, now).status
  })
}

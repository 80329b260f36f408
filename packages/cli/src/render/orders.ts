/** Orders and their items as text: payment, price and window, tasks and uplifts. */
import type { Order, OrderItem, OrderTask, Uplift } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { plain } from "./plain.js"
import { details, part, status } from "./results.js"
import type { Style } from "./style.js"
import { type Cell, type Column, sections } from "./table.js"
import { time, tokens } from "./words.js"

const day = Option.map(DateTime.formatIsoDateUtc)

const whole = Option.map(String)

/** The first day of a window, and the one after its last. */
const windowOf = ({ endDate, startDate }: Pick<OrderItem, "endDate" | "startDate">): Option.Option<string> =>
  Option.map(Option.all([day(startDate), day(endDate)]), ([from, to]) => `${from} to ${to}`)

/** The word about a payment; green if there was one. */
const payment = (word: Option.Option<string>): Cell => ({
  value: word,
  colour: Option.contains(word, "PAID") ? "green" : "yellow"
})

export const orderColumns: ReadonlyArray<Column<Order>> = [
  { head: "ID", of: (it) => it.id },
  { head: "PAYMENT", of: (it) => payment(it.status) },
  { head: "TOTAL", of: (it) => tokens(it.totalAmount) },
  { head: "ITEMS", of: (it) => String(it.items.length) },
  { head: "CREATED", minor: true, of: (it) => time(it.createdAt) },
  { head: "BY", cuts: true, minor: true, of: (it) => it.createdBy }
]

export const itemColumns: ReadonlyArray<Column<OrderItem>> = [
  { head: "ID", of: (it) => it.id },
  { head: "NAME", cuts: true, of: (it) => it.name },
  { head: "TYPE", of: (it) => it.type },
  { head: "STATUS", of: (it) => status(it) },
  { head: "WINDOW", minor: true, of: windowOf },
  { head: "SPENT", of: (it) => tokens(it.tokensUsed) },
  { head: "PAYMENT", minor: true, of: (it) => payment(it.paymentStatus) },
  { head: "ORDER", minor: true, of: (it) => it.orderId }
]

const taskColumns: ReadonlyArray<Column<OrderTask>> = [
  { head: "TASK", of: (it) => it.id },
  { head: "STATUS", of: (it) => status(it) },
  { head: "WINDOW", of: windowOf },
  { head: "STRIPS", minor: true, of: (it) => whole(it.numberOfStrips) },
  { head: "DELIVERY", minor: true, of: (it) => it.deliveryStatus },
  { head: "SPENT", of: (it) => tokens(it.tokensUsed) }
]

export const upliftColumns: ReadonlyArray<Column<Uplift>> = [
  { head: "UPLIFT", cuts: true, of: (it) => it.title },
  { head: "FOR", cuts: true, minor: true, of: (it) => it.subtitle },
  { head: "SHARE", of: (it) => Option.map(it.percentage, (share) => `${share > 0 ? "+" : ""}${share} %`) },
  { head: "AMOUNT", of: (it) => tokens(it.amount) }
]

const orderFields = details((it: Order) => [
  ["order", it.id],
  ["payment", payment(it.status)],
  ["total", tokens(it.totalAmount)],
  ["paid", time(it.paidAt)],
  ["transaction", it.transactionId],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const order = (it: Order, style: Style): string =>
  sections(orderFields(it, style), part(itemColumns, it.items, style))

const itemFields = details((it: OrderItem) => [
  ["item", it.id],
  ["order", it.orderId],
  ["name", it.name],
  ["type", it.type],
  ["project", it.projectId],
  ["status", status(it)],
  ["payment", payment(it.paymentStatus)],
  ["feasibility", it.feasibility],
  ["window", windowOf(it)],
  ["recurrence", it.recurrence],
  ["captures", whole(it.noOfOccurrences)],
  ["bandset", Option.flatMap(it.bandset, ({ bandsetId }) => bandsetId)],
  ["clouds", Option.map(it.cloudCover, (share) => `${share} % at most`)],
  ["off nadir", Option.map(it.offNadir, (angle) => `${angle}° at most`)],
  ["area", Option.map(it.squareKilometres, (area) => `${area} km²`)],
  ["images", it.images.flatMap(({ itemId }) => Option.toArray(itemId)).join(", ") || Option.none()],
  ["base price", tokens(it.baseAmount)],
  ["price", tokens(it.finalAmount)],
  ["spent", tokens(it.tokensUsed)],
  ["store", Option.flatMap(it.cloudDelivery, ({ storeId }) => storeId)],
  ["folder", Option.flatMap(it.cloudDelivery, ({ path }) => path)],
  [
    "errors",
    it.validationErrors
      .flatMap(Object.entries)
      .map(([field, texts]) => `${field}: ${texts.join(", ")}`)
      .join("; ") || Option.none()
  ],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const item = (it: OrderItem, style: Style): string =>
  sections(itemFields(it, style), part(upliftColumns, it.uplifts, style), part(taskColumns, it.tasks, style))

/** A line for each change of an item: its status, and the tasks by their status. */
export const itemChange = (it: OrderItem): string => {
  const words = it.tasks.map((task) => Option.getOrElse(task.status, () => "unknown"))
  const counts = [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`)
  return [
    it.id,
    Option.getOrElse(it.status, () => "status unknown"),
    ...(counts.length === 0 ? [] : [`tasks: ${counts.join(", ")}`])
  ]
    .map(plain)
    .join("  ")
}

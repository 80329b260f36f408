/** `pixxel orders`: quotes and submits orders, shows them, and follows their items. */
import * as Options from "@effect/cli/Options"
import { BandsetId, OrderId, OrderItemId, ProjectId, StoreId } from "@effect-pixxel/client/Ids"
import { OrdersApi } from "@effect-pixxel/client/orders/OrdersApi"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { stillCreating, stoppedQuote } from "../failure/stopped.js"
import { inForm } from "../failure/text.js"
import type { Thing } from "../failure/things.js"
import { origin } from "../Invocation.js"
import { Output } from "../Output.js"
import type { Given, Items } from "../orderItems.js"
import * as results from "../render/orders.js"
import { plainLines } from "../render/plain.js"
import { unstyled } from "../render/style.js"
import type { Common } from "./answer.js"
import { group, listing, savedAs, shown, using } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { confirm } from "./consent.js"
import { adopting, day, duration, file, flag, id, maybe, percent, spending, text, texts, whole } from "./options.js"

const calling = using(OrdersApi, OrdersApi.layer)

const item = positional(id("item", OrderItemId.make, "The item of an order."))

const one = shown(results.item)

/** The order to quote or to submit. */
export const ordering = {
  file: maybe(
    file("file", "All items as JSON, as OrdersApi.submit takes them; - for stdin. Or give one by the options below.")
  ),
  area: maybe(file("area", "The area: a GeoJSON file; - for stdin.")),
  projectId: maybe(id("project", ProjectId.make, "The project to bill.")),
  usecase: maybe(text("usecase", "TEXT", "The use of the images, such as agriculture.")),
  name: maybe(text("name", "NAME", "The name. Default: one with the mark of the request.")),
  start: maybe(day("from", "The first day (UTC). It begins at least 24 hours from now.")),
  end: maybe(day("to", "The day after the last one (UTC). A window of 6 days or less costs more.")),
  bandsetId: maybe(id("bandset", BandsetId.make, "The bands to capture.")),
  recurrence: maybe(
    Options.choice("recurrence", ["ONCE", "MONTHLY", "BIMONTHLY", "QUARTERLY"]).pipe(
      Options.withDescription("How often to capture. Default: ONCE.")
    )
  ),
  occurrences: maybe(whole("COUNT", 1, 999)("occurrences", "The number of captures, in place of --to.")),
  cloudCover: maybe(percent("clouds", "The highest accepted cloud cover. Default: 20.")),
  offNadir: maybe(whole("DEGREES", 0, 90)("off-nadir", "The highest accepted angle off nadir. Default: 20.")),
  itemIds: maybe(texts("item", "Images of the archive, in place of a capture: ids with commas between them.")),
  store: maybe(id("store", StoreId.make, "The store to deliver to. Default: no delivery.")),
  path: maybe(text("path", "PATH", "The folder in the store."))
}

const itemsOf = (given: Given) =>
  Effect.flatMap(
    Effect.promise(() => import("../orderItems.js")),
    (it) => it.itemsOf(given)
  )

const rendering = Effect.promise(() => import("../render/quote.js"))

/** An order that is not submitted yet. */
const orderOf = ([first]: Items): Thing => ({ _tag: "Order", ...(first && { projectId: first.projectId }) })

/** Quotes an order, and reads the captures of its bandsets. Ctrl-C awaits the answer, since a quote may place an order. */
const quoted = (items: Items, { form }: Common) =>
  Effect.gen(function* () {
    const api = yield* OrdersApi
    const { note } = yield* Output
    const invoked = yield* origin
    const order = orderOf(items)
    const isTasking = items.some(({ type }) => type === "tasking")
    const bandsets = isTasking ? yield* Effect.orElseSucceed(api.bandsets(), () => []) : []
    const stopped = stoppedQuote(order, invoked)
    const quote = yield* changes.reportingStop(
      api.quote({ items }),
      form === "text" ? note(stillCreating(order, invoked, "an order is being quoted")) : Effect.void,
      note(inForm(stopped, form))
    )
    return { items, quote, bandsets, at: yield* DateTime.now }
  })

const quote = calling(
  "orders quote --area field.geojson --project project-monsoon-2024 --usecase agriculture --from 2025-03-01 --to 2025-03-11 --bandset bandset-agriculture",
  "Quote an order: billed area, tier, uplifts, feasibility and total. Costs nothing.",
  ordering,
  (options) =>
    Effect.gen(function* () {
      const it = yield* quoted(yield* itemsOf(options), options)
      const { quotation, tierOf } = yield* rendering
      const tiers = it.items.map((item) => Option.getOrNull(tierOf(item, it.at)))
      return { json: () => ({ ...it.quote.toJSON(), tiers }), text: (style) => quotation(it, style) }
    })
)

const submit = calling(
  "orders submit --area field.geojson --project project-monsoon-2024 --usecase agriculture --from 2025-03-01 --to 2025-03-11 --bandset bandset-agriculture --max-cost 1000",
  "Submit an order. This costs money, and no command cancels an order: only support does, until 72 hours before the start.",
  {
    ...ordering,
    ...spending,
    adopt: adopting("marked", "Send no mark: if the answer of the order is lost, do not look for it."),
    evenIfInfeasible: flag(
      "even-if-infeasible",
      "With --max-cost: submit captures that the quote calls infeasible, too."
    )
  },
  ({ adopt, evenIfInfeasible, maxCost, ...options }, api) =>
    Effect.gen(function* () {
      const items = yield* itemsOf(options)
      const { costOf, quotation } = yield* rendering
      yield* confirm(
        { ...options, maxCost },
        {
          does: "costs money",
          question: Effect.map(quoted(items, options), (it) => ({
            cost: costOf(it.quote),
            text: [
              "This submits an order:",
              quotation(it, unstyled),
              "No command cancels an order: only support does, until 72 hours before the start.",
              "Submit it? [y/N]"
            ].join("\n")
          })),
          nothing: "Nothing was ordered.",
          limit: "--max-cost submits only orders whose quote does not exceed it."
        }
      )
      const order = yield* changes.naming(options, orderOf(items), (named) =>
        Effect.tap(api.submit({ items, adopt, maxCost, evenIfInfeasible, onOrphan: named }), named)
      )
      return shown(results.order)(order)
    })
)

const list = calling(
  "orders list",
  "List all orders. Their status is that of the payment: orders items shows the progress.",
  { userId: maybe(text("user", "USER", "Only orders of this user.")) },
  (options, api) => listing("orders", results.orderColumns)(api.listAll(options))
)

const get = calling(
  "orders get --order order-south-capture",
  "Show an order and its items.",
  { orderId: positional(id("order", OrderId.make, "The order.")) },
  (options, api) => Effect.map(api.get(options), shown(results.order))
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
  ({ orderId, projectId, ...filters }, api) => {
    const found = api.listAllItems({ ...filters, orderIds: orderId && [orderId], projectIds: projectId && [projectId] })
    return listing("items", results.itemColumns)(found)
  }
)

const show = calling(
  "orders item --item item-basin-monthly",
  "Show an item of an order, with its tasks and its price.",
  { orderItemId: item },
  (options, api) => Effect.map(api.getItem(options), one)
)

const waiting = {
  timeout: maybe(
    duration("timeout", "The total time to wait. Default: 7 days after the last day of the item; none for watch.")
  ),
  interval: maybe(duration("interval", "The mean time between two polls. Default: adaptive, from 1m to 15m."))
}

const ended = changes.ended("item", one)

const waited = (options: changes.Reported & OrdersApi.WaitInput) =>
  changes.following("item", results.itemChange)(
    options,
    { _tag: "OrderItem", orderItemId: options.orderItemId },
    (onChange) => Effect.flatMap(OrdersApi, (api) => api.waitForItem({ ...options, onChange }))
  )

const wait = calling(
  "orders wait --item item-south-capture",
  "Wait until an item of an order has ended.",
  { orderItemId: item, ...waiting },
  (options) => Effect.map(waited(options), ended),
  { takesMonths: true }
)

const watch = calling(
  "orders watch --item item-basin-monthly --interval 6h --jsonl",
  "Report every change of an item and its tasks until it has ended: that of its last capture, if it recurs.",
  { orderItemId: item, ...waiting },
  (options) => changes.watched(options, waited, ended),
  { takesMonths: true }
)

const report = calling(
  "orders report --time-zone Europe/Paris",
  "Download the report of all orders as CSV.",
  {
    timeZone: maybe(text("time-zone", "ZONE", "The time zone of its times, such as Europe/Paris.")),
    out: maybe(file("out", "Write the report to this file, and replace it. Default: stdout."))
  },
  ({ out, timeZone }, api) =>
    Effect.gen(function* () {
      const csv = yield* api.report({ timeZone })
      const { isTerminal } = (yield* Output).results
      if (out === undefined) {
        return { json: () => ({ report: csv }), text: () => (isTerminal ? plainLines(csv) : csv) }
      }
      return yield* savedAs(out, csv)
    })
)

export const orders = group("orders", "Quote and submit orders, and follow their items.", [
  quote,
  submit,
  list,
  get,
  items,
  show,
  wait,
  watch,
  report
])

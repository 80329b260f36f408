/**
 * Reads the bandsets and the orders of the workspace.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { all, checked, items, one, page, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The order operations of the API.
 *
 * @example
 * import { FileSystem } from "@effect/platform"
 * import { OrdersApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const save = Effect.gen(function* () {
 *   const orders = yield* OrdersApi
 *   const files = yield* FileSystem.FileSystem
 *   yield* files.writeFileString("orders.csv", yield* orders.report({ timeZone: "Europe/Paris" }))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class OrdersApi extends service<OrdersApi>()("OrdersApi", {
  /** Lists the bandsets that a tasking order may name, in one answer. */
  bandsets: items(endpoints.listBandsets),
  /**
   * Lists one page of orders. The length of a page without a `limit` is not documented. No filter selects a project, a
   * date or a status: look for an order by its items.
   */
  list: page(endpoints.listOrders),
  /** Streams the orders of all pages from `offset` on, each order once. Fetches pages of `limit`, 100 by default. */
  listAll: all(endpoints.listOrders),
  /** Reads an order with its items. Their tasks are those of `getItem`. */
  get: one(endpoints.getOrder),
  /**
   * Lists one page of order items. `createdAt` and `area` are ranges, whose syntax is not documented: the client sends
   * the texts unchanged. The lists of ids are sent with commas (inferred).
   */
  listItems: page(endpoints.listOrderItems),
  /** Streams the order items of all pages from `offset` on, each item once. */
  listAllItems: all(endpoints.listOrderItems),
  /** Reads an order item with its tasks and its validation errors. */
  getItem: one(endpoints.getOrderItem),
  /**
   * Downloads the report of all orders as the API sends it: CSV (documented), whose columns are not documented.
   * `timeZone` is the IANA name of the zone of its times, such as `Europe/Paris`; the zone without it is not
   * documented. The report grows with the workspace: above `maxResponseBytes` the call fails with
   * `PixxelDecodeError`.
   */
  report: checked(endpoints.downloadOrderReport, ({ timeZone }) =>
    timeZone === undefined || Option.isSome(DateTime.zoneMakeNamed(timeZone))
      ? []
      : [{ path: "timeZone", found: JSON.stringify(timeZone), expected: "an IANA time zone such as Europe/Paris" }]
  )
}) {}

/**
 * Reads the report of the workspace's orders.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { checked, service } from "../internal/service.js"
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

/**
 * Reads the report of the workspace's orders.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { HttpError } from "../HttpError.js"
import type { PixxelInvalidInput } from "../InputError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as internal from "./internal/ordersApi.js"

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
export class OrdersApi extends Context.Tag("@effect-pixxel/client/OrdersApi")<OrdersApi, OrdersApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<OrdersApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * The types of `OrdersApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace OrdersApi {
  /** The order operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /**
     * Downloads the report of all orders as the API sends it: CSV (documented), whose columns are not documented.
     * `timeZone` is the IANA name of the zone of its times, such as `Europe/Paris`; the zone without it is not
     * documented. The report grows with the workspace: above `maxResponseBytes` the call fails with
     * `PixxelDecodeError`.
     */
    readonly report: (input?: {
      readonly timeZone?: string | undefined
    }) => Effect.Effect<string, HttpError | PixxelInvalidInput>
  }
}

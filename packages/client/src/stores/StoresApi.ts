/**
 * Lists, creates and deletes stores, the buckets to which the API delivers.
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"
import { items, one, service } from "../internal/service.js"
import { create } from "./internal/create.js"
import * as endpoints from "./internal/endpoints.js"
import type { storeSecrets } from "./Store.js"

/**
 * The store operations of the API.
 *
 * @example
 * import { StoresApi } from "@effect-pixxel/client"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const stores = yield* StoresApi
 *   const secrets = yield* Config.all({
 *     accessKeyId: Config.redacted("AWS_ACCESS_KEY_ID"),
 *     secretAccessKey: Config.redacted("AWS_SECRET_ACCESS_KEY")
 *   })
 *   return yield* stores.create({ name: "results", type: "S3", bucket: "crop-results", region: "ap-south-1", secrets })
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class StoresApi extends service<StoresApi>()("StoresApi", {
  /** Lists all stores of the workspace. */
  list: items(endpoints.listStores),
  /**
   * Creates a store. Fails with `PixxelConflict` if the name exists. Lists the stores first: after a lost answer, the
   * client looks for a new store with this name and content, and sends a second time only if there is none. A store
   * that existed before is never taken for the new one. Whether the API tests the bucket is not documented: a wrong
   * secret may show only as a failed delivery.
   */
  create,
  /**
   * Deletes a store, and not its bucket. `PixxelConflict` means that it is in use (inferred). If an answer is lost, the
   * client repeats the call, and a store that no longer exists counts as deleted.
   */
  delete: one(endpoints.deleteStore)
}) {}

/**
 * The types of `StoresApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace StoresApi {
  /** The kind of a cloud. */
  export type Type = keyof typeof storeSecrets

  /**
   * A store to create. Its name must be unique (documented). `secrets` are those of its `type` (see `storeSecrets`); an
   * error, a log or a span has none of them.
   */
  export type CreateInput = {
    readonly [T in Type]: {
      readonly type: T
      readonly name: string
      readonly bucket: string
      readonly region: string
      /** The folder in the bucket. Default: none. */
      readonly pathPrefix?: string | undefined
      readonly labels?: Readonly<Record<string, string>> | undefined
      readonly secrets: { readonly [Name in keyof (typeof storeSecrets)[T]]: Redacted.Redacted }
    }
  }[Type]

  /** The store operations. Their errors are documented in `PixxelError`. */
  export type Service = typeof StoresApi.Service
}

/**
 * Finds the images that were ordered, delivers them to stores, and downloads them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Download from "../Download.js"
import type { CatalogId, DeliveryId, OrderId, OrderItemId, StoreId, TaskId } from "../Ids.js"
import { items, one, service } from "../internal/service.js"
import type { StacItemId } from "../StacItem.js"
import type * as StacSearch from "../StacSearch.js"
import type * as Waiter from "../Waiter.js"
import type { CatalogDownloadId } from "./CatalogDownload.js"
import type { DeliveryWaitError } from "./CatalogError.js"
import type { Delivery } from "./Delivery.js"
import * as internal from "./internal/catalogApi.js"
import * as endpoints from "./internal/endpoints.js"
import { packageOf } from "./internal/source.js"
import type { CatalogEntriesSubject, OrderItemsSubject } from "./Subject.js"

/**
 * The operations of the catalog. `CatalogApi.source` gives the files of entries to `Download.toFile`, which requests a
 * download, waits until it has succeeded, and requests another when its URL is refused.
 *
 * @example
 * import { CatalogApi, OrderItemId, StoreId } from "@effect-pixxel/client"
 * import * as Chunk from "effect/Chunk"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function* () {
 *   const catalog = yield* CatalogApi
 *   const orderItemIds = [OrderItemId.make("item-1")]
 *   const entries = yield* Stream.runCollect(catalog.searchAll({ orderItemIds }))
 *   const catalogIds = Chunk.toReadonlyArray(entries).map(({ id }) => id)
 *   const deliveries = yield* catalog.deliver({
 *     deliveries: [{ catalogIds, store: StoreId.make("store-1"), path: "fields/" }]
 *   })
 *   return yield* Effect.forEach(deliveries, ({ id }) => catalog.waitForDelivery({ deliveryId: id }))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class CatalogApi extends service<CatalogApi>()(
  "CatalogApi",
  Effect.map(internal.make, ({ deliver, waits }) => ({
    /**
     * Searches entries, and answers one page of them: 50 without a `limit`, which the client always sends, because the
     * default of the API is 2 (documented). A box across the antimeridian is treated as by `ArchivesApi.search`.
     */
    search: internal.search,
    /**
     * Streams all entries of a search from `offset` on, each once, in pages of `limit`: by default 50. A box across the
     * antimeridian is treated as by `ArchivesApi.searchAll`.
     */
    searchAll: internal.searchAll,
    /** Reads an entry. */
    get: internal.get,
    /**
     * Delivers entries to stores: one delivery for each entry. The client sends the request once, since a repeat would
     * copy the files again.
     *
     * Lists the deliveries of these ids first. After a lost answer it looks for new ones with these entries, stores and
     * paths, for 30 seconds: if they are exactly those of the request, they are its result. Otherwise the error is
     * `CreateOutcomeUnknown`, whose `candidates` are the new ones. A 409 is `DeliveryUnderWay`, if some are. After
     * sending, an interruption waits for the outcome, and logs it.
     */
    deliver: () => deliver,
    /** Lists deliveries, all of the workspace without a filter (documented). */
    deliveries: items(endpoints.listDeliveries),
    /** Waits until a delivery has ended. Its failure is `DeliveryFailed`. */
    waitForDelivery:
      () =>
      (input: CatalogApi.WaitInput): Effect.Effect<Delivery, DeliveryWaitError> =>
        waits.wait(input),
    /**
     * Requests a download of entries. A repeat after a lost answer requests another one, which costs nothing (inferred: no
     * page names a price).
     */
    requestDownload: internal.requestDownload,
    /** Reads the state of a requested download. */
    getDownload: one(endpoints.getDownload)
  }))
) {
  /** The package of entries, for `Download`. Its format is not documented; probably it is a ZIP (inferred). */
  static readonly source: (
    contents: CatalogApi.Contents
  ) => Download.Source<CatalogEntriesSubject | OrderItemsSubject> = packageOf
}

/**
 * The types of `CatalogApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace CatalogApi {
  /** The filters of a search. `ids` are those of entries, `itemIds` those of their images. */
  export interface Filters extends StacSearch.Filters {
    readonly ids?: ReadonlyArray<CatalogId> | undefined
    readonly itemIds?: ReadonlyArray<StacItemId> | undefined
    readonly orderIds?: ReadonlyArray<OrderId> | undefined
    readonly orderItemIds?: ReadonlyArray<OrderItemId> | undefined
  }

  /** The entries to search for: all of them without a filter. */
  export type SearchInput = Filters & StacSearch.Place

  /** Entries by their ids, or all entries of order items: at least one id. */
  export type Contents =
    | { readonly catalogIds: ReadonlyArray<CatalogId>; readonly orderItemIds?: undefined }
    | { readonly catalogIds?: undefined; readonly orderItemIds: ReadonlyArray<OrderItemId> }

  /** Entries to deliver to a store. `path` is a folder, below that of the store. */
  export type DeliveryInput = Contents & { readonly store: StoreId; readonly path?: string | undefined }

  /** The deliveries to create: at least one. */
  export interface DeliverInput {
    readonly deliveries: ReadonlyArray<DeliveryInput>
  }

  /** The filters of a list of deliveries. */
  export interface DeliveriesInput {
    readonly deliveryId?: DeliveryId | undefined
    readonly catalogId?: CatalogId | undefined
    readonly taskId?: TaskId | undefined
    readonly orderItemId?: OrderItemId | undefined
  }

  /** A delivery, by its id. */
  export interface DeliveryRef {
    readonly deliveryId: DeliveryId
  }

  /** The delivery to wait for, and the options of the wait. Default deadline: 24 hours. */
  export interface WaitInput extends DeliveryRef, Omit<Waiter.WaitOptions<Delivery>, "coalesce"> {}

  /** A requested download, by its id. */
  export interface DownloadRef {
    readonly catalogDownloadId: CatalogDownloadId
  }
}

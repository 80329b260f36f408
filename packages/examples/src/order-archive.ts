/** From the archive to files: a search, one order that is paid, and its images in one's own bucket or on the disk. */
import {
  ArchivesApi,
  CatalogApi,
  type CollectionId,
  Download,
  type Geometry,
  OrdersApi,
  type ProjectId,
  type StoreId
} from "@effect-pixxel/client"
import type { DateTime } from "effect"
import { Chunk, Effect, Stream } from "effect"

/** The images to order. */
export interface Wanted {
  readonly projectId: ProjectId
  readonly geometry: Geometry.Input
  readonly usecase: string
  readonly collection: CollectionId
  readonly from: DateTime.DateTime
  /** The highest accepted cloud cover, in percent. */
  readonly clouds: number
  /** The most tokens that it may cost. */
  readonly maxCost: number
}

/** Orders all images of an area, and waits until they are in the catalog. */
export const orderImages = ({ clouds, collection, from, geometry, maxCost, projectId, usecase }: Wanted) =>
  Effect.gen(function* () {
    const archives = yield* ArchivesApi
    const orders = yield* OrdersApi
    const catalog = yield* CatalogApi

    const images = yield* Stream.runCollect(
      archives.searchAll({
        collections: [collection],
        intersects: geometry,
        datetime: { start: from },
        query: { "eo:cloud_cover": { lt: clouds } },
        sortBy: [{ field: "datetime", direction: "desc" }]
      })
    )
    const itemIds = Chunk.toReadonlyArray(images).map(({ id }) => id)

    const { items } = yield* orders.submit({
      items: [{ type: "archive", projectId, geometry, usecase, itemIds }],
      maxCost
    })
    const ended = yield* Effect.forEach(items, ({ id }) => orders.waitForItem({ orderItemId: id }))
    if (ended.some(({ isPartial }) => isPartial)) yield* Effect.logWarning("Some images are missing.")

    const entries = yield* Stream.runCollect(catalog.searchAll({ orderItemIds: items.map(({ id }) => id) }))
    return { items: ended, catalogIds: Chunk.toReadonlyArray(entries).map(({ id }) => id) }
  })

/** Delivers entries of the catalog to a store, and waits for all deliveries. */
export const deliverTo = (store: StoreId, { catalogIds }: Effect.Effect.Success<ReturnType<typeof orderImages>>) =>
  Effect.gen(function* () {
    const catalog = yield* CatalogApi
    const deliveries = yield* catalog.deliver({ deliveries: [{ catalogIds, store, path: "archive/" }] })
    return yield* Effect.forEach(deliveries, ({ id }) => catalog.waitForDelivery({ deliveryId: id }), {
      concurrency: "unbounded"
    })
  })

/** Saves entries of the catalog to a file. */
export const saveTo = (path: string, { catalogIds }: Effect.Effect.Success<ReturnType<typeof orderImages>>) =>
  Download.toFile({ source: CatalogApi.source({ catalogIds }), path })

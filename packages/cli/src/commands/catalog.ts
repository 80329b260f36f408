/** `pixxel catalog`: finds the images that were ordered, delivers them to stores, and downloads them. */
import type * as Command from "@effect/cli/Command"
import { CatalogApi } from "@effect-pixxel/client/catalog/CatalogApi"
import type { CatalogEntry } from "@effect-pixxel/client/catalog/CatalogEntry"
import { CatalogId, DeliveryId, OrderId, OrderItemId, StoreId, TaskId } from "@effect-pixxel/client/Ids"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Stream from "effect/Stream"
import { UsageError } from "../failure/errors.js"
import { Output } from "../Output.js"
import * as results from "../render/catalog.js"
import { group, listed, using } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { answered, out, placeOf, printUrl, saving } from "./downloading.js"
import { newestFirst } from "./images.js"
import { view, viewed, viewedAlone } from "./mapping.js"
import { flag, id, ids, maybe, text, waiting } from "./options.js"
import { first, searching, searchOf } from "./stac.js"

const calling = using(CatalogApi, CatalogApi.layer)

/** Entries without an image come last. */
const newestEntryFirst = Order.mapInput(
  Order.reverse(Option.getOrder(Order.reverse(newestFirst))),
  ({ image }: CatalogEntry) => image
)

const entries = {
  things: "entries",
  columns: results.entryColumns,
  geometryOf: ({ image }: CatalogEntry) => Option.flatMap(image, ({ geometry }) => geometry),
  feature: results.entryFeature
}

const search = calling(
  "catalog search --order-item item-north-archive --map",
  "Search the images that were ordered, the newest first.",
  {
    orderIds: maybe(ids("order", OrderId.make, "Only images of these orders, with commas between their ids.")),
    orderItemIds: maybe(
      ids("order-item", OrderItemId.make, "Only images of these order items, with commas between their ids.")
    ),
    ...searching
  },
  ({ limit, orderIds, orderItemIds, view, ...given }, { searchAll }) =>
    Effect.gen(function* () {
      const { area, search } = yield* searchOf(given, "SearchCatalogs")
      const found = searchAll({ ...search, orderIds, orderItemIds })
      const sorted = Chunk.sort(yield* Stream.runCollect(first(limit)(found)), newestEntryFirst)
      return yield* viewed(view, entries, area)(sorted)
    })
)

const catalogId = positional(id("catalog", CatalogId.make, "The entry of the catalog."))

const get = calling(
  "catalog get --catalog item-north-archive-task-1-image-1",
  "Show an entry.",
  { catalogId, view },
  ({ view, ...ref }, api) => Effect.flatMap(api.get(ref), viewedAlone(view, entries, results.entry))
)

/** The entries of a delivery or a download. */
const chosen = {
  catalogIds: maybe(ids("catalog", CatalogId.make, "The entries, with commas between their ids.")),
  orderItemIds: maybe(
    ids("order-item", OrderItemId.make, "All entries of these order items, with commas between their ids.")
  )
}

const contentsOf = ({ catalogIds, orderItemIds }: Command.Command.ParseConfig<typeof chosen>) =>
  Effect.gen(function* () {
    if (catalogIds !== undefined && orderItemIds === undefined) return { catalogIds }
    if (orderItemIds !== undefined && catalogIds === undefined) return { orderItemIds }
    return yield* new UsageError({ message: "Give either --catalog IDS or --order-item IDS." })
  })

const deliver = calling(
  "catalog deliver --catalog item-north-archive-task-1-image-1 --store store-results --path fields --wait",
  "Deliver entries to a store, each as a file.",
  {
    ...chosen,
    store: id("store", StoreId.make, "The store."),
    path: maybe(text("path", "FOLDER", "The folder, below that of the store.")),
    wait: flag("wait", "Wait until all of them have ended."),
    ...waiting
  },
  ({ path, store, wait, ...options }, api) =>
    Effect.gen(function* () {
      const contents = yield* contentsOf(options)
      const onChange = changes.reporting("delivery", results.deliveryChange)(options, yield* Output)
      const all = yield* changes.naming(options, { _tag: "Delivery" }, (named) =>
        Effect.gen(function* () {
          const made = yield* api.deliver({ deliveries: [{ ...contents, store, path }] })
          yield* named(...made)
          if (!wait) return made
          return yield* Effect.forEach(
            made,
            ({ id }) => api.waitForDelivery({ ...options, deliveryId: id, onChange }),
            { concurrency: "unbounded" }
          )
        })
      )
      return listed("deliveries", results.deliveryColumns)(all)
    })
)

const deliveries = calling(
  "catalog deliveries --order-item item-north-archive",
  "List deliveries.",
  {
    deliveryId: maybe(id("delivery", DeliveryId.make, "Only the delivery with this id.")),
    catalogId: maybe(id("catalog", CatalogId.make, "Only deliveries of this entry.")),
    taskId: maybe(id("task", TaskId.make, "Only deliveries of this task of an order item.")),
    orderItemId: maybe(id("order-item", OrderItemId.make, "Only deliveries of this order item."))
  },
  (options, api) => Effect.map(api.deliveries(options), listed("deliveries", results.deliveryColumns))
)

const download = calling(
  "catalog download --catalog item-north-archive-task-1-image-1 --out field.zip",
  "Download entries. Resumes an earlier download.",
  { ...chosen, out, printUrl, ...saving, ...waiting },
  ({ catalogIds, orderItemIds, ...options }) =>
    Effect.gen(function* () {
      const contents = yield* contentsOf({ catalogIds, orderItemIds })
      const { name, out } = placeOf(options.out, ...(catalogIds ?? orderItemIds ?? []))
      return yield* answered({ source: CatalogApi.source(contents), name }, { ...options, out })
    })
)

export const catalog = group("catalog", "Find the images that were ordered, deliver and download them.", [
  search,
  get,
  deliver,
  deliveries,
  download
])

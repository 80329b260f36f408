/** `pixxel archive`: collections of archived images, and searches in them. */
import { ArchivesApi } from "@effect-pixxel/client/archives/ArchivesApi"
import type { Collection } from "@effect-pixxel/client/archives/Collection"
import { CollectionId } from "@effect-pixxel/client/Ids"
import { StacItemId } from "@effect-pixxel/client/StacItem"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as results from "../render/results.js"
import type { Column } from "../render/table.js"
import { group, listed, shown, using } from "./calling.js"
import { positional } from "./command.js"
import { images, newestFirst } from "./images.js"
import { view, viewed, viewedAlone, viewing } from "./mapping.js"
import { count, id, ids, maybe } from "./options.js"
import { first, searching, searchOf } from "./stac.js"

const calling = using(ArchivesApi, ArchivesApi.layer)

const columns: ReadonlyArray<Column<Collection>> = [
  { head: "ID", of: (it) => it.id },
  { head: "TITLE", cuts: true, of: (it) => it.title },
  { head: "IMAGES", of: results.intervalOf },
  { head: "LICENSE", cuts: true, minor: true, of: (it) => it.license }
]

const collectionId = positional(id("collection", CollectionId.make, "The collection."))

const collections = calling(
  "archive collections",
  "List the collections.",
  { ids: maybe(ids("ids", CollectionId.make, "Only these collections, with commas between their ids.")) },
  (options, api) => Effect.map(api.collections(options), listed("collections", columns))
)

const collection = calling(
  "archive collection --collection pixxel-td-l2a",
  "Show a collection.",
  { collectionId },
  (options, api) => Effect.map(api.collection(options), shown(results.collection))
)

const items = calling(
  "archive items --collection pixxel-td-l2a --limit 3",
  "List the images of a collection.",
  { collectionId, limit: maybe(count("limit", "At most this number of images. Default: all.")), view },
  ({ collectionId, limit, view }, api) => viewing(view, images)(first(limit)(api.allItems({ collectionId })))
)

const item = calling(
  "archive item --collection pixxel-td-l2a --item TD2_000650_20230404_L2A_20240405_01001067",
  "Show an image.",
  { collectionId, stacItemId: positional(id("item", StacItemId.make, "The image.")), view },
  ({ view, ...ref }, api) => Effect.flatMap(api.item(ref), viewedAlone(view, images, results.image))
)

const search = calling(
  "archive search --collections pixxel-td-l2a --bbox 77,12,80,22 --from 2023-04-01 --clouds 30 --map",
  "Search images, the newest first.",
  searching,
  ({ limit, view, ...given }, { searchAll }) =>
    Effect.gen(function* () {
      const { area, search } = yield* searchOf(given, "SearchItemInArchive")
      const found = yield* Stream.runCollect(first(limit)(searchAll(search)))
      return yield* viewed(view, images, area)(Chunk.sort(found, newestFirst))
    })
)

export const archive = group("archive", "Search the archive, whose images can be ordered.", [
  collections,
  collection,
  items,
  item,
  search
])

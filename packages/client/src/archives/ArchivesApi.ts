/**
 * Searches the archive of images, which can be ordered.
 *
 * @since 0.1.0
 */
import { all, items, one, page, service } from "../internal/service.js"
import { searches } from "../internal/stacSearch.js"
import type { StacItemId } from "../StacItem.js"
import type * as StacSearch from "../StacSearch.js"
import { ArchivePage } from "./ArchivePage.js"
import * as endpoints from "./internal/endpoints.js"

const { search, searchAll } = searches({
  row: endpoints.searchItems,
  idsOf: ({ ids }: ArchivesApi.Filters) => ({ ids }),
  limit: 10,
  propertiesOf: (item) => item,
  pageOf: (items) => new ArchivePage({ items })
})

/**
 * The operations of the archive, by STAC.
 *
 * @example
 * import { ArchivesApi, CollectionId } from "@effect-pixxel/client"
 * import * as DateTime from "effect/DateTime"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function* () {
 *   const archives = yield* ArchivesApi
 *   const images = archives.searchAll({
 *     collections: [CollectionId.make("pixxel-td-l2a")],
 *     datetime: { start: DateTime.unsafeMake("2023-04-01") },
 *     bbox: [77.2, 12.6, 78, 13.4],
 *     query: { "eo:cloud_cover": { lt: 10 } },
 *     sortBy: [{ field: "datetime", direction: "desc" }]
 *   })
 *   return yield* Stream.runCollect(Stream.map(images, ({ id }) => id))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class ArchivesApi extends service<ArchivesApi>()("ArchivesApi", {
  /** Lists the collections, all at once (documented). Several `ids` are sent with commas between them (inferred). */
  collections: items(endpoints.listCollections),
  /** Reads a collection. */
  collection: one(endpoints.getCollection),
  /** Lists one page of the images of a collection. Its default limit is not documented. */
  items: page(endpoints.listItems),
  /**
   * Streams the images of a collection from `offset` on, each once, in pages of `limit`: by default 100. A list has no
   * total, so the stream ends at a page that is shorter than its limit, empty or repeated. A link `next` continues it.
   */
  allItems: all(endpoints.listItems),
  /** Reads an image. */
  item: one(endpoints.getItem),
  /**
   * Searches images, and answers one page of them: 10 without a `limit` (documented). A repeat is safe.
   *
   * A box across the antimeridian is two searches. The page is that part of their images in the order of `searchAll`, and
   * has no links. A server may answer a search without a result with `PixxelNotFound` (inferred from its description).
   */
  search,
  /**
   * Streams all images of a search from `offset` on, each once, in pages of `limit`: by default 100. Ends like `allItems`.
   *
   * A box across the antimeridian is two searches, merged by the ids of the images. Without `sortBy`, those from the west
   * of the box to 180 degrees come first, then the others, both in the server's order. With `sortBy`, both searches are
   * merged by the values of these properties, numbers as numbers and others as texts; images without one come last.
   */
  searchAll
}) {}

/**
 * The types of `ArchivesApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace ArchivesApi {
  /** The filters of a search. */
  export interface Filters extends StacSearch.Filters {
    readonly ids?: ReadonlyArray<StacItemId> | undefined
  }

  /** The images to search for: all of them without a filter. */
  export type SearchInput = Filters & StacSearch.Place
}

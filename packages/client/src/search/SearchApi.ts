/**
 * Searches images of satellites.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Geometry from "../Geometry.js"
import type { HttpError } from "../HttpError.js"
import type { CollectionId, SatelliteId } from "../Ids.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { items, service } from "../internal/service.js"
import type { StacItem } from "../StacItem.js"
import type { ImageSearch } from "./ImageSearch.js"
import * as endpoints from "./internal/endpoints.js"
import * as internal from "./internal/images.js"
import type { SearchError } from "./SearchError.js"

/**
 * The search operations of the API.
 *
 * @example
 * import { SearchApi } from "@effect-pixxel/client"
 * import * as DateTime from "effect/DateTime"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function* () {
 *   const search = yield* SearchApi
 *   const satellites = yield* search.satellites()
 *   const images = search.imagesAll({
 *     start: DateTime.unsafeMake("2025-06-01"),
 *     end: DateTime.unsafeMake("2025-07-01"),
 *     satellites: satellites.flatMap(({ sources }) => sources),
 *     geometry: { type: "Polygon", coordinates: [[[79, 21], [79.1, 21], [79.1, 21.1], [79, 21]]] },
 *     filters: { "eo:cloud_cover": { min: 0, max: 20 } }
 *   })
 *   return yield* Stream.runCollect(images)
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class SearchApi extends service<SearchApi>()(
  "SearchApi",
  Effect.map(internal.warnings, (warned) => ({
    /** Lists all satellites: the list has no pages (documented). */
    satellites: items(endpoints.listSatellites),
    /**
     * Searches images once, and answers at most `limit` of them: `isComplete` says whether these are all. A repeat is
     * safe.
     */
    images: internal.images(warned),
    /**
     * Streams all images of a search, each once, in no order. The documentation promises tokens of pages that none of its
     * forms has, so the client divides the time: while an answer has fewer images than its total, it searches both halves
     * of the range. It sends a token if an answer has one. `limit` is that of one request, by default 1000.
     *
     * Fails with `SearchLimitExceeded`, after the images that were received, if those of one millisecond exceed the limit.
     */
    imagesAll: internal.imagesAll(warned)
  }))
) {}

/**
 * The types of `SearchApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace SearchApi {
  /** A collection of a satellite. `Satellite.sources` has those of a listed one. */
  export interface Source {
    readonly satelliteId: SatelliteId
    readonly collectionId: CollectionId
    /** The names that its filters may use. If they are given, a search logs a warning for each other filter, once. */
    readonly queryables?: ReadonlyArray<string> | undefined
  }

  /** The smallest and the largest value of a property: whole numbers (documented). */
  export interface Bounds {
    readonly min: number
    readonly max: number
  }

  /** The images to search for. */
  export interface SearchInput {
    /** The beginning of the time range, before its end. */
    readonly start: DateTime.DateTime
    readonly end: DateTime.DateTime
    /** The collections to search, at least one. */
    readonly satellites: ReadonlyArray<Source>
    /** The area: one polygon, so that an AOI can have it, checked as by `Geometry.parse`. */
    readonly geometry: Geometry.Input
    /**
     * Ranges of properties, by names that are `queryables` of the collections, such as `eo:cloud_cover`. Whether a server
     * refuses or ignores other names is not documented, so the client sends them.
     */
    readonly filters?: Readonly<Record<string, Bounds>> | undefined
    /** The largest number of images of one answer, from 1 to 10000. The default of the server is not documented. */
    readonly limit?: number | undefined
    /** The token of an earlier answer, if it had one. */
    readonly nextToken?: string | undefined
  }

  /** The type of `images`. */
  export type Images = (input: SearchInput) => Effect.Effect<ImageSearch, HttpError | PixxelInvalidInput>

  /** The type of `imagesAll`. */
  export type ImagesAll = (input: Omit<SearchInput, "nextToken">) => Stream.Stream<StacItem, SearchError>
}

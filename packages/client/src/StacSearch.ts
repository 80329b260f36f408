/**
 * Searches of images by STAC: the filters that the archive and the catalog have in common.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import type { Feature, FeatureCollection, Geometry } from "geojson"
import type { CollectionId } from "./Ids.js"

/**
 * A range of times, which includes its ends. One end may be missing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Interval {
  readonly start?: DateTime.DateTime | undefined
  readonly end?: DateTime.DateTime | undefined
}

/**
 * West, south, east and north, in degrees. A west that is greater than the east makes a box across the antimeridian, as in
 * `[160.6, -55.95, -170, -25.89]`: the client searches both of its sides.
 *
 * @since 0.1.0
 * @category models
 */
export type Box = readonly [west: number, south: number, east: number, north: number]

/**
 * Any geometry, bare, in a feature, or in a collection of one feature. Areas are checked as by `Geometry.parse`, but may
 * be a `MultiPolygon`.
 *
 * @since 0.1.0
 * @category models
 */
export type Shape = Geometry | Feature<Geometry, unknown> | FeatureCollection<Geometry, unknown>

/**
 * Where the images are: in a box, or on a geometry, or anywhere.
 *
 * @since 0.1.0
 * @category models
 */
export type Place =
  | { readonly bbox?: Box | undefined; readonly intersects?: undefined }
  | { readonly bbox?: undefined; readonly intersects?: Shape | undefined }

/**
 * The tests of a property, all of which hold. `eq`, `gt` and `lt` are documented, `eq` also with a list; `neq`, `gte`,
 * `lte` and `in` are those of the query extension of STAC (inferred). Other operators are sent as they are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Comparison {
  readonly eq?: string | number | boolean | ReadonlyArray<string | number> | undefined
  readonly neq?: string | number | boolean | undefined
  readonly gt?: string | number | undefined
  readonly gte?: string | number | undefined
  readonly lt?: string | number | undefined
  readonly lte?: string | number | undefined
  readonly in?: ReadonlyArray<string | number> | undefined
  readonly [operator: string]: unknown
}

/**
 * An order by a property of the images, such as `datetime` or `eo:cloud_cover`. Default: ascending.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sort {
  readonly field: string
  readonly direction?: "asc" | "desc" | undefined
}

/**
 * The filters of a search. All of them hold.
 *
 * @since 0.1.0
 * @category models
 */
export interface Filters {
  readonly collections?: ReadonlyArray<CollectionId> | undefined
  /** The time of the images. */
  readonly datetime?: Interval | undefined
  /**
   * Tests of properties by their names, such as `{ "eo:cloud_cover": { lt: 10 } }`. The documentation has the names
   * `cloudcover` and `bands`, the items have `eo:cloud_cover`: which names a server knows is not documented.
   */
  readonly query?: Readonly<Record<string, Comparison>> | undefined
  /** The order of the images, by the first property, then by the next. */
  readonly sortBy?: ReadonlyArray<Sort> | undefined
  /** The number of images to skip. */
  readonly offset?: number | undefined
  /** The largest number of images of one answer. */
  readonly limit?: number | undefined
}

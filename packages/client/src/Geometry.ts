/**
 * Areas in GeoJSON, by the types of `@types/geojson`: a polygon, or a feature with one. All positions are longitude and
 * latitude, in degrees.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson"
import type { Difference } from "./InputError.js"
import * as internal from "./internal/geometry.js"

/**
 * An area as files and maps have it: bare, in a feature, or in a collection of one feature.
 *
 * AOIs and searches take a `Polygon`. The reference demands one for AOIs, although the older guide to AOIs allows a
 * `MultiPolygon`, and shows no other area for searches (documented). The inputs of blocks take both.
 *
 * @since 0.1.0
 * @category models
 */
export type Input<G extends Polygon | MultiPolygon = Polygon> = G | Feature<G, unknown> | FeatureCollection<G, unknown>

export type {
  /**
   * A difference between a value and an area.
   *
   * @since 0.1.0
   * @category models
   */
  Difference
} from "./InputError.js"

/**
 * The polygon of some JSON, or its first problem. Operations check their areas in the same way before they send them.
 *
 * A `MultiPolygon` of one polygon, as programs for maps export it, is that polygon. One of several is refused: call the
 * operation for each part.
 *
 * An area has closed rings of four or more finite positions within the ranges of longitude and latitude, and an area of
 * at least 1 m². Its rings do not meet themselves or cross one another, its holes are inside, and it does not cross the
 * antimeridian: split it there. A ring may have either orientation. The rings of a polygon of more than 5,000 corners
 * are not compared, nor the parts of a `MultiPolygon`. The result has the positions as they are, and no other member of the
 * input, such as `bbox` or `crs`: the API documents none.
 *
 * @example
 * import { Geometry } from "@effect-pixxel/client"
 * import * as Either from "effect/Either"
 *
 * const found = Geometry.parse(JSON.parse('{ "type": "Point", "coordinates": [77.5, 12.9] }'))
 *
 * assert.deepStrictEqual(
 *   found,
 *   Either.left({ path: "geometry", found: '"Point"', expected: "a Polygon, or one Feature of it," })
 * )
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (json: unknown): Either.Either<Polygon, Difference> => {
  const found = internal.areaIn(["Polygon"], json, "geometry")
  return internal.isDifference(found) ? Either.left(found) : Either.right(found)
}

/**
 * The area in square metres, on a sphere of the surface of WGS 84.
 *
 * @since 0.1.0
 * @category measures
 */
export const area: (geometry: Polygon | MultiPolygon) => number = internal.area

/**
 * Lists and creates indices, the formulas from bands to images.
 *
 * @since 0.1.0
 */
import type { SatelliteId } from "../Ids.js"
import { all, page, service } from "../internal/service.js"
import { create } from "./internal/create.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The index operations of the API.
 *
 * @example
 * import { IndicesApi, SatelliteId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function* () {
 *   const indices = yield* IndicesApi
 *   const satelliteId = SatelliteId.make("sat-firefly-1")
 *   yield* indices.create({
 *     name: "Canopy water",
 *     description: "Water in leaves.",
 *     satelliteId,
 *     expression: "(B7 - B9) / (B7 + B9)",
 *     expressionType: "index",
 *     colormap: "viridis",
 *     rescale: [-1, 1]
 *   })
 *   return yield* Stream.runCollect(indices.listAll({ satelliteId, type: "preset" }))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class IndicesApi extends service<IndicesApi>()("IndicesApi", {
  /** Lists one page of the indices of the workspace: 10 without a `limit` (documented). */
  list: page(endpoints.listIndices),
  /** Streams the indices of all pages from `offset` on, each index once. Fetches pages of `limit` on demand. */
  listAll: all(endpoints.listIndices),
  /**
   * Creates a custom index. Fails with `PixxelConflict` if an index has the name (inferred). Lists the custom indices
   * first: after a lost answer, the client looks for a new one with this name and content, and sends a second time only
   * if there is none. An index that existed before is never taken for the new one. No page names a price.
   *
   * Checks the texts, the parentheses of the expression and the range before it sends. The server knows the bands of the
   * satellite.
   */
  create
}) {}

/**
 * The types of `IndicesApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace IndicesApi {
  /** An index to create. No text may be empty. */
  export interface CreateInput {
    /** The name, which no other index has (inferred from the documented 409). */
    readonly name: string
    readonly description: string
    /** The satellite of the bands. */
    readonly satelliteId: SatelliteId
    /** The formula over its bands, such as `(B8 - B4) / (B8 + B4)`. */
    readonly expression: string
    /** The kind of image: `index`, `composite`, `grayscale` or another. */
    readonly expressionType: string
    /** The name of the colours, such as `viridis`. */
    readonly colormap: string
    /**
     * The values of the first and the last colour; the first is less. The API documents whole numbers: a server that
     * follows its description refuses fractions.
     */
    readonly rescale: readonly [number, number]
  }
}

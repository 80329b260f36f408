/**
 * Lists indices, the formulas from bands to images.
 *
 * @since 0.1.0
 */
import { all, page, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The index operations of the API.
 *
 * @example
 * import { IndicesApi, SatelliteId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const presets = Effect.gen(function* () {
 *   const indices = yield* IndicesApi
 *   const satelliteId = SatelliteId.make("sat-firefly-1")
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
  listAll: all(endpoints.listIndices)
}) {}

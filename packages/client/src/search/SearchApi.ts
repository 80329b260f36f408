/**
 * Lists the satellites whose images can be searched.
 *
 * @since 0.1.0
 */
import { items, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The search operations of the API.
 *
 * @example
 * import { SearchApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const collections = Effect.gen(function* () {
 *   const search = yield* SearchApi
 *   const satellites = yield* search.satellites()
 *   return satellites.flatMap(({ collections }) => collections.map(({ id }) => id))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class SearchApi extends service<SearchApi>()("SearchApi", {
  /** Lists all satellites: the list has no pages (documented). */
  satellites: items(endpoints.listSatellites)
}) {}

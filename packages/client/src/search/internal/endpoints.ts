/** The search operations. */
import * as DateTime from "effect/DateTime"
import type { Polygon } from "geojson"
import { read } from "../../internal/endpoint.js"
import * as payload from "../../internal/payload.js"
import { list, page } from "../../internal/success.js"
import { ImageSearch } from "../ImageSearch.js"
import { Satellite } from "../Satellite.js"
import type { SearchApi } from "../SearchApi.js"

const time = (name: string) => payload.from(payload.text(name), (it: DateTime.DateTime) => DateTime.formatIso(it))

const sourcesOf = (sources: ReadonlyArray<SearchApi.Source>) =>
  sources.map(({ collectionId, satelliteId }) => ({ collection_id: collectionId, satellite_id: satelliteId }))

const filtersOf = (filters: Readonly<Record<string, SearchApi.Bounds>>) =>
  Object.entries(filters).map(([id, { max, min }]) => ({ id, min, max }))

export const listSatellites = read({
  operation: "ListSatellites",
  name: "SearchApi.satellites",
  path: "/v0/satellites",
  success: list("satellites", Satellite)
})

export const searchImages = read({
  operation: "SearchSatelliteImages",
  name: "SearchApi.images",
  method: "POST",
  path: "/v0/search",
  body: {
    start: time("start_date"),
    end: time("end_date"),
    satellites: payload.from(payload.json<ReturnType<typeof sourcesOf>>("satellites"), sourcesOf),
    geometry: payload.json<Polygon>("geometry"),
    filters: payload.optional(payload.from(payload.json<ReturnType<typeof filtersOf>>("filters"), filtersOf)),
    limit: payload.optional(payload.number("limit")),
    nextToken: payload.optional(payload.text("next_token"))
  },
  success: page(ImageSearch, "items")
})

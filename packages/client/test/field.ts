/** A field, as a test creates an AOI of it. */
import { type AoisApi, CollectionId, SatelliteId, type SearchApi } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import type { Polygon } from "geojson"

export const polygon: Polygon = {
  type: "Polygon",
  coordinates: [
    [
      [79, 21],
      [79.1, 21],
      [79.1, 21.1],
      [79, 21]
    ]
  ]
}

/** A search of the field, in June 2025. */
export const aSearch: SearchApi.SearchInput = {
  start: DateTime.unsafeMake("2025-06-01"),
  end: DateTime.unsafeMake("2025-07-01"),
  satellites: [{ satelliteId: SatelliteId.make("sat-firefly-1"), collectionId: CollectionId.make("pixxel-ff-l2a") }],
  geometry: polygon
}

/** An AOI of the field, with one image. */
export const aoiIn = (projectId: AoisApi.CreateInput["projectId"]): AoisApi.CreateInput => ({
  name: "Mine",
  description: "",
  satelliteId: SatelliteId.make("sat-firefly-1"),
  provider: "pixxel",
  projectId,
  geometry: polygon,
  itemIds: ["image-1"]
})

/** A field, as a test creates an AOI of it. */
import { type AoisApi, SatelliteId } from "@effect-pixxel/client"
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

/** A field, as a test creates an AOI of it. */
import {
  AoiId,
  type AoisApi,
  BandsetId,
  CalendarDate,
  CollectionId,
  DataTypes,
  type InsightsApi,
  type OrdersApi,
  type ProjectId,
  SatelliteId,
  type SearchApi
} from "@effect-pixxel/client"
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

/** Images of the field from the archive, to be ordered. */
export const archiveIn = (projectId: ProjectId): OrdersApi.ArchiveItem => ({
  type: "archive",
  projectId,
  geometry: polygon,
  usecase: "agriculture",
  itemIds: ["FF01_000321_20250614_L2A_20250616_00501135"]
})

/** A capture of the field, to be ordered. */
export const taskingIn = (projectId: ProjectId, start: string, end: string): OrdersApi.TaskingItem => ({
  type: "tasking",
  projectId,
  geometry: polygon,
  usecase: "agriculture",
  start: CalendarDate.make(start),
  end: CalendarDate.make(end),
  bandsetId: BandsetId.make("bandset-agriculture")
})

/** An insight of an image and a season, whose inputs fit the block. */
export const insightIn = (
  projectId: InsightsApi.EstimateInput["projectId"],
  aoiId = AoiId.make("aoi-north-field")
): InsightsApi.EstimateInput => ({
  aoiId,
  projectId,
  block: { name: "cropclassification", version: "1.0.0" },
  inputs: DataTypes.decode([
    {
      name: "input_image",
      format: "raster",
      type: "url",
      stac_url: "https://stac.pixxel.space/collections/pixxel-ff-l2a/items/FF01_000321_20250614_L2A_20250616_00501135",
      asset_source: { id: "asset-FF01_000321_20250614_L2A_20250616_00501135", type: "raw_mosaic" }
    },
    { name: "start_date", format: "date", type: "string", value: "2025-06-01" },
    { name: "end_date", format: "date", type: "string", value: "2025-06-30" }
  ])
})

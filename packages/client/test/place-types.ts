/**
 * Mistakes in calls for places, which the compiler refuses: a directive of a line that compiles is an error of `tsc`, so
 * this module runs nothing.
 */
import * as Effect from "effect/Effect"
import {
  AoiId,
  type AoisApi,
  AssetsApi,
  type Geometry,
  IndexId,
  type IndicesApi,
  ProjectId,
  SatelliteId,
  type SearchApi,
  VisualizationId,
  type VisualizationsApi
} from "../src/index.js"

const aoiId = AoiId.make("aoi-1")
const visualizationId = VisualizationId.make("visualization-1")
const indexId = IndexId.make("index-1")
const satelliteId = SatelliteId.make("satellite-1")
const ref = { aoiId, visualizationId }
const unit = { color: "#1a9850", label: "leaf" }

export const legends = ({ setLegend, sld }: VisualizationsApi["Type"]) => [
  // @ts-expect-error a dynamic legend has bins
  setLegend({ ...ref, mode: "dynamic", legend: {} }),
  // @ts-expect-error a theoretical legend has none
  setLegend({ ...ref, mode: "theoretical", bins: 3, legend: {} }),
  // @ts-expect-error its colours have values
  setLegend({ ...ref, mode: "theoretical", legend: { "2025-06-14": [{ ...unit, min: null, max: null }] } }),
  // @ts-expect-error there are two modes
  setLegend({ ...ref, mode: "static", legend: {} }),
  // @ts-expect-error of styles too
  sld({ ...ref, dates: ["2025-06-14"], modes: ["static"] })
]

export const ids = ({ png }: VisualizationsApi["Type"], { requestDownload }: AssetsApi["Type"]) => [
  // @ts-expect-error an id is no text
  png({ ...ref, aoiId: "aoi-1", indexId, date: "2025-06-14", mode: "dynamic" }),
  // @ts-expect-error an index is no visualization
  png({ aoiId, visualizationId: indexId, indexId, date: "2025-06-14", mode: "dynamic" }),
  // @ts-expect-error a day is a text
  png({ ...ref, indexId, date: 20250614, mode: "dynamic" }),
  // @ts-expect-error a visualization is no asset
  requestDownload({ aoiId, assetIds: [visualizationId] }),
  // @ts-expect-error a text is no asset
  AssetsApi.source({ aoiId, assetIds: ["asset-1"] })
]

const search = { geometry: { type: "Polygon", coordinates: [] } } satisfies { geometry: Geometry.Input }
const place = {
  name: "Field",
  description: "",
  satelliteId,
  provider: "pixxel",
  projectId: ProjectId.make("project-1")
}
const index = { name: "NDVI", description: "", satelliteId, expression: "B8/B4", colormap: "viridis" }

export const inputs = ({ create }: AoisApi["Type"], { images }: SearchApi["Type"], indices: IndicesApi["Type"]) => [
  // @ts-expect-error an AOI is one polygon
  create({ ...place, itemIds: [], geometry: { type: "MultiPolygon", coordinates: [] } }),
  // @ts-expect-error a point is no area
  create({ ...place, itemIds: [], geometry: { type: "Point", coordinates: [77, 12] } }),
  // @ts-expect-error a search has satellites and a range
  images(search),
  // @ts-expect-error a range has two numbers
  indices.create({ ...index, expressionType: "index", rescale: [1] })
]

export const errors = ({ create, createAndWait, list, wait }: AoisApi["Type"]) => [
  // @ts-expect-error a wait for an AOI fails as one
  Effect.catchTag(wait({ aoiId }), "VisualizationFailed", () => Effect.void),
  // @ts-expect-error an AOI is no job
  Effect.catchTag(createAndWait({ ...place, ...search, itemIds: [] }), "JobFailed", () => Effect.void),
  // @ts-expect-error a list creates nothing
  Effect.catchTag(list({}), "CreateUnconfirmed", () => Effect.void),
  Effect.catchTag(create({ ...place, ...search, itemIds: [] }), "CreateUnconfirmed", ({ isRetryable }) => {
    // @ts-expect-error an unknown outcome is never retried
    const isRepeated: true = isRetryable
    return Effect.succeed(isRepeated)
  })
]

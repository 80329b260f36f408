/** The visualization operations. */
import type { AssetId } from "../../assets/Asset.js"
import { AoiId, type IndexId, VisualizationId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { bytes, json, page } from "../../internal/success.js"
import {
  type Mode,
  Visualization,
  VisualizationMetadata,
  VisualizationPage,
  VisualizationStyles
} from "../Visualization.js"
import type { VisualizationsApi } from "../VisualizationsApi.js"

const path = "/v0/aois/{aoi_id}/visualizations"

const one = `${path}/{visualization_id}` as const

const params = { aoi_id: AoiId, visualization_id: VisualizationId }

const indexId: payload.Part<IndexId> = payload.text("index_id")

export const listVisualizations = read({
  operation: "ListVisualizations",
  name: "VisualizationsApi.list",
  path,
  params: { aoi_id: AoiId },
  query: {
    id: query.id<VisualizationId>("visualization_id"),
    indexId: query.id<IndexId>("index_id"),
    type: query.text("type"),
    expressionType: query.text("expression_type"),
    userId: query.text("user_id"),
    ...query.page
  },
  success: page(VisualizationPage, "visualizations", offsets(10))
})

export const createVisualization = endpoint({
  operation: "CreateVisualization",
  name: "VisualizationsApi.create",
  method: "POST",
  path,
  params: { aoi_id: AoiId },
  body: {
    indexId,
    assetIds: payload.optional<ReadonlyArray<AssetId>>(payload.texts("src_asset_ids")),
    resolution: payload.optional(payload.number("resolution"))
  },
  success: json(Visualization),
  repeat: "unique"
})

const mode: payload.Part<Mode> = payload.text("visualization_mode")

/** A day as these operations spell it: `2025_06_14`. */
const day = (date: string) => date.replaceAll("-", "_")

const days = (dates: ReadonlyArray<string>) => dates.map(day)

export const generatePng = read({
  operation: "GenerateIndexPng",
  name: "VisualizationsApi.png",
  method: "POST",
  path: `${one}/png`,
  params,
  body: { indexId, date: payload.from(payload.text("date"), day), mode },
  // the trailer is the chunk IEND: a cut image has another end
  success: bytes(
    "image/png",
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]
  )
})

export const generateSld = read({
  operation: "GenerateVisualizationSLD",
  name: "VisualizationsApi.sld",
  method: "POST",
  path: `${one}/sld`,
  params,
  body: {
    dates: payload.from(payload.texts("dates"), days),
    modes: payload.from(payload.texts("visualization_modes"), (modes: ReadonlyArray<Mode>) => modes)
  },
  success: json(VisualizationStyles)
})

/** The legends to set, by day. */
const legends = (given: Readonly<Record<string, ReadonlyArray<VisualizationsApi.DynamicItem>>>) =>
  Object.fromEntries(Object.entries(given).map(([date, items]) => [day(date), items]))

export const updateMetadata = endpoint({
  operation: "UpdateVisualizationMetadata",
  name: "VisualizationsApi.setLegend",
  method: "PUT",
  path: `${one}/metadata`,
  params,
  body: {
    mode,
    legend: payload.from(payload.json<object>("legend"), legends),
    bins: payload.optional(payload.number("dynamic_bins"))
  },
  success: json(VisualizationMetadata),
  repeat: "safe"
})

export const rollbackMetadata = endpoint({
  operation: "RollbackVisualizationMetadata",
  name: "VisualizationsApi.resetLegend",
  method: "PATCH",
  path: `${one}/metadata`,
  params,
  body: { indexId, dates: payload.from(payload.texts("dates"), days), mode },
  success: json(Visualization),
  repeat: "safe"
})

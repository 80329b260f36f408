/** The insight operations. */
import { AoiId, type ProjectId } from "../../Ids.js"
import { encode } from "../../internal/dataTypes.js"
import { endpoint, read } from "../../internal/endpoint.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { empty, json, list } from "../../internal/success.js"
import { Insight, InsightAnswer, InsightId } from "../Insight.js"
import { InsightPackage } from "../InsightPackage.js"
import type { InsightsApi } from "../InsightsApi.js"

const path = "/v0/aoi/{aoi_id}/insights"

const one = `${path}/{insight_id}` as const

const params = { aoi_id: AoiId, insight_id: InsightId }

export const listInsights = read({
  operation: "listInsights",
  name: "InsightsApi.list",
  // the other operations name it aoi_id (documented)
  path: "/v0/aoi/{aoiId}/insights",
  params: { aoiId: AoiId },
  query: {
    id: query.id<InsightId>("id"),
    status: query.text("status"),
    createdBy: query.text("created_by"),
    createdOn: query.time("created_on")
  },
  success: list("insights", Insight)
})

const encoded = (inputs: InsightsApi.EstimateInput["inputs"]) => inputs.map(encode)

/** The id of a block has the name `string` (documented). */
const block = ({ id, name, version }: InsightsApi.Block) => ({
  name,
  version,
  ...(id === undefined ? {} : { string: id })
})

export const createInsights = endpoint({
  operation: "createInsights",
  name: "InsightsApi.create",
  method: "POST",
  path,
  params: { aoi_id: AoiId },
  body: {
    name: payload.optional(payload.text("name")),
    block: payload.from(payload.json<object>("block"), block),
    inputs: payload.from(payload.json<ReadonlyArray<unknown>>("input"), encoded),
    // optional in the API; the service requires it, since a delete needs it
    projectId: payload.optional(payload.text("project_id")),
    metadata: payload.optional(payload.labels("metadata")),
    estimate: payload.optional(payload.flag("estimate"))
  },
  success: json(InsightAnswer),
  cost: "billable",
  repeat: "lookup"
})

export const downloadInsights = read({
  operation: "downloadInsights",
  name: "InsightsApi.download",
  method: "PUT",
  path: `${one}/download`,
  params,
  body: {
    inputs: payload.optional(payload.texts("inputs")),
    outputs: payload.optional(payload.texts("outputs"))
  },
  success: json(InsightPackage)
})

export const deleteInsights = endpoint({
  operation: "deleteInsights",
  name: "InsightsApi.delete",
  method: "DELETE",
  path: one,
  params,
  query: { projectId: query.required(query.id<ProjectId>("project_id")) },
  success: empty,
  repeat: "gone",
  // 404 is not declared
  gone: [400, 404]
})

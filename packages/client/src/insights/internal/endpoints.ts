/** The insight operations. */
import { AoiId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { list } from "../../internal/success.js"
import { Insight, type InsightId } from "../Insight.js"

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

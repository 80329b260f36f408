/** Insights: runs of one block on an AOI. No operation gets a single one (documented by absence). */
import { type Asked, operationsOf, type Resource } from "../Resource.js"
import { insightShape, newInsight, quirks, selection } from "./fixture.js"
import { packages } from "./packages.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "insight", key: "insight_id" },
  {
    listInsights: {
      // the other operations name it aoi_id (documented)
      at: "GET /v0/aoi/{aoiId}/insights",
      query: ["id", "status", "created_by", "created_on"],
      role: "list",
      items: "insights"
    },
    createInsights: {
      at: "POST /v0/aoi/{aoi_id}/insights",
      needs: "run",
      role: "create",
      // an estimate; 201 has started an insight (documented)
      madeNothing: 200,
      body: newInsight,
      projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
    },
    downloadInsights: { at: "PUT /v0/aoi/{aoi_id}/insights/{insight_id}/download", role: "package", body: selection },
    deleteInsights: {
      at: "DELETE /v0/aoi/{aoi_id}/insights/{insight_id}",
      query: ["project_id"],
      needs: "run",
      role: "delete"
    }
  }
)

export const insights = {
  operations,
  handlers,
  packages,
  fixtures: {
    insights: {
      shape: insightShape,
      references: [["aoi_id", "aois", "the id of an AOI"]]
    }
  },
  drawers: { insights: drawer },
  quirks
} as const satisfies Resource

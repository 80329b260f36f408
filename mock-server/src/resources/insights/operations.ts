/** The operations of insights. None gets a single one (documented by absence). */
import { type Asked, operationsOf } from "../Resource.js"
import { newInsight, selection } from "./fixture.js"

const insights = "/v0/aoi/{aoi_id}/insights"

const one = `${insights}/{insight_id}` as const

const key = "insight_id"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "insight" },
  {
    listInsights: {
      method: "GET",
      // the other operations name it aoi_id (documented)
      route: "/v0/aoi/{aoiId}/insights",
      query: ["id", "status", "created_by", "created_on"],
      role: "list",
      items: "insights"
    },
    createInsights: {
      method: "POST",
      route: insights,
      needs: "run",
      role: "create",
      // an estimate; 201 has started an insight (documented)
      madeNothing: 200,
      body: newInsight,
      projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
    },
    downloadInsights: { method: "PUT", route: `${one}/download`, key, role: "package", body: selection },
    deleteInsights: { method: "DELETE", route: one, query: ["project_id"], key, needs: "run", role: "delete" }
  }
)

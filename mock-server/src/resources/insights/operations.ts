/** The operations of insights. None gets a single one (documented by absence). */
import { type Asked, operationsOf } from "../Resource.js"
import { newInsight } from "./fixture.js"

const insights = "/v0/aoi/{aoi_id}/insights"

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
      body: newInsight,
      projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
    }
  }
)

/** The operations of insights. None gets a single one (documented by absence). */
import { operationsOf } from "../Resource.js"

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
    }
  }
)

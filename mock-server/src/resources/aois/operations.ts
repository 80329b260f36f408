/** The operations of AOIs. The path of one AOI is singular (documented). */
import { type Asked, operationsOf } from "../Resource.js"
import { newAoi } from "./fixture.js"

const aois = "/v0/aois"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "AOI", key: "aoi_id" },
  {
    ListAOIs: {
      method: "GET",
      route: aois,
      query: ["aoi_id", "aoi_name", "project_ids", "created_at", "updated_at", "offset", "limit"],
      role: "list",
      items: "aois"
    },
    AOICreateAOI: {
      method: "POST",
      route: aois,
      needs: "run",
      role: "create",
      body: newAoi,
      projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
    },
    GetAoiById: { method: "GET", route: "/v0/aoi/{aoi_id}", role: "look" }
  }
)

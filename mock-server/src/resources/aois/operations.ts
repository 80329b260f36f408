/** The operations of AOIs. The path of one AOI is singular (documented). */
import { type Asked, operationsOf } from "../Resource.js"
import { newAoi } from "./fixture.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "AOI", key: "aoi_id" },
  {
    ListAOIs: {
      at: "GET /v0/aois",
      query: ["aoi_id", "aoi_name", "project_ids", "created_at", "updated_at", "offset", "limit"],
      role: "list",
      items: "aois"
    },
    AOICreateAOI: {
      at: "POST /v0/aois",
      needs: "run",
      role: "create",
      body: newAoi,
      projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
    },
    GetAoiById: { at: "GET /v0/aoi/{aoi_id}", role: "look" }
  }
)

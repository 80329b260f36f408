/** The operations of AOIs. The path of one AOI is singular (documented). */
import type { Asked, Operation } from "../Resource.js"
import { newAoi } from "./fixture.js"

const common = { query: [], needs: "view", subject: "AOI", key: "aoi_id" } as const

export const operations = {
  ListAOIs: {
    ...common,
    id: "ListAOIs",
    method: "GET",
    route: "/v0/aois",
    query: ["aoi_id", "aoi_name", "project_ids", "created_at", "updated_at", "offset", "limit"],
    role: "list",
    items: "aois"
  },
  AOICreateAOI: {
    ...common,
    id: "AOICreateAOI",
    method: "POST",
    route: "/v0/aois",
    needs: "run",
    role: "create",
    body: newAoi,
    projectOf: ({ body }: Asked): string | undefined => Object(body).project_id
  },
  GetAoiById: { ...common, id: "GetAoiById", method: "GET", route: "/v0/aoi/{aoi_id}", role: "look" }
} as const satisfies Record<string, Operation>

/**
 * AOIs: areas with images of a satellite, which the server prepares for some minutes. The path of one is singular
 * (documented).
 */
import { type Asked, operationsOf, type Resource } from "../Resource.js"
import { type AoiFixture, aoiShape, newAoi, quirks } from "./fixture.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

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

export const aois = {
  operations,
  handlers,
  fixtures: {
    aois: { shape: aoiShape, claims: ({ name }: AoiFixture) => [{ path: ["name"], name }] }
  },
  drawers: { aois: drawer },
  quirks
} as const satisfies Resource

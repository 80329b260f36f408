/** Indices: the presets of satellites and custom ones from the fixtures, the same in every world, and those of a world. */
import { operationsOf, type Resource } from "../Resource.js"
import { newIndex, shape } from "./fixture.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const operations = operationsOf(
  { subject: "index" },
  {
    ListIndices: {
      at: "GET /v0/indices",
      query: ["satellite_id", "type", "expression_type", "index_id", "offset", "limit"],
      needs: "view",
      role: "list",
      items: "indices"
    },
    CreateIndex: { at: "POST /v0/indices", query: [], needs: "change", role: "create", body: newIndex }
  }
)

export const indices = {
  operations,
  handlers,
  fixtures: { indices: { shape } },
  drawers: { indices: drawer }
} as const satisfies Resource

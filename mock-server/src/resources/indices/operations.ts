/** The operations of indices, which belong to no project. */
import { operationsOf } from "../Resource.js"
import { newIndex } from "./fixture.js"

/** The parameters that filter, with the fields that they compare. */
export const filters = {
  satellite_id: "satellite_id",
  type: "type",
  expression_type: "expression_type",
  index_id: "id"
}

export const operations = operationsOf(
  { subject: "index" },
  {
    ListIndices: {
      at: "GET /v0/indices",
      query: [...Object.keys(filters), "offset", "limit"],
      needs: "view",
      role: "list",
      items: "indices"
    },
    CreateIndex: { at: "POST /v0/indices", query: [], needs: "change", role: "create", body: newIndex }
  }
)

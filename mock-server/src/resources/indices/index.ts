/** Indices: the presets of satellites, and custom ones. They are those of the fixtures, and the same in every world. */
import { field, fixture, list, name, oneOf, optional, plainNumber, text } from "../../core/Shape.js"
import { fixtureList } from "../../http/lists.js"
import { operationsOf, type Resource } from "../Resource.js"

const shape = fixture("index", "A file of `indices/`: an index, which every token may see.", {
  id: field(name, "Id of the index.", ["index-ndvi"]),
  name: field(name, "Name of the index; no other index has it.", ["NDVI"]),
  description: field(optional(text), "Description. Default: not sent.", ["Vigour of plants."]),
  type: field(oneOf("custom", "preset"), "Whether it comes with the platform or is one of the workspace.", ["preset"]),
  expression: field(name, "Formula over the bands.", ["(B8 - B4) / (B8 + B4)"]),
  expression_type: field(oneOf("index", "composite", "grayscale"), "Kind of the image.", ["index"]),
  colormap: field(name, "Name of the colours.", ["viridis"]),
  rescale: field(list(plainNumber), "Values of the first and the last colour.", [[-1, 1]]),
  bands: field(list(name), "Bands in the formula.", [["B4", "B8"]]),
  satellite_id: field(name, "Id of the satellite of the bands.", ["sat-firefly-1"]),
  created_at: field(name, "Time of creation, sent as it is.", ["2025-04-02T08:00:00Z"]),
  updated_at: field(name, "Time of the last change, sent as it is.", ["2025-04-02T08:00:00Z"])
})

const filters = { satellite_id: "satellite_id", type: "type", expression_type: "expression_type", index_id: "id" }

const operations = operationsOf(
  { needs: "view", subject: "index" },
  {
    ListIndices: {
      method: "GET",
      route: "/v0/indices",
      query: [...Object.keys(filters), "offset", "limit"],
      role: "list",
      items: "indices"
    }
  }
)

export const indices = {
  operations,
  handlers: { ListIndices: fixtureList("indices", 10, filters) },
  fixtures: { indices: { shape, schema: "index", key: "id" } }
} as const satisfies Resource

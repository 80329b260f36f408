/**
 * Visualizations: the images of an index over an AOI, which the server makes for half a minute. No operation gets a
 * single one (documented by absence).
 */
import { operationsOf, type Resource } from "../Resource.js"
import { newLegend, newPng, newSld, newVisualization, oldLegend, quirks, visualizationShape } from "./fixture.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

const all = "/v0/aois/{aoi_id}/visualizations"

const one = `${all}/{visualization_id}` as const

export const operations = operationsOf(
  { query: [], needs: "view", role: "read", subject: "visualization", key: "visualization_id" },
  {
    ListVisualizations: {
      at: `GET ${all}`,
      query: ["visualization_id", "index_id", "type", "expression_type", "user_id", "offset", "limit"],
      role: "list",
      // singular (documented)
      items: "visualization"
    },
    CreateVisualization: { at: `POST ${all}`, needs: "run", role: "create", body: newVisualization },
    UpdateVisualizationMetadata: { at: `PUT ${one}/metadata`, needs: "run", body: newLegend },
    RollbackVisualizationMetadata: { at: `PATCH ${one}/metadata`, needs: "run", body: oldLegend },
    GenerateIndexPng: { at: `POST ${one}/png`, body: newPng },
    GenerateVisualizationSLD: { at: `POST ${one}/sld`, body: newSld }
  }
)

export const visualizations = {
  operations,
  handlers,
  fixtures: {
    visualizations: {
      shape: visualizationShape,
      references: [
        ["aoi_id", "aois", "the id of an AOI"],
        ["index_id", "indices", "the id of an index"]
      ]
    }
  },
  drawers: { visualizations: drawer },
  quirks
} as const satisfies Resource

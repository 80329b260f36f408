/** The operations of visualizations. None gets a single one (documented by absence). */
import { operationsOf } from "../Resource.js"
import { newLegend, newPng, newSld, newVisualization, oldLegend } from "./fixture.js"

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

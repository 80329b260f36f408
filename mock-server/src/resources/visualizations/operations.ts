/** The operations of visualizations. None gets a single one (documented by absence). */
import { operationsOf } from "../Resource.js"
import { newLegend, newPng, newSld, newVisualization, oldLegend } from "./fixture.js"

const visualizations = "/v0/aois/{aoi_id}/visualizations"

const one = `${visualizations}/{visualization_id}` as const

const key = "visualization_id"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "visualization" },
  {
    ListVisualizations: {
      method: "GET",
      route: visualizations,
      query: ["visualization_id", "index_id", "type", "expression_type", "user_id", "offset", "limit"],
      role: "list",
      // singular (documented)
      items: "visualization"
    },
    CreateVisualization: {
      method: "POST",
      route: visualizations,
      needs: "run",
      role: "create",
      body: newVisualization
    },
    UpdateVisualizationMetadata: {
      method: "PUT",
      route: `${one}/metadata`,
      key,
      needs: "run",
      role: "read",
      body: newLegend
    },
    RollbackVisualizationMetadata: {
      method: "PATCH",
      route: `${one}/metadata`,
      key,
      needs: "run",
      role: "read",
      body: oldLegend
    },
    GenerateIndexPng: { method: "POST", route: `${one}/png`, key, role: "read", body: newPng },
    GenerateVisualizationSLD: { method: "POST", route: `${one}/sld`, key, role: "read", body: newSld }
  }
)

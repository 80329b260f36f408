/**
 * The operations of workflows.
 */
import type { Operation } from "../Resource.js"

export const operations = {
  listWorkflows: {
    id: "listWorkflows",
    method: "GET",
    route: "/v0/workflows",
    alias: "/v0/workflows/", // one page of the documentation
    query: ["project_id", "id", "name", "created_by", "created_on", "updated_at", "offset", "limit"],
    needs: "view"
  },
  getWorkflowsById: {
    id: "getWorkflowsById",
    method: "GET",
    route: "/v0/workflows/{workflow_id}",
    query: ["project_id"],
    needs: "view"
  },
  getWorkflowCostEstimate: {
    id: "getWorkflowCostEstimate",
    method: "GET",
    route: "/v0/workflows/{workflow_id}/estimate",
    query: [],
    needs: "view"
  }
} as const satisfies Record<string, Operation>

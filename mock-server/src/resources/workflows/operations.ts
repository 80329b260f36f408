/** The operations of workflows. */
import type { Asked, Operation } from "../Resource.js"

/** Returns the project of the workflow that the path names. */
export const projectOfWorkflow = ({ fixtures, params }: Asked): string | undefined =>
  fixtures.workflows.get(String(params["workflow_id"]))?.project_id

export const operations = {
  listWorkflows: {
    id: "listWorkflows",
    method: "GET",
    route: "/v0/workflows",
    alias: "/v0/workflows/", // one page of the documentation
    query: ["project_id", "id", "name", "created_by", "created_on", "updated_at", "offset", "limit"],
    needs: "view",
    role: "list",
    subject: "workflow",
    items: "workflows"
  },
  getWorkflowsById: {
    id: "getWorkflowsById",
    method: "GET",
    route: "/v0/workflows/{workflow_id}",
    query: ["project_id"],
    needs: "view",
    role: "read",
    subject: "workflow",
    key: "workflow_id",
    projectOf: projectOfWorkflow
  },
  getWorkflowCostEstimate: {
    id: "getWorkflowCostEstimate",
    method: "GET",
    route: "/v0/workflows/{workflow_id}/estimate",
    query: [],
    needs: "view",
    role: "read",
    subject: "workflow",
    key: "workflow_id",
    projectOf: projectOfWorkflow
  }
} as const satisfies Record<string, Operation>

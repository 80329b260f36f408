/** The operations of workflows. */
import { type Asked, operationsOf } from "../Resource.js"

export const projectOfWorkflow = ({ fixtures, params }: Asked): string | undefined =>
  fixtures.workflows.get(String(params["workflow_id"]))?.project_id

export const operations = {
  ...operationsOf(
    { needs: "view", subject: "workflow" },
    {
      listWorkflows: {
        at: "GET /v0/workflows",
        alias: "/v0/workflows/", // one page of the documentation
        query: ["project_id", "id", "name", "created_by", "created_on", "updated_at", "offset", "limit"],
        role: "list",
        items: "workflows"
      }
    }
  ),
  ...operationsOf(
    { needs: "view", role: "read", subject: "workflow", key: "workflow_id", projectOf: projectOfWorkflow },
    {
      getWorkflowsById: { at: "GET /v0/workflows/{workflow_id}", query: ["project_id"] },
      getWorkflowCostEstimate: { at: "GET /v0/workflows/{workflow_id}/estimate", query: [] }
    }
  )
}

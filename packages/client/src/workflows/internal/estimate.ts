/** The estimate, apart from the other workflow operations: a create of a job asks for it too. */
import { WorkflowId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { json } from "../../internal/success.js"
import { CostEstimate } from "../CostEstimate.js"

export const getWorkflowCostEstimate = read({
  operation: "getWorkflowCostEstimate",
  name: "WorkflowsApi.estimate",
  path: "/v0/workflows/{workflow_id}/estimate",
  params: { workflow_id: WorkflowId },
  success: json(CostEstimate)
})

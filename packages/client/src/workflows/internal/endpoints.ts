/** The workflow operations. */
import { endpoint } from "../../internal/endpoint.js"
import { page, reader } from "../../internal/model.js"
import { CostEstimate } from "../CostEstimate.js"
import { Workflow, WorkflowPage } from "../Workflow.js"

export const listWorkflows = endpoint({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  method: "GET",
  path: "/v0/workflows",
  repeatable: true,
  billable: false,
  success: page(WorkflowPage, "workflows")
})

export const getWorkflowsById = endpoint({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}",
  repeatable: true,
  billable: false,
  success: reader(Workflow)
})

export const getWorkflowCostEstimate = endpoint({
  operation: "getWorkflowCostEstimate",
  name: "WorkflowsApi.estimate",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/estimate",
  repeatable: true,
  billable: false,
  success: reader(CostEstimate)
})

/** The workflow operations. */
import { endpoint } from "../../internal/endpoint.js"
import { readCostEstimate, readWorkflow, readWorkflowPage } from "./readWorkflow.js"

export const listWorkflows = endpoint({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  method: "GET",
  path: "/v0/workflows",
  repeatable: true,
  billable: false,
  success: readWorkflowPage
})

export const getWorkflowsById = endpoint({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}",
  repeatable: true,
  billable: false,
  success: readWorkflow
})

export const getWorkflowCostEstimate = endpoint({
  operation: "getWorkflowCostEstimate",
  name: "WorkflowsApi.estimate",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/estimate",
  repeatable: true,
  billable: false,
  success: readCostEstimate
})

/** The workflow operations. */
import { endpoint } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { json, page } from "../../internal/success.js"
import { Workflow, WorkflowPage } from "../Workflow.js"

export { getWorkflowCostEstimate } from "./estimate.js"

export const listWorkflows = endpoint({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  method: "GET",
  path: "/v0/workflows",
  query: {
    projectId: query.text("project_id"),
    id: query.text("id"),
    name: query.text("name"),
    createdBy: query.text("created_by"),
    createdOn: query.time("created_on"),
    updatedAt: query.time("updated_at"),
    offset: query.number("offset"),
    limit: query.number("limit")
  },
  success: page(WorkflowPage, "workflows"),
  paging: offsets(50),
  cost: "none",
  repeat: "safe"
})

export const getWorkflowsById = endpoint({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}",
  query: { projectId: query.required(query.text("project_id")) },
  success: json(Workflow),
  cost: "none",
  repeat: "safe"
})

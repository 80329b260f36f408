/** The workflow operations. */
import { type ProjectId, WorkflowId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { json, page } from "../../internal/success.js"
import { Workflow, WorkflowPage } from "../Workflow.js"

export { getWorkflowCostEstimate } from "./estimate.js"

export const listWorkflows = read({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  path: "/v0/workflows",
  query: {
    projectId: query.id<ProjectId>("project_id"),
    id: query.id<WorkflowId>("id"),
    name: query.text("name"),
    createdBy: query.text("created_by"),
    createdOn: query.time("created_on"),
    updatedAt: query.time("updated_at"),
    ...query.page
  },
  success: page(WorkflowPage, "workflows", offsets(50))
})

export const getWorkflowsById = read({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  path: "/v0/workflows/{workflow_id}",
  params: { workflow_id: WorkflowId },
  query: { projectId: query.required(query.id<ProjectId>("project_id")) },
  success: json(Workflow)
})

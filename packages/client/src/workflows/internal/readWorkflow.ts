/** Reads workflows, their pages and their cost from the wire format. */
import * as Option from "effect/Option"
import { ProjectId, WorkflowId } from "../../Ids.js"
import * as Raw from "../../internal/raw.js"
import * as wire from "../../internal/wire.js"
import { readValError } from "../../jobs/internal/readJob.js"
import { CostEstimate, Pagination, Workflow, WorkflowPage, WorkflowSummary } from "../Workflow.js"

const summary = (id: WorkflowId, { get }: wire.Fields) => ({
  id,
  projectId: get(wire.id(ProjectId), "project_id"),
  legacyProjectId: get(wire.text, "legacy_project_id"),
  name: get(wire.text, "name"),
  description: get(wire.text, "description"),
  createdBy: get(wire.text, "created_by"),
  createdAt: get(wire.time, "created_at"),
  updatedAt: get(wire.time, "updated_at")
})

const readWorkflowSummary = wire.object((fields) =>
  Option.map(fields.need(wire.id(WorkflowId), "id"), (id) => new WorkflowSummary(summary(id, fields), true))
)

export const readWorkflow = wire.object((fields) =>
  Option.map(
    fields.need(wire.id(WorkflowId), "id"),
    (id) =>
      new Workflow(
        {
          ...summary(id, fields),
          estimatedCost: fields.get(wire.number, "estimated_cost"),
          spec: fields.get(wire.json, "spec"),
          valErrors: fields.all(wire.list(readValError), "val_errors")
        },
        true
      )
  )
)

const readPagination = wire.object(({ get }) =>
  Option.some(
    new Pagination(
      { limit: get(wire.number, "limit"), offset: get(wire.number, "offset"), total: get(wire.number, "total") },
      true
    )
  )
)

const readWorkflows = wire.envelope("workflows", ["pagination"], wire.list(readWorkflowSummary))
const readPageInfo = wire.object(({ get }) => get(readPagination, "pagination"))

export const readWorkflowPage: wire.Reader<WorkflowPage> = (value, path, notes) =>
  Option.map(readWorkflows(value, path, notes), (workflows) => {
    const pagination = readPageInfo(value, path, notes)
    return Raw.keep(new WorkflowPage({ workflows, pagination }, true), value)
  })

export const readCostEstimate = wire.unlessError(
  wire.object(({ get }) => Option.some(new CostEstimate({ estimatedCost: get(wire.number, "estimated_cost") }, true)))
)

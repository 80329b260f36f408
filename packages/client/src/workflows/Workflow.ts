/**
 * A workflow is the saved graph of blocks that a job runs. Workflows are built in the Aurora application; the API only
 * reads them.
 *
 * @since 0.1.0
 */
import { ProjectId, WorkflowId } from "../Ids.js"
import { id, json, many, need, number, ref, text, time } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"
import { ValError } from "../ValError.js"

const summary = {
  /** The id of the workflow. */
  id: need(WorkflowId, "id"),
  /** The id of the project that the workflow belongs to. */
  projectId: id(ProjectId, "project_id"),
  /** The id of the project in older systems. */
  legacyProjectId: text("legacy_project_id"),
  /** The display name. */
  name: text("name"),
  /** The description. */
  description: text("description"),
  /** The id of the user who created the workflow. */
  createdBy: text("created_by"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at")
}

/**
 * A workflow as a list shows it.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkflowSummary extends model<WorkflowSummary>("WorkflowSummary")(summary) {}

/**
 * A workflow with its specification, the validation errors of its wiring, and the estimated cost of one run.
 *
 * @since 0.1.0
 * @category models
 */
export class Workflow extends model<Workflow>("Workflow")({
  ...summary,
  /** The estimated cost of one run, in tokens. */
  estimatedCost: number("estimated_cost"),
  /** The specification, any JSON, unchanged to 100 levels. Deeper values are `<too deep>`; `Raw` has them. */
  spec: json("spec"),
  /** The validation errors in the wiring. */
  valErrors: many(ValError, "val_errors")
}) {}

/**
 * One page of a list of workflows.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkflowPage extends model<WorkflowPage>("WorkflowPage")({
  /** The workflows of the page. */
  workflows: many(WorkflowSummary, "workflows"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

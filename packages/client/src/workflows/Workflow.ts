/**
 * A workflow is the saved graph of blocks that a job runs. Workflows are built in the Aurora application; the API only
 * reads them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ProjectId, WorkflowId } from "../Ids.js"
import { listOf, maybe, maybeInstant, maybeJson, maybeNumber, maybeString, model } from "../internal/schema.js"
import { ValError } from "../jobs/Job.js"

const summary = {
  id: WorkflowId,
  projectId: maybe(ProjectId),
  legacyProjectId: maybeString,
  name: maybeString,
  description: maybeString,
  createdBy: maybeString,
  createdAt: maybeInstant,
  updatedAt: maybeInstant
}

/**
 * A workflow as a list shows it.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkflowSummary extends model(Schema.Class<WorkflowSummary>("PixxelWorkflowSummary")(summary)) {}

/**
 * A workflow with its specification (any JSON, unchanged), the validation errors of its wiring, and the estimated cost
 * of one run in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export class Workflow extends model(
  Schema.Class<Workflow>("PixxelWorkflow")({
    ...summary,
    estimatedCost: maybeNumber,
    spec: maybeJson,
    valErrors: listOf(ValError)
  })
) {}

/**
 * The server's data about a page.
 *
 * @since 0.1.0
 * @category models
 */
export class Pagination extends model(
  Schema.Class<Pagination>("PixxelPagination")({
    limit: maybeNumber,
    offset: maybeNumber,
    total: maybeNumber
  })
) {}

/**
 * One page of a list of workflows.
 *
 * @since 0.1.0
 * @category models
 */
export class WorkflowPage extends model(
  Schema.Class<WorkflowPage>("PixxelWorkflowPage")({
    workflows: listOf(WorkflowSummary),
    pagination: maybe(Pagination)
  })
) {}

/**
 * The estimated cost of one run of a workflow, in tokens. None if the server's number is missing or unreadable. Treat
 * none as "do not run" when spending depends on it.
 *
 * @since 0.1.0
 * @category models
 */
export class CostEstimate extends model(
  Schema.Class<CostEstimate>("PixxelCostEstimate")({
    estimatedCost: maybeNumber
  })
) {}

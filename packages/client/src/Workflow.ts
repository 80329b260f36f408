/**
 * A workflow: the saved graph of blocks that a job runs. Workflows are built in the Aurora application; the API reads
 * them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ProjectId, WorkflowId } from "./Ids.js"
import { listOf, maybe, maybeInstant, maybeJson, maybeNumber, maybeString, model } from "./internal/schema.js"
import { ValError } from "./Job.js"

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
export class WorkflowSummary extends model(
  Schema.Class<WorkflowSummary>("@effect-pixxel/client/WorkflowSummary")(summary)
) {}

/**
 * A workflow with its specification (any JSON, undamaged), what is wrong with its wiring, and the estimated cost of
 * one run in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export class Workflow extends model(
  Schema.Class<Workflow>("@effect-pixxel/client/Workflow")({
    ...summary,
    estimatedCost: maybeNumber,
    spec: maybeJson,
    valErrors: listOf(ValError)
  })
) {}

/**
 * What the server says about the page it answered.
 *
 * @since 0.1.0
 * @category models
 */
export class Pagination extends model(
  Schema.Class<Pagination>("@effect-pixxel/client/Pagination")({
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
  Schema.Class<WorkflowPage>("@effect-pixxel/client/WorkflowPage")({
    workflows: listOf(WorkflowSummary),
    pagination: maybe(Pagination)
  })
) {}

/**
 * What one run of a workflow is estimated to cost, in tokens. None when the server's number was missing or could not
 * be read: where money depends on it, that means "do not run".
 *
 * @since 0.1.0
 * @category models
 */
export class CostEstimate extends model(
  Schema.Class<CostEstimate>("@effect-pixxel/client/CostEstimate")({
    estimatedCost: maybeNumber
  })
) {}

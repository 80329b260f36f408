/**
 * A job: one run of a workflow, in the long form that `create` and `get` answer and the short form of a list.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { JobId, WorkflowId } from "./Ids.js"
import {
  listOf,
  maybe,
  maybeInstant,
  maybeJson,
  maybeNumber,
  maybeSeconds,
  maybeString,
  model
} from "./internal/schema.js"
import { type Outcome, outcomeOf } from "./Status.js"
import { Task } from "./Task.js"

/**
 * Something wrong in the wiring of a workflow, between two of its components.
 *
 * @since 0.1.0
 * @category models
 */
export class ValError extends model(
  Schema.Class<ValError>("@effect-pixxel/client/ValError")({
    from: maybeString,
    to: maybeString,
    err: maybeString,
    reason: maybeString,
    componentName: maybeString
  })
) {}

const summary = {
  id: JobId,
  workflowId: maybe(WorkflowId),
  createdBy: maybeString,
  status: maybeString,
  progress: maybeNumber,
  cost: maybeNumber,
  estimatedDuration: maybeSeconds,
  timeTaken: maybeSeconds,
  timeTakenText: maybeString,
  createdAt: maybeInstant,
  updatedAt: maybeInstant,
  finishedAt: maybeInstant
}

/**
 * A job as a list shows it: without its tasks and its specification. Every `Job` can stand where one is asked for.
 *
 * @since 0.1.0
 * @category models
 */
export class JobSummary extends model(Schema.Class<JobSummary>("@effect-pixxel/client/JobSummary")(summary)) {
  /** What the status word stands for. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

/**
 * A job. Only its id is sure to be there. Its encoded form is JSON with the same names, times in ISO 8601, durations
 * in seconds, and absent values left out.
 *
 * - `status` is the server's word as it came; `outcome` is what it stands for.
 * - `progress` is a number from 0 to 100.
 * - `cost` is in tokens, estimated before the end and actual after it (documented, in several wordings).
 * - `timeTakenText` is the duration as the server wrote it; `timeTaken` is there when that text could be read.
 * - `spec` is any JSON, undamaged to a depth of 100 levels: what is deeper is the text `<too deep>`, and in `Raw`.
 *
 * @since 0.1.0
 * @category models
 */
export class Job extends model(
  Schema.Class<Job>("@effect-pixxel/client/Job")({
    ...summary,
    execCreatedAt: maybeInstant,
    execUpdatedAt: maybeInstant,
    tasks: listOf(Task),
    valErrors: listOf(ValError),
    spec: maybeJson
  })
) {
  /** What the status word stands for. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

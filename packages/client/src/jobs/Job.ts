/**
 * A job is one run of a workflow: `Job` as `create` and `get` return it, `JobSummary` as a list shows it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { JobId, WorkflowId } from "../Ids.js"
import {
  listOf,
  maybe,
  maybeInstant,
  maybeJson,
  maybeNumber,
  maybeSeconds,
  maybeString,
  model
} from "../internal/schema.js"
import { type Outcome, outcomeOf } from "../Status.js"
import { Task } from "./Task.js"

/**
 * A validation error in the wiring of a workflow, between two of its components.
 *
 * @since 0.1.0
 * @category models
 */
export class ValError extends model(
  Schema.Class<ValError>("PixxelValError")({
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
 * A job as a list shows it: without tasks and specification. Every `Job` is assignable to it.
 *
 * @since 0.1.0
 * @category models
 */
export class JobSummary extends model(Schema.Class<JobSummary>("PixxelJobSummary")(summary)) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

/**
 * A job. Only the id is guaranteed. The encoded form is JSON with the same names, times in ISO 8601, durations in
 * seconds, and without absent values.
 *
 * - `status` is the server's status word, unchanged; `outcome` classifies it.
 * - `progress` is a number from 0 to 100.
 * - `cost` is in tokens: the estimate before the end of the job, the actual cost after it (documented, in several
 *   wordings).
 * - `timeTakenText` is the duration as the server wrote it; `timeTaken` is none if that text cannot be parsed.
 * - `spec` is any JSON, unchanged to a depth of 100 levels. Deeper values are replaced by the text `<too deep>`; `Raw`
 *   has them.
 *
 * @since 0.1.0
 * @category models
 */
export class Job extends model(
  Schema.Class<Job>("PixxelJob")({
    ...summary,
    execCreatedAt: maybeInstant,
    execUpdatedAt: maybeInstant,
    tasks: listOf(Task),
    valErrors: listOf(ValError),
    spec: maybeJson
  })
) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

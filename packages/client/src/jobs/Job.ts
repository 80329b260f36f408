/**
 * A job is one run of a workflow: `Job` as `create` and `get` return it, `JobSummary` as a list shows it.
 *
 * @since 0.1.0
 */
import { JobId, WorkflowId } from "../Ids.js"
import { duration, id, json, many, need, number, percentText, seconds, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { type Outcome, outcomeOf } from "../Status.js"
import { ValError } from "../ValError.js"
import { Task } from "./Task.js"

const summary = {
  /** The id of the job. */
  id: need(JobId, "id"),
  /** The id of the workflow that the job runs. */
  workflowId: id(WorkflowId, "workflow_id", "workflowId"),
  /** The id of the user who created the job. */
  createdBy: text("created_by"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["running", "completed", "failed"], "status"),
  /** The progress from 0 to 100. */
  progress: percentText("progress"),
  /** The cost in tokens: the estimate before the end of the job, the actual cost after it (documented, in several wordings). */
  cost: number("cost"),
  /** The predicted duration. */
  estimatedDuration: seconds("estimated_duration"),
  /** The actual duration; none if `timeTakenText` cannot be parsed. */
  timeTaken: duration("time_taken"),
  /** The actual duration, as the server wrote it. */
  timeTakenText: text("time_taken"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The time of the end. */
  finishedAt: time("finished_at")
}

/**
 * A job as a list shows it: without tasks and specification. Every `Job` is assignable to it.
 *
 * @since 0.1.0
 * @category models
 */
export class JobSummary extends model<JobSummary>("JobSummary")(summary) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

/**
 * A job. Only the id is guaranteed. The encoded form is JSON with the same names, times in ISO 8601, durations in
 * seconds, and without absent values.
 *
 * @since 0.1.0
 * @category models
 */
export class Job extends model<Job>("Job")({
  ...summary,
  /** The time at which the execution was created. */
  execCreatedAt: time("exec_created_at"),
  /** The time of the last change of the execution. */
  execUpdatedAt: time("exec_updated_at"),
  /** The tasks, one for each block of the workflow. */
  tasks: many(Task, "tasks"),
  /** The validation errors in the wiring of the workflow. */
  valErrors: many(ValError, "val_errors"),
  /** The specification, any JSON, unchanged to 100 levels. Deeper values are `<too deep>`; `Raw` has them. */
  spec: json("spec")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

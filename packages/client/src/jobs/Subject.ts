/**
 * The subjects of the errors about jobs.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { JobId, TaskId, WorkflowId } from "../Ids.js"
import { subject } from "../internal/subject.js"

/**
 * A job.
 *
 * @since 0.1.0
 * @category models
 */
export const JobSubject = subject(
  "PixxelJobSubject",
  Schema.TaggedStruct("Job", { workflowId: WorkflowId, jobId: JobId })
)

/**
 * The type of `JobSubject`.
 *
 * @since 0.1.0
 * @category models
 */
export type JobSubject = typeof JobSubject.Type

/**
 * A task of a job.
 *
 * @since 0.1.0
 * @category models
 */
export const TaskSubject = subject(
  "PixxelTaskSubject",
  Schema.TaggedStruct("Task", { workflowId: WorkflowId, jobId: JobId, taskId: TaskId })
)

/**
 * The type of `TaskSubject`.
 *
 * @since 0.1.0
 * @category models
 */
export type TaskSubject = typeof TaskSubject.Type

/**
 * The subjects of the errors about jobs.
 *
 * @since 0.1.0
 */
import { JobId, TaskId, WorkflowId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * A job.
 *
 * @since 0.1.0
 * @category models
 */
export const JobSubject = tagged("Job", { workflowId: WorkflowId, jobId: JobId })
export type JobSubject = typeof JobSubject.Type

/**
 * A task of a job.
 *
 * @since 0.1.0
 * @category models
 */
export const TaskSubject = tagged("Task", { workflowId: WorkflowId, jobId: JobId, taskId: TaskId })
export type TaskSubject = typeof TaskSubject.Type

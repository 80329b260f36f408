/**
 * The subjects of the errors about jobs, and the target of the errors before there is a job.
 *
 * @since 0.1.0
 */
import { JobId, ProjectId, TaskId, WorkflowId } from "../Ids.js"
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

/**
 * The target of a job's create: the workflow to run and the project to bill.
 *
 * @since 0.1.0
 * @category models
 */
export const JobTarget = tagged("Job", { workflowId: WorkflowId, projectId: ProjectId })
export type JobTarget = typeof JobTarget.Type

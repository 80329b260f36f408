/**
 * The target of a job's create: what the errors of a create are about, before there is a job.
 *
 * @since 0.1.0
 */
import { ProjectId, WorkflowId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * The workflow to run and the project to bill.
 *
 * @since 0.1.0
 * @category models
 */
export const JobTarget = tagged("Job", { workflowId: WorkflowId, projectId: ProjectId })
export type JobTarget = typeof JobTarget.Type

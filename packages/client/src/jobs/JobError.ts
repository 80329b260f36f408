/**
 * The errors about a job that was created.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CreateError } from "../CreateError.js"
import type { DownloadError } from "../DownloadError.js"
import type { HttpError } from "../HttpError.js"
import { TaskId } from "../Ids.js"
import { failure, listOf, maybeString } from "../internal/schema.js"
import type { RunIncomplete } from "../RunError.js"
import { ValError } from "../ValError.js"
import type { WaitTimeout } from "../WaitError.js"
import { JobSubject, type JobTarget } from "./Subject.js"

/**
 * A failed task, as reported by `JobFailed`.
 *
 * @since 0.1.0
 * @category models
 */
export const FailedTask = Schema.Struct({
  id: TaskId,
  name: maybeString,
  errMsg: maybeString,
  failureType: maybeString,
  stateMsg: maybeString
})
export type FailedTask = typeof FailedTask.Type

/**
 * The job failed. The API gives no reason for the job itself (documented by absence): the known reasons are those of
 * its failed tasks and the validation errors of the workflow's wiring.
 *
 * @since 0.1.0
 * @category job errors
 */
export class JobFailed extends failure<JobFailed>()("JobFailed", false, {
  subject: JobSubject,
  status: Schema.String,
  failedTasks: listOf(FailedTask),
  valErrors: listOf(ValError)
}) {}

/**
 * The errors of `JobsApi.wait`.
 *
 * @since 0.1.0
 * @category unions
 */
export type WaitError = HttpError | JobFailed | WaitTimeout<JobSubject>

/**
 * The errors of `JobsApi.run`. After the create, none of them is retryable.
 *
 * @since 0.1.0
 * @category unions
 */
export type RunError =
  | CreateError<JobTarget>
  | JobFailed
  | WaitTimeout<JobSubject>
  | DownloadError<JobSubject>
  | RunIncomplete<JobSubject>

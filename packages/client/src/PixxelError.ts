/**
 * The errors of the client, as flat tagged errors. They hold facts only, never a request, response or cause object,
 * because Effect 3 prints the token with such an object. The token and the queries of URLs are removed from all
 * external texts.
 *
 * `isRetryable` of every error is a literal type, so that a union splits at compile time: `Extract<CreateError, {
 * readonly isRetryable: true }>`. No error of an operation that costs money is retryable if its request may have
 * arrived.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CreateIntent } from "./CreateIntent.js"
import { JobId, ProjectId, TaskId, WorkflowId } from "./Ids.js"
import {
  constant,
  error,
  listOf,
  maybe,
  maybeInstant,
  maybeJson,
  maybeNumber,
  maybeSeconds,
  maybeString,
  Seconds,
  unionOf
} from "./internal/schema.js"
import { ValError } from "./jobs/Job.js"

/**
 * One attempt of a call: the status of its answer, or the reason for the missing answer, or both if the connection
 * broke within the answer.
 *
 * @since 0.1.0
 * @category models
 */
export const Attempt = Schema.Struct({
  status: maybeNumber,
  reason: maybeString,
  requestId: maybeString,
  /** The delay before this attempt: zero for the first, and for a repeat with a new token. */
  delay: Seconds
})
/**
 * The type of `Attempt`.
 *
 * @since 0.1.0
 * @category models
 */
export type Attempt = typeof Attempt.Type

/**
 * One error in the cause chain of a broken connection, as plain text without secrets.
 *
 * @since 0.1.0
 * @category models
 */
export const CauseFact = Schema.Struct({
  name: Schema.String,
  code: maybeString,
  message: Schema.String
})
/**
 * The type of `CauseFact`.
 *
 * @since 0.1.0
 * @category models
 */
export type CauseFact = typeof CauseFact.Type

const call = {
  operation: Schema.String,
  method: Schema.String,
  route: Schema.String,
  /** All attempts of the call in order. This error is about the last. */
  attempts: listOf(Attempt),
  message: Schema.String
}

const answered = {
  ...call,
  status: Schema.Number,
  requestId: maybeString
}

/**
 * The content of a refusal: `retryAfter` if that header is readable, and `code`, `serverMessage` and `details` from the
 * documented envelope of the body, or else the first 256 characters of the body.
 */
const refused = {
  ...answered,
  retryAfter: maybeSeconds,
  code: maybeString,
  serverMessage: maybeString,
  details: maybeJson,
  body: maybeString
}

/**
 * 400: a parameter is missing or malformed; `details` may name it. The API may answer an unknown job or workflow id
 * with 400 too (inferred). Correct the call.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelBadRequest extends error(
  Schema.TaggedError<PixxelBadRequest>("PixxelBadRequest")("PixxelBadRequest", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 401: the API does not recognize the form of the token. Check the token, and try the other `scheme`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelUnauthorized extends error(
  Schema.TaggedError<PixxelUnauthorized>("PixxelUnauthorized")("PixxelUnauthorized", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 403: the token lacks the permission, or is missing, expired or revoked: the API answers 403 in all these cases
 * (documented).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelForbidden extends error(
  Schema.TaggedError<PixxelForbidden>("PixxelForbidden")("PixxelForbidden", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 404: not found, or not visible to this token. Not declared for workflows and jobs, but possible (inferred).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelNotFound extends error(
  Schema.TaggedError<PixxelNotFound>("PixxelNotFound")("PixxelNotFound", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 409: the call conflicts with the current state.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelConflict extends error(
  Schema.TaggedError<PixxelConflict>("PixxelConflict")("PixxelConflict", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 429: too many calls. `retryAfter` is the delay that the server requested.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelRateLimited extends error(
  Schema.TaggedError<PixxelRateLimited>("PixxelRateLimited")("PixxelRateLimited", {
    ...refused,
    isRetryable: constant(true)
  })
) {}

/**
 * 5xx: the server failed. `retryAfter` is the delay that the server requested.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelServerError extends error(
  Schema.TaggedError<PixxelServerError>("PixxelServerError")("PixxelServerError", {
    ...refused,
    isRetryable: constant(true)
  })
) {}

/**
 * Any other status, including redirects: API calls follow none. The status is 0 for a redirect in a browser, which
 * hides its target.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelUnexpectedStatus extends error(
  Schema.TaggedError<PixxelUnexpectedStatus>("PixxelUnexpectedStatus")("PixxelUnexpectedStatus", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * The connection could not be established, or broke. `sent` is `false` if the causes prove that no connection existed:
 * the failed system call was `connect` or the name resolution, the TLS handshake was incomplete, the client rejected
 * the certificate, a proxy refused CONNECT, or fetch blocks the port. Otherwise `sent` is `"unknown"`: the same codes
 * on an established connection prove nothing, nor do TLS alerts, and a browser never shows a cause.
 *
 * A rejected certificate and a blocked port fail again in the same way. The client does not repeat such a call although
 * the class is retryable; `causes` has the code, such as `CERT_HAS_EXPIRED`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelTransportError extends error(
  Schema.TaggedError<PixxelTransportError>("PixxelTransportError")("PixxelTransportError", {
    ...call,
    sent: Schema.Literal(false, "unknown"),
    status: maybeNumber,
    requestId: maybeString,
    causes: listOf(CauseFact),
    isRetryable: constant(true)
  })
) {}

/**
 * The deadline of an attempt, including its body, or of the whole call passed; `timeout` is the deadline that did.
 * `sent` is `false` if the call was still waiting for its turn (`concurrency`).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelRequestTimeout extends error(
  Schema.TaggedError<PixxelRequestTimeout>("PixxelRequestTimeout")("PixxelRequestTimeout", {
    ...call,
    sent: Schema.Literal(false, "unknown"),
    timeout: Seconds,
    isRetryable: constant(true)
  })
) {}

/**
 * An error whose request provably never left, so that it cannot have cost anything.
 *
 * @since 0.1.0
 * @category http errors
 */
export type NotSent = (PixxelTransportError | PixxelRequestTimeout) & { readonly sent: false }

/**
 * An unusable success: no JSON, another envelope, no id. `path` is the location in the body, and `body` its beginning.
 * A smaller difference is a drift, not an error: see `Drift`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelDecodeError extends error(
  Schema.TaggedError<PixxelDecodeError>("PixxelDecodeError")("PixxelDecodeError", {
    ...answered,
    path: Schema.String,
    expected: Schema.String,
    found: Schema.String,
    body: Schema.String,
    isRetryable: constant(false)
  })
) {}

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
/**
 * The type of `FailedTask`.
 *
 * @since 0.1.0
 * @category models
 */
export type FailedTask = typeof FailedTask.Type

/**
 * The job failed. The API gives no reason for the job itself (documented by absence): the known reasons are those of
 * its failed tasks and the validation errors of the workflow's wiring.
 *
 * @since 0.1.0
 * @category job errors
 */
export class JobFailed extends error(
  Schema.TaggedError<JobFailed>("PixxelJobFailed")("JobFailed", {
    workflowId: WorkflowId,
    jobId: JobId,
    status: Schema.String,
    failedTasks: listOf(FailedTask),
    valErrors: listOf(ValError),
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * The total deadline passed before the job had ended, or before its download package was ready. The job continues: wait
 * again with the same ids. `lastStatus` and `lastProgress` are those of the last successful poll; `polls` is the number
 * of successful polls.
 *
 * @example
 * import { JobsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const waited = Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId, timeout: "2 hours" })).pipe(
 *   Effect.catchTag("WaitTimeout", ({ jobId, message }) => Effect.logWarning(`${jobId} is not done yet: ${message}`))
 * )
 *
 * @since 0.1.0
 * @category job errors
 */
export class WaitTimeout extends error(
  Schema.TaggedError<WaitTimeout>("PixxelWaitTimeout")("WaitTimeout", {
    workflowId: WorkflowId,
    jobId: JobId,
    waitingFor: Schema.Literal("job", "download"),
    lastStatus: maybeString,
    /** From 0 to 100. */
    lastProgress: maybeNumber,
    polls: Schema.Number,
    timeout: Seconds,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * A job that appeared after a create whose outcome is unknown. It may be the job of that create or of another writer.
 *
 * @since 0.1.0
 * @category models
 */
export const Candidate = Schema.Struct({
  jobId: JobId,
  createdAt: maybeInstant,
  createdBy: maybeString,
  status: maybeString
})
/**
 * The type of `Candidate`.
 *
 * @since 0.1.0
 * @category models
 */
export type Candidate = typeof Candidate.Type

/**
 * A create was sent, or may have been sent, and its outcome is unknown: a job may be running at your cost. Search again
 * with `JobsApi.resolve`, or list the jobs of the workflow, before creating another.
 *
 * - `candidates` are the jobs that may belong to this create: they appeared during the search, and were created in the
 *   window of this create, as far as their times can be read. Empty with `adopt: "never"`.
 * - `intent` is the record of the create. It identifies the job later, in another process too.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CreateOutcomeUnknown extends error(
  Schema.TaggedError<CreateOutcomeUnknown>("PixxelCreateOutcomeUnknown")("CreateOutcomeUnknown", {
    ...call,
    workflowId: WorkflowId,
    projectId: ProjectId,
    status: maybeNumber,
    requestId: maybeString,
    reason: Schema.String,
    candidates: listOf(Candidate),
    intent: CreateIntent,
    isRetryable: constant(false)
  })
) {}

const download = {
  workflowId: WorkflowId,
  jobId: JobId,
  /** Set for the package of a task. */
  taskId: maybe(TaskId)
}

/**
 * The download failed, and the same call would fail again. `reason` names the cause:
 *
 * - `PackageFailed`: the server could not build the package; `status` is its status word.
 * - `Refused`: the store refuses even fresh signed URLs; `code` is its status.
 * - `Corrupt`: the received bytes are not the package: a wrong checksum or length, a page instead of a ZIP, or a
 *   content coding that the transport does not decode.
 * - `TargetExists`: `path` exists and must not be replaced.
 * - `Locked`: another download to the same `path` is in progress.
 * - `DiskFull`: no space left, or the quota is exhausted. The received bytes are kept.
 * - `PermissionDenied`: the folder or a file in it is not writable.
 * - `NoHashing`: `verify` was set without a `Hashing` service.
 * - `FileSystem`: any other error of the file system; a link, a pipe or a folder at one of the download's own file
 *   names; a file that another program changed.
 *
 * `code` is the code of the operating system, if known, such as `ENOSPC`.
 *
 * @since 0.1.0
 * @category job errors
 */
export class DownloadError extends error(
  Schema.TaggedError<DownloadError>("PixxelDownloadError")("DownloadError", {
    ...download,
    reason: Schema.Literal(
      "PackageFailed",
      "Refused",
      "Corrupt",
      "TargetExists",
      "Locked",
      "DiskFull",
      "PermissionDenied",
      "NoHashing",
      "FileSystem"
    ),
    status: maybeString,
    path: maybeString,
    code: maybeString,
    /** The attempts to fetch the package since the last received byte. */
    attempts: listOf(Attempt),
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * Any error of an API call.
 *
 * @since 0.1.0
 * @category unions
 */
export const HttpError = unionOf(
  "PixxelHttpError",
  PixxelBadRequest,
  PixxelUnauthorized,
  PixxelForbidden,
  PixxelNotFound,
  PixxelConflict,
  PixxelRateLimited,
  PixxelServerError,
  PixxelUnexpectedStatus,
  PixxelTransportError,
  PixxelRequestTimeout,
  PixxelDecodeError
)
/**
 * The type of `HttpError`. Match it with `Effect.catchTags`.
 *
 * @since 0.1.0
 * @category unions
 */
export type HttpError = typeof HttpError.Type

/**
 * A create was not sent because a call before it failed: the list of existing jobs, which the search for a lost job
 * needs, or the estimate for `maxCost`; or because `keep` of a batch exceeded the deadline of a call. Nothing was
 * started, so a repeat is safe. `failure` is the error of that call. Errors that a create can have too (a refusal, a
 * request that never left) are not wrapped.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CreateNotSent extends error(
  Schema.TaggedError<CreateNotSent>("PixxelCreateNotSent")("CreateNotSent", {
    workflowId: WorkflowId,
    projectId: ProjectId,
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(true)
  })
) {}

/**
 * A create was not sent because the estimate of the workflow exceeds `maxCost`, or because the estimate is JSON without
 * a readable cost (`estimate` is none). Nothing was started. Costs are in tokens. A failed fetch of the estimate is
 * `CreateNotSent`, or the refusal itself.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CostLimitExceeded extends error(
  Schema.TaggedError<CostLimitExceeded>("PixxelCostLimitExceeded")("CostLimitExceeded", {
    workflowId: WorkflowId,
    projectId: ProjectId,
    maxCost: Schema.Number,
    estimate: maybeNumber,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * A download stopped before the package was complete: `failure` is the last error, `attempts` are those since the last
 * received byte. The `bytes` received so far are kept beside `path`: download again to fetch the rest.
 *
 * @since 0.1.0
 * @category job errors
 */
export class DownloadIncomplete extends error(
  Schema.TaggedError<DownloadIncomplete>("PixxelDownloadIncomplete")("DownloadIncomplete", {
    ...download,
    path: Schema.String,
    bytes: Schema.Number,
    /** The length of the whole package, if the store sent it. */
    total: maybeNumber,
    attempts: listOf(Attempt),
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(true)
  })
) {}

/**
 * `run` created a job, which exists and is billed, and then could not follow it. `failure` is the error. Never repeat
 * `run` for this: continue with `wait` or `download` and the ids given here.
 *
 * @since 0.1.0
 * @category job errors
 */
export class RunIncomplete extends error(
  Schema.TaggedError<RunIncomplete>("PixxelRunIncomplete")("RunIncomplete", {
    workflowId: WorkflowId,
    jobId: JobId,
    phase: Schema.Literal("wait", "download"),
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * The errors of `JobsApi.create`: a certain refusal, a request that never left or was never made, or an unknown
 * outcome. `operation` of a refusal tells whether it answered the create, the list before it or the estimate.
 *
 * A refusal is 400, 401, 402, 403, 404, 422 or 429, with a body or without (402 and 422 as `PixxelUnexpectedStatus`). After
 * every other status a job may exist: gateways answer 408, 425, 444, 460 and 499 to requests that they have passed on,
 * and 409, 421 or a redirect may follow the creation of the job. The client then searches for the job, and fails with
 * `CreateOutcomeUnknown` if the search is inconclusive.
 *
 * @since 0.1.0
 * @category unions
 */
export type CreateError =
  | PixxelBadRequest
  | PixxelUnauthorized
  | PixxelForbidden
  | PixxelNotFound
  | PixxelRateLimited
  | PixxelUnexpectedStatus
  | NotSent
  | CreateNotSent
  | CostLimitExceeded
  | CreateOutcomeUnknown

/**
 * The errors of `JobsApi.wait`.
 *
 * @since 0.1.0
 * @category unions
 */
export type WaitError = HttpError | JobFailed | WaitTimeout

/**
 * The errors of `Download`.
 *
 * @since 0.1.0
 * @category unions
 */
export type DownloadFailure = HttpError | WaitTimeout | DownloadError | DownloadIncomplete

/**
 * The errors of `JobsApi.run`. After the create, none of them is retryable.
 *
 * @since 0.1.0
 * @category unions
 */
export type RunError = CreateError | JobFailed | WaitTimeout | DownloadError | RunIncomplete

/**
 * Everything that can go wrong, as flat tagged errors. They hold facts only: no request, response or cause object,
 * because on Effect 3 printing one of those prints the token. All texts that came from outside are scrubbed of the
 * token and of the queries of URLs.
 *
 * Every error has `isRetryable` as a literal type, so that a union splits at compile time:
 * `Extract<CreateError, { readonly isRetryable: true }>`. An operation that costs money has no retryable error whose
 * request may have arrived.
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
import { ValError } from "./Job.js"

/**
 * One try of a call: the status it was answered with, or the reason why there is none; both, when the connection broke
 * inside of the answer.
 *
 * @since 0.1.0
 * @category models
 */
export const Attempt = Schema.Struct({
  status: maybeNumber,
  reason: maybeString,
  requestId: maybeString,
  /** How long the client had waited before this try: zero for the first, and for a repeat with a new token. */
  delay: Seconds
})
/**
 * @since 0.1.0
 * @category models
 */
export type Attempt = typeof Attempt.Type

/**
 * One link in the chain of causes of a broken connection, as plain scrubbed text.
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
 * @since 0.1.0
 * @category models
 */
export type CauseFact = typeof CauseFact.Type

const call = {
  operation: Schema.String,
  method: Schema.String,
  route: Schema.String,
  /** Every try of the call in its order, the one that this error is about at the end. */
  attempts: listOf(Attempt),
  message: Schema.String
}

const answered = {
  ...call,
  status: Schema.Number,
  requestId: maybeString
}

/**
 * What a refusal said: in `retryAfter` how long to wait, if it said so readably, and of its body `code`, `serverMessage`
 * and `details` of the documented envelope, or else the first 256 characters.
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
 * 400: a parameter is missing or malformed; `details` may say which. An unknown job or workflow id may be answered so
 * too (inferred). Correct the call.
 *
 * @since 0.1.0
 * @category http errors
 */
export class BadRequest extends error(
  Schema.TaggedError<BadRequest>("@effect-pixxel/client/BadRequest")("BadRequest", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 401: the token has a form that the API does not know. Check the token, and try the other `scheme`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class Unauthorized extends error(
  Schema.TaggedError<Unauthorized>("@effect-pixxel/client/Unauthorized")("Unauthorized", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 403: no right to do this, or a token that is missing, expired or revoked: the API answers 403 for all of them
 * (documented).
 *
 * @since 0.1.0
 * @category http errors
 */
export class Forbidden extends error(
  Schema.TaggedError<Forbidden>("@effect-pixxel/client/Forbidden")("Forbidden", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 404: there is no such thing. Not declared for workflows and jobs, but possible (inferred).
 *
 * @since 0.1.0
 * @category http errors
 */
export class NotFound extends error(
  Schema.TaggedError<NotFound>("@effect-pixxel/client/NotFound")("NotFound", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 409: the call collides with the present state.
 *
 * @since 0.1.0
 * @category http errors
 */
export class Conflict extends error(
  Schema.TaggedError<Conflict>("@effect-pixxel/client/Conflict")("Conflict", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * 429: too many calls. `retryAfter` is how long the server asks to wait.
 *
 * @since 0.1.0
 * @category http errors
 */
export class RateLimited extends error(
  Schema.TaggedError<RateLimited>("@effect-pixxel/client/RateLimited")("RateLimited", {
    ...refused,
    isRetryable: constant(true)
  })
) {}

/**
 * Any 5xx: the server failed. `retryAfter` is how long it asks to wait.
 *
 * @since 0.1.0
 * @category http errors
 */
export class ServerError extends error(
  Schema.TaggedError<ServerError>("@effect-pixxel/client/ServerError")("ServerError", {
    ...refused,
    isRetryable: constant(true)
  })
) {}

/**
 * A status that no other error stands for, every redirect among them: calls of the API follow none. The status is 0
 * in a browser, which hides where a redirect would have led.
 *
 * @since 0.1.0
 * @category http errors
 */
export class UnexpectedStatus extends error(
  Schema.TaggedError<UnexpectedStatus>("@effect-pixxel/client/UnexpectedStatus")("UnexpectedStatus", {
    ...refused,
    isRetryable: constant(false)
  })
) {}

/**
 * The connection could not be made, or broke. `sent` is `false` when the causes prove that the connection was never
 * there: the system call that failed was `connect` or the resolution of the name, the TLS handshake was not over, the
 * certificate was rejected here, a proxy refused CONNECT, or fetch blocks the port. Otherwise it is `"unknown"`: the
 * same codes on an established connection prove nothing, nor do TLS alerts, and a browser never says.
 *
 * A rejected certificate and a blocked port fail again in the same way. The client does not repeat such a call, though
 * the class is retryable; `causes` has the code, such as `CERT_HAS_EXPIRED`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class TransportError extends error(
  Schema.TaggedError<TransportError>("@effect-pixxel/client/TransportError")("TransportError", {
    ...call,
    sent: Schema.Literal(false, "unknown"),
    status: maybeNumber,
    requestId: maybeString,
    causes: listOf(CauseFact),
    isRetryable: constant(true)
  })
) {}

/**
 * The deadline of an attempt passed, its body included, or that of the whole call; `timeout` is the one that did.
 * `sent` is `false` when the call was still waiting for its turn (`concurrency`).
 *
 * @since 0.1.0
 * @category http errors
 */
export class RequestTimeout extends error(
  Schema.TaggedError<RequestTimeout>("@effect-pixxel/client/RequestTimeout")("RequestTimeout", {
    ...call,
    sent: Schema.Literal(false, "unknown"),
    timeout: Seconds,
    isRetryable: constant(true)
  })
) {}

/**
 * An error whose request is proved never to have left, so that nothing can have been paid.
 *
 * @since 0.1.0
 * @category http errors
 */
export type NotSent = (TransportError | RequestTimeout) & { readonly sent: false }

/**
 * A success that cannot be used at all: no JSON, another envelope, no id. `path` is where, `body` how it began.
 * Anything less is not an error but a drift: see `Drift`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class DecodeError extends error(
  Schema.TaggedError<DecodeError>("@effect-pixxel/client/DecodeError")("DecodeError", {
    ...answered,
    path: Schema.String,
    expected: Schema.String,
    found: Schema.String,
    body: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * A task that failed, as `JobFailed` reports it.
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
 * @since 0.1.0
 * @category models
 */
export type FailedTask = typeof FailedTask.Type

/**
 * The job came to a bad end. The API gives a job no reason of its own (documented by absence): what is known is in
 * its failed tasks and in what is wrong with the workflow's wiring.
 *
 * @since 0.1.0
 * @category job errors
 */
export class JobFailed extends error(
  Schema.TaggedError<JobFailed>("@effect-pixxel/client/JobFailed")("JobFailed", {
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
 * The total deadline passed before the job had ended, or before its download package was ready. The job goes on:
 * wait again with the same ids. `lastStatus` and `lastProgress` are what was seen last, if anything was; `polls` is how
 * often the client has seen it.
 *
 * @since 0.1.0
 * @category job errors
 */
export class WaitTimeout extends error(
  Schema.TaggedError<WaitTimeout>("@effect-pixxel/client/WaitTimeout")("WaitTimeout", {
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
 * A job that was not there before a create whose outcome is unknown: it may be the job of that create, or that of
 * somebody else.
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
 * @since 0.1.0
 * @category models
 */
export type Candidate = typeof Candidate.Type

/**
 * A create was sent, or may have been, and its outcome is not known: a job may be running and being paid. Look again
 * with `JobsApi.resolve`, or list the jobs of the workflow, before creating another.
 *
 * - `candidates` are the jobs that may be the one: they appeared while the client looked for it, and were created in the
 *   window of this create, as far as their times can be read. None with `adopt: "never"`.
 * - `intent` is the record of the create, by which its job can be recognised later, in another process too.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CreateOutcomeUnknown extends error(
  Schema.TaggedError<CreateOutcomeUnknown>("@effect-pixxel/client/CreateOutcomeUnknown")("CreateOutcomeUnknown", {
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
  /** Of the package of one task. */
  taskId: maybe(TaskId)
}

/**
 * There is no file, and asking again as it is would not change that. `reason` says why:
 *
 * - `PackageFailed`: the server could not build the package; `status` is its word for it.
 * - `Refused`: the store refuses even signed URLs that are new; `code` is its status.
 * - `Corrupt`: what came was not the package: another checksum or length, a page instead of a ZIP, a content coding that
 *   the transport does not decode.
 * - `TargetExists`: there is something at `path` that must not be replaced.
 * - `Locked`: another download to the same `path` is under way.
 * - `DiskFull`: no room, or a quota that is used up. What has come is kept.
 * - `PermissionDenied`: the folder, or a file in it, may not be written.
 * - `NoHashing`: `verify` was asked for without a `Hashing`.
 * - `FileSystem`: anything else that the file system says; a link, a pipe or a folder at a name of the download's own; a
 *   file that another program changed.
 *
 * `code` is that of the operating system where there is one, such as `ENOSPC`.
 *
 * @since 0.1.0
 * @category job errors
 */
export class DownloadError extends error(
  Schema.TaggedError<DownloadError>("@effect-pixxel/client/DownloadError")("DownloadError", {
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
    /** The tries to fetch the package since bytes came the last time. */
    attempts: listOf(Attempt),
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * Any error of a call of the API.
 *
 * @since 0.1.0
 * @category unions
 */
export const HttpError = unionOf(
  "@effect-pixxel/client/HttpError",
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  Conflict,
  RateLimited,
  ServerError,
  UnexpectedStatus,
  TransportError,
  RequestTimeout,
  DecodeError
)
/**
 * @since 0.1.0
 * @category unions
 */
export type HttpError = typeof HttpError.Type

/**
 * A create was not sent, because a call before it failed: the list of the jobs that were there before, without which a
 * job whose answer is lost could not be found, or the estimate that `maxCost` needs; or because `keep` of a batch took
 * longer than the deadline of a call. Nothing was started, so it is safe to repeat. `failure` is the error of that call;
 * one that a create can have too (a refusal, a request that never left) is given as it is instead.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CreateNotSent extends error(
  Schema.TaggedError<CreateNotSent>("@effect-pixxel/client/CreateNotSent")("CreateNotSent", {
    workflowId: WorkflowId,
    projectId: ProjectId,
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(true)
  })
) {}

/**
 * A create was not sent, because the workflow is estimated to cost more than `maxCost`, or because its estimate is JSON
 * without a readable cost (`estimate` is none). Nothing was started. Costs are in tokens. An estimate that could not be
 * fetched is `CreateNotSent`, or the refusal itself.
 *
 * @since 0.1.0
 * @category job errors
 */
export class CostLimitExceeded extends error(
  Schema.TaggedError<CostLimitExceeded>("@effect-pixxel/client/CostLimitExceeded")("CostLimitExceeded", {
    workflowId: WorkflowId,
    projectId: ProjectId,
    maxCost: Schema.Number,
    estimate: maybeNumber,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * A package came in part, and then no more: `failure` is what went wrong at last, `attempts` are the tries since bytes
 * came the last time. The `bytes` that have come are kept beside `path`: download again, and only the rest is fetched.
 *
 * @since 0.1.0
 * @category job errors
 */
export class DownloadIncomplete extends error(
  Schema.TaggedError<DownloadIncomplete>("@effect-pixxel/client/DownloadIncomplete")("DownloadIncomplete", {
    ...download,
    path: Schema.String,
    bytes: Schema.Number,
    /** Of the whole package, as far as the store said it. */
    total: maybeNumber,
    attempts: listOf(Attempt),
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(true)
  })
) {}

/**
 * `run` created a job, which exists and is paid, and then could not follow it. `failure` is what went wrong. Never
 * run again for it: go on with `wait`, or `download`, and the ids given here.
 *
 * @since 0.1.0
 * @category job errors
 */
export class RunIncomplete extends error(
  Schema.TaggedError<RunIncomplete>("@effect-pixxel/client/RunIncomplete")("RunIncomplete", {
    workflowId: WorkflowId,
    jobId: JobId,
    phase: Schema.Literal("wait", "download"),
    failure: HttpError,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

/**
 * The errors of `JobsApi.create`: certain refusals, a request that never left or was not even made, or an unknown
 * outcome. Of a refusal, `operation` says whether it is that of the create, of the list before it or of the estimate.
 *
 * A refusal is 400, 401, 402, 403, 404, 422 or 429, with a body or without (402 and 422 as `UnexpectedStatus`). After
 * every other status a job may exist: gateways say 408, 425, 444, 460 and 499 of requests that they have passed on, and
 * 409, 421 or a redirect may come after the job was made. Those are looked into, and otherwise `CreateOutcomeUnknown`.
 *
 * @since 0.1.0
 * @category unions
 */
export type CreateError =
  | BadRequest
  | Unauthorized
  | Forbidden
  | NotFound
  | RateLimited
  | UnexpectedStatus
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

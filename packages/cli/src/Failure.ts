/**
 * What a command that fails says: what happened, what it means here, and what to do next; the exit code; and the same
 * as one JSON object. Only facts of the errors are shown, which the client has scrubbed of secrets.
 */

import { dirname } from "node:path"
import {
  CostLimitExceeded,
  CreateNotSent,
  CreateOutcomeUnknown,
  DownloadError,
  DownloadIncomplete,
  HttpError,
  JobFailed,
  type JobId,
  type JobsApi,
  RunIncomplete,
  type TaskId,
  WaitTimeout,
  type WorkflowId
} from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/ConfigError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type ExitCode, ofError, type PixxelError } from "./ExitCode.js"
import type { OutputFailed } from "./Output.js"
import { plain } from "./render/plain.js"
import { paint, type Style, unstyled } from "./render/style.js"
import type { UnpackError } from "./unpack.js"

/** The command line cannot be understood. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

/** The job is there, and has no such task, or several. */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<JobsApi.JobRef & { readonly message: string }> {}

/** The job has no package yet, since it has not ended. */
export class JobNotEnded extends Data.TaggedError("JobNotEnded")<JobsApi.JobRef & { readonly message: string }> {}

/** The person who was asked did not agree to a cost. */
export class Declined extends Data.TaggedError("Declined")<{ readonly workflowId: WorkflowId }> {}

/** Everything that a command can fail with. */
export type Failure =
  | PixxelError
  | ConfigError
  | OutputFailed
  | UsageError
  | TaskNotFound
  | JobNotEnded
  | Declined
  | UnpackError

/** A failure as it is shown. */
export interface Report {
  readonly code: ExitCode
  readonly tag: string
  readonly message: string
  /** What to do next. */
  readonly next?: string
  /** The fields of the error. */
  readonly facts?: object
}

const quoted = (word: string) =>
  /^[\w.:@%+/][\w.:@%+=/-]*$/.test(word) ? word : `'${plain(word).replaceAll("'", "'\\''")}'`

interface Options {
  readonly workflow?: string | undefined
  readonly job?: string | undefined
  readonly task?: string | undefined
  readonly out?: string | undefined
}

/** A line to type, with those of the options that have a value. */
const line = (words: string, options: Options, mock: boolean): string =>
  [
    `pixxel ${words}`,
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`])),
    ...(mock ? ["--mock"] : [])
  ].join(" ")

/** A command to type, with the ids of the failure in it. */
export const command = (verb: string, ids: Partial<JobsApi.JobRef>, mock: boolean): string =>
  line(`jobs ${verb}`, { workflow: ids.workflowId, job: ids.jobId }, mock)

const again = (after: Option.Option<Duration.Duration>) =>
  Option.match(after, {
    onNone: () => "Try again later.",
    onSome: (delay) => `Try again in ${Duration.format(delay)}.`
  })

const lookFirst = (workflowId: WorkflowId, mock: boolean) =>
  `Do not run it again before you have looked whether a new job is there: ${command("list", { workflowId }, mock)}`

interface Download {
  readonly workflowId: WorkflowId
  readonly jobId: JobId
  readonly taskId?: Option.Option<TaskId>
}

/** The command that downloads again, to the same folder. */
const downloadCommand = ({ jobId, taskId = Option.none(), workflowId }: Download, folder: string, mock: boolean) => {
  const task = Option.getOrUndefined(taskId)
  const out = folder === "." ? undefined : folder
  return line(
    `${task === undefined ? "jobs" : "tasks"} download`,
    { workflow: workflowId, job: jobId, task, out },
    mock
  )
}

const downloadNext = (error: DownloadError, mock: boolean): string => {
  const folder = Option.match(error.path, { onNone: () => ".", onSome: dirname })
  const again = downloadCommand(error, folder, mock)
  switch (error.reason) {
    case "PackageFailed":
      return `The job has ended and is paid: do not run it again. To see it: ${command("get", error, mock)}`
    case "TargetExists":
      return "Move it away, give another --out, or replace it: --if-exists overwrite"
    case "Locked":
      return `Wait for the other download, or end it. Then: ${again}`
    case "DiskFull":
      return `Make room, and go on: ${again}`
    case "PermissionDenied":
    case "FileSystem":
      return `Mend that, or give another --out, and go on: ${again}`
    case "Refused":
    case "Corrupt":
      return `The job is paid and its package is there: do not run it again. Later: ${again}`
  }
}

const nextOf = (error: PixxelError, mock: boolean): string => {
  switch (error._tag) {
    case "BadRequest":
    case "NotFound":
      return "Check the ids. To see what there is: pixxel workflows list, pixxel jobs list --workflow ID."
    case "Unauthorized":
    case "Forbidden":
      return "Check PIXXEL_API_KEY (pixxel config show): the token may be missing, expired or revoked. If it is good, it needs the right to do this in the project; PIXXEL_AUTH_SCHEME=raw sends it without Bearer."
    case "Conflict":
      return "Look at the present state first: pixxel jobs list --workflow ID."
    case "RateLimited":
    case "ServerError":
      return again(error.retryAfter)
    case "UnexpectedStatus":
      return "The API does not document this status: what the server says may tell why. If it says nothing, check PIXXEL_BASE_URL."
    case "TransportError":
      return "Check the network and PIXXEL_BASE_URL."
    case "RequestTimeout":
      return "Try again later."
    case "DecodeError":
      return "Check PIXXEL_BASE_URL: this may not be the Pixxel API, or the API has changed."
    case "JobFailed":
      return `To see its tasks: ${command("get", error, mock)}`
    case "WaitTimeout":
      return error.waitingFor === "job"
        ? `The job goes on. To follow it again: ${command("wait", error, mock)}`
        : `The job has ended; its package was not ready yet. To see it: ${command("get", error, mock)}`
    case "RunIncomplete":
      return `The job exists and is paid: do not run it again. To go on: ${command("wait", error, mock)}`
    case "DownloadError":
      return downloadNext(error, mock)
    case "CreateNotSent":
      return "Nothing was started, and it is safe to run it again."
    case "CostLimitExceeded":
      return "Nothing was started. To see what there is: pixxel workflows list."
    case "DownloadIncomplete":
      return `What has come is kept. To fetch the rest: ${downloadCommand(error, dirname(error.path), mock)}`
    case "CreateOutcomeUnknown":
      return lookFirst(error.workflowId, mock)
  }
}

const unpackNext = ({ folder, path, reason }: UnpackError): string => {
  switch (reason) {
    case "Unsafe":
      return `Do not unpack it by other means before you have looked into it. The package is kept: ${path}`
    case "TooLarge":
      return `If it is right, raise the limit: --max-size, --max-entries, --max-ratio. The package is kept: ${path}`
    case "Corrupt":
      return `Move ${path} away, and download it again, with --verify.`
    case "TargetExists":
      return `Move ${folder} away, or give another --out.`
    case "FileSystem":
      return `The package is kept: ${path}`
  }
}

/** Its type is what it is called with, so a new error of the client does not compile until it is here. */
const encode = (failure: PixxelError) =>
  // made here, so that a command that does not fail does not make it
  Schema.encodeSync(
    Schema.Union(
      HttpError,
      JobFailed,
      WaitTimeout,
      CreateNotSent,
      CostLimitExceeded,
      CreateOutcomeUnknown,
      DownloadError,
      DownloadIncomplete,
      RunIncomplete
    )
  )(failure)

/** What is wrong with the settings; no value of them is in it. */
export const problems = (error: ConfigError): ReadonlyArray<string> => {
  switch (error._op) {
    case "And":
      return [...problems(error.left), ...problems(error.right)]
    case "Or":
      return problems(error.left)
    case "MissingData":
      return [`${error.path.join("_")} is not set.`]
    default:
      return [`${error.path.join("_")}: ${error.message}.`]
  }
}

/** The report of a failure; `mock` is whether the commands that it tells are for the embedded mock. */
export const report = (failure: Failure, mock: boolean): Report => {
  switch (failure._tag) {
    case "UsageError":
      return { code: 2, tag: failure._tag, message: failure.message, next: "To see what there is: pixxel --help" }
    case "ConfigError":
      return {
        code: 2,
        tag: failure._tag,
        message: problems(failure).join(" "),
        next: "PIXXEL_API_KEY is a token of your Pixxel workspace. To try a command without one: --mock"
      }
    case "TaskNotFound":
      return {
        code: 5,
        tag: failure._tag,
        message: failure.message,
        next: `To see its tasks: ${command("get", failure, mock)}`,
        facts: { workflowId: failure.workflowId, jobId: failure.jobId }
      }
    case "JobNotEnded":
      return {
        code: 3,
        tag: failure._tag,
        message: failure.message,
        next: `Download it after its end with --wait, or follow it first: ${command("wait", failure, mock)}`,
        facts: { workflowId: failure.workflowId, jobId: failure.jobId }
      }
    case "Declined":
      return { code: 12, tag: failure._tag, message: "Nothing was started." }
    case "UnpackError":
      return {
        code: 11,
        tag: failure._tag,
        message: failure.message,
        next: unpackNext(failure),
        facts: { reason: failure.reason, path: failure.path, folder: failure.folder }
      }
    case "OutputFailed":
      return { code: 11, tag: failure._tag, message: failure.message }
    default: {
      const { _tag, message, ...facts } = encode(failure)
      return { code: ofError(failure), tag: _tag, message, next: nextOf(failure, mock), facts }
    }
  }
}

/** The report of whatever ended a command. Of a defect only message and stack are told: what else it holds is not
 * known. */
export const reportCause = (cause: Cause.Cause<Failure>, mock: boolean): Report =>
  Option.match(Cause.failureOption(cause), {
    onSome: (failure) => report(failure, mock),
    onNone: () => {
      const defect = Cause.squash(cause)
      return {
        code: 1,
        tag: "Unexpected",
        message: defect instanceof Error ? `${defect.name}: ${defect.message}` : `a ${typeof defect} was thrown`,
        next: "This is a fault of pixxel itself: please report it, with the stack that --json shows.",
        facts: defect instanceof Error ? { stack: defect.stack } : {}
      }
    }
  })

/** The report of a create, a wait or a run that was interrupted. The job, if there is one, goes on. */
export const interrupted = (workflowId: WorkflowId, jobId: JobId | undefined, mock: boolean): Report => ({
  code: 130,
  tag: "Interrupted",
  ...(jobId === undefined
    ? {
        message: "Interrupted while a job was being created: it may exist, and may be costing money.",
        next: lookFirst(workflowId, mock),
        facts: { workflowId }
      }
    : {
        message: `Interrupted. Job ${jobId} goes on.`,
        next: `To follow it again: ${command("wait", { workflowId, jobId }, mock)}`,
        facts: { workflowId, jobId }
      })
})

/** The report of a download that was interrupted. */
export const interruptedDownload = (
  {
    jobId,
    taskId,
    workflowId
  }: { readonly workflowId: WorkflowId; readonly jobId: JobId; readonly taskId?: TaskId | undefined },
  folder: string,
  mock: boolean
): Report => ({
  code: 130,
  tag: "Interrupted",
  message: "Interrupted. What has come is kept.",
  next: `To fetch the rest: ${downloadCommand({ workflowId, jobId, taskId: Option.fromNullable(taskId) }, folder, mock)}`,
  facts: { workflowId, jobId, taskId }
})

/** What is said at once when a command is interrupted whose job is still being created. */
export const stillCreating = (workflowId: WorkflowId, mock: boolean): string =>
  `pixxel: Interrupted while a job is being created: waiting to learn whether it exists. Interrupt again not to wait.\n  ${lookFirst(workflowId, mock)}`

interface Attempt {
  readonly status?: number
  readonly reason?: string
  readonly requestId?: string
  readonly delay: number
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** The attempts of the call that failed, wherever in the facts they are. */
const attemptsOf = (facts: unknown): ReadonlyArray<Attempt> => {
  if (!isRecord(facts)) return []
  const { attempts, failure } = facts
  return Array.isArray(attempts) ? attempts : attemptsOf(failure)
}

const told = ({ delay, reason, requestId, status }: Attempt, at: number) =>
  [
    `  attempt ${at + 1}${delay > 0 ? `, ${Duration.format(Duration.seconds(delay))} later` : ""}:`,
    [
      ...(status === undefined ? ["no answer"] : [String(status)]),
      ...(reason === undefined ? [] : [plain(reason)])
    ].join(", "),
    ...(requestId === undefined ? [] : [`(request ${plain(requestId)})`])
  ].join(" ")

/** For people: what happened, the attempts if they are wanted, then what to do. */
export const toText = ({ facts, message, next }: Report, style: Style = unstyled, verbose = false): string =>
  [
    `${paint(style, "red", "pixxel:")} ${plain(message)}`,
    ...(verbose ? attemptsOf(facts).map(told) : []),
    ...(next === undefined ? [] : [`  ${next}`])
  ].join("\n")

/** For programs: one object, on one line. */
export const toJson = ({ facts, message, next, tag }: Report): string =>
  JSON.stringify({ error: { tag, message, next, ...facts } })

/**
 * Creates jobs, follows them to their end, and locates their results.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { CreateError, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import type { JobId, ProjectId, TaskId, WorkflowId } from "../Ids.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type * as Waiter from "../Waiter.js"
import type { DownloadPackage } from "./DownloadPackage.js"
import * as internal from "./internal/jobsApi.js"
import type { Job, JobSummary } from "./Job.js"
import type { RunError, WaitError } from "./JobError.js"
import type * as RunAll from "./RunAll.js"
import type { JobTarget } from "./Subject.js"

/**
 * The job operations of the API.
 *
 * @example
 * import { JobsApi, ProjectId, WorkflowId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const jobs = yield* JobsApi
 *   const { download, job } = yield* jobs.run({
 *     workflowId: WorkflowId.make("wf-crop-classification"),
 *     projectId: ProjectId.make("my-project")
 *   })
 *   yield* Effect.log(`Job ${job.id} is done`)
 *   return download.signedUrl
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class JobsApi extends Context.Tag("@effect-pixxel/client/JobsApi")<JobsApi, JobsApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<JobsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * The types of `JobsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace JobsApi {
  /** A workflow. */
  export interface WorkflowRef {
    readonly workflowId: WorkflowId
  }

  /** A job. The API needs its workflow too (documented). */
  export interface JobRef extends WorkflowRef {
    readonly jobId: JobId
  }

  /** The workflow to run, the project to bill, and the safety of the create. */
  export interface CreateInput extends WorkflowRef {
    /** The project that the job runs in and is billed to. */
    readonly projectId: ProjectId
    /**
     * How to handle a lost answer, after which a job may or may not exist. `"whenUnique"` (default) lists the jobs of
     * the workflow before the create and again after a lost answer, and adopts the new job; see `create` for the
     * conditions. `"never"` makes no list: for a workflow on which other clients under the same user create jobs too,
     * or whose list is too expensive.
     */
    readonly adopt?: "whenUnique" | "never" | undefined
    /**
     * The time by which a list may lag behind a create. The client searches that long before it decides. Default: 30
     * seconds. The API documents no figure. A longer period delays only creates with a lost answer.
     */
    readonly grace?: Duration.DurationInput | undefined
    /**
     * The highest accepted estimate in tokens, at least 0. The client fetches the estimate of the workflow first. Above
     * the limit, or without a readable cost, the create fails with `CostLimitExceeded` and starts nothing. If the
     * estimate cannot be fetched, the create fails with the refusal itself or with `CreateNotSent`, and starts nothing.
     * An invalid number is a defect.
     */
    readonly maxCost?: number | undefined
    /**
     * Runs with a job whose id arrives after the interruption of the caller. The interruption waits for it. Without it,
     * only a warning in the log has the id.
     */
    readonly onOrphan?: ((job: Job) => Effect.Effect<void>) | undefined
  }

  /** The filters of a list. The exact meaning of `createdOn` (that day, or since) is not documented. */
  export interface ListInput extends WorkflowRef {
    readonly id?: JobId | undefined
    /** The server's status word, such as `running`. */
    readonly status?: string | undefined
    /** The id of a user. */
    readonly createdBy?: string | undefined
    readonly createdOn?: DateTime.DateTime | undefined
  }

  /** Settings of this wait. Override those of the client and the defaults of `Waiter`. */
  export interface WatchOptions extends Waiter.Options {}

  /** The options of a wait with a deadline. */
  export interface WaitOptions extends Waiter.WaitOptions<Job> {}

  /** The ended job and its download package, which is ready. */
  export interface RunResult {
    readonly job: Job
    readonly download: DownloadPackage
  }

  /** The options shared by all runs of a batch. */
  export interface RunAllOptions<E = never>
    extends Omit<CreateInput, "workflowId" | "projectId" | "onOrphan">,
      Omit<WaitOptions, "createdAt"> {
    /**
     * The events of earlier runs of this batch, in order. The batch skips inputs that have ended, waits for inputs with
     * a job, and searches for the jobs of creates without an outcome.
     */
    readonly seen?: Iterable<RunAll.Event> | undefined
    /**
     * Runs before the request of a create leaves, and delays it: append the event to a ledger, and succeed when the
     * event is on the disk. Without `keep`, a killed batch may pay twice. If `keep` fails, the request is not sent, the
     * batch takes no further input, and the stream fails with that error after the runs in progress have ended. If
     * `keep` exceeds the deadline of a call (`RetryPolicy`), the create fails with `CreateNotSent`. An interruption
     * waits for `keep` and for the create that follows.
     */
    readonly keep?: ((event: RunAll.Intended) => Effect.Effect<void, E>) | undefined
    /**
     * Runs with the outcome of a create that arrives after the stream was stopped, as the event that the stream can no
     * longer emit. Store it with the other events: otherwise a resumed batch has to search for that job.
     */
    readonly onOrphan?: ((event: RunAll.Created | RunAll.Failed) => Effect.Effect<void>) | undefined
    /** The number of concurrent jobs, from the create to the package: a whole number, at least 1. */
    readonly concurrency: number
  }

  /** The job operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /**
     * Starts a job. **It costs money**, and the API has no idempotency key. The client repeats the request only if the
     * request never left, was refused by the rate limit (429), or was refused with a token that has since been
     * replaced.
     *
     * When the answer is lost (cut after sending, a timeout, a 5xx, a redirect, an unreadable 200), a job may or may
     * not exist. The client then searches for the job, from the last answer of its own creates on this workflow until
     * the `grace` period ends. Creates of one project without an answer share the new jobs, each job once, under three
     * conditions: the new jobs are exactly as many as the creates, each job was created in the window of its create by
     * the server's clock (see `CreateIntent`), and no job belongs to another user than the jobs of this client. An
     * adopted job is as the list shows it, without tasks. Otherwise the create fails with `CreateOutcomeUnknown`, which
     * has the candidates and is not retryable: search again with `resolve`.
     *
     * The client remembers an unknown outcome until `resolve` finds its job, or for an hour after its window. A job
     * that appears in this time may belong to that create, so another create adopts it only if it certainly made it.
     *
     * The client repeats a failed list until the grace period has passed and, after that, for as long as a call
     * retries: the outage that lost the answer may continue.
     *
     * After sending, an interruption waits for the create: at most for the deadlines of the create and of one more list
     * (see `RetryPolicy`), and the grace period between them. See `onOrphan`.
     *
     * **Gotchas**
     *
     * - A job does not name its creator beyond the user, so the client cannot exclude other writers: a person in the
     *   Aurora application, another process, another `JobsApi`. If another writer creates a job under the same user
     *   just when the request of this client is lost on its way, the client adopts that job. Two parties then hold the
     *   same job; the client never pays for a second job. If that matters, set `adopt: "never"`.
     * - Creates on a workflow wait while the client searches for the job of another create on it.
     * - The client reads the server's clock from the header `Date`, which a browser shows only if the server allows it.
     *   Without `Date`, the client adopts nothing.
     */
    readonly create: (input: CreateInput) => Effect.Effect<Job, CreateError<JobTarget>>
    /**
     * Searches again for the job of a create whose outcome is unknown, from the error or from its record
     * (`CreateIntent`), in another process too. Never creates a job. Lists the jobs until the window of the create is
     * over (by default about 3 minutes after sending), and once if it is over already. Returns the job, as the list
     * shows it, if exactly one job was created in the window and nothing contradicts it. Otherwise fails with
     * `CreateOutcomeUnknown` and the current candidates. A failed list is repeated for as long as a call retries, and
     * then fails the search with its own error.
     *
     * An unattended program searches again after a while, and leaves a still unknown outcome to a person.
     *
     * @example
     * import { JobsApi } from "@effect-pixxel/client"
     * import * as Effect from "effect/Effect"
     *
     * const nightly = Effect.gen(function* () {
     *   const jobs = yield* JobsApi
     *   return yield* jobs.create({ workflowId, projectId }).pipe(
     *     Effect.catchTag("CreateOutcomeUnknown", (error) => Effect.delay(jobs.resolve(error), "15 minutes")),
     *     // No job was found, or several: store the error, notify a person, and create nothing.
     *     Effect.tapErrorTag("CreateOutcomeUnknown", (error) => report(error))
     *   )
     * })
     *
     * **Gotchas**
     *
     * - A missing job proves nothing: a list may lag behind for longer than `grace`. Create another job only if paying
     *   twice is acceptable.
     * - Only a client that remembers all creates on a workflow can tell their jobs apart. In another process, a batch
     *   resolves its creates together: see `RunAll`.
     */
    readonly resolve: (
      target: CreateOutcomeUnknown | CreateIntent
    ) => Effect.Effect<Job, CreateOutcomeUnknown<JobTarget> | HttpError>
    /** Lists all jobs of a workflow in one answer: the API has no pages here (documented). */
    readonly list: (input: ListInput) => Effect.Effect<ReadonlyArray<JobSummary>, HttpError>
    /** Reads a job with its tasks. */
    readonly get: (input: JobRef) => Effect.Effect<Job, HttpError>
    /** Requests the download package of a job, once. Repeat until the package is ready. */
    readonly download: (input: JobRef) => Effect.Effect<DownloadPackage, HttpError>
    /** Requests the download package of a task, once. Repeat until the package is ready. */
    readonly downloadTask: (input: JobRef & { readonly taskId: TaskId }) => Effect.Effect<DownloadPackage, HttpError>
    /**
     * Emits the current job, and then the job after each change of its status, progress or tasks. The stream ends after
     * the job has ended, successfully or not. No deadline.
     */
    readonly watch: (input: JobRef & WatchOptions) => Stream.Stream<Job, HttpError>
    /**
     * Polls until the job has succeeded. A failed job is `JobFailed`. An interruption stops the wait immediately and
     * logs the id of the job, which continues.
     */
    readonly wait: (input: JobRef & WaitOptions) => Effect.Effect<Job, WaitError>
    /**
     * Creates a job, waits for it, and polls its download package until it is ready. **It costs money.** One deadline
     * covers all steps after the create. Every error after the create names the job and is not retryable.
     */
    readonly run: (input: CreateInput & WaitOptions) => Effect.Effect<RunResult, RunError>
    /**
     * Runs many jobs. Each input emits `Created` as soon as its job has an id, then `Succeeded` or `Failed`. **It costs
     * money.** A failure stops only its own input. With `keep` and `seen`, no input is paid twice, even if the process
     * is killed: see `RunAll` for how to resume a batch.
     *
     * **Details**
     *
     * - An input is pulled when `concurrency` leaves room for it. If the input stream fails, the result stream fails
     *   with that error after the runs in progress have ended.
     * - A stopped stream waits for the creates that have been sent, and passes the updates that were not taken to
     *   `onOrphan`. An update counts as taken when the consumer asks for the next, so that an update that was being
     *   stored is not lost.
     */
    readonly runAll: <E, R, E2 = never>(
      inputs: Stream.Stream<RunAll.Input, E, R>,
      options: RunAllOptions<E2>
    ) => Stream.Stream<RunAll.Update, E | E2, R>
  }
}

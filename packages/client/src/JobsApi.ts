/**
 * Jobs: create one, follow it to its end, and locate its result.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { CreateIntent } from "./CreateIntent.js"
import type { DownloadPackage } from "./DownloadPackage.js"
import type { JobId, ProjectId, TaskId, WorkflowId } from "./Ids.js"
import * as internal from "./internal/jobsApi.js"
import type { Job, JobSummary } from "./Job.js"
import type { CreateError, CreateOutcomeUnknown, HttpError, RunError, WaitError } from "./PixxelError.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"
import type * as RunAll from "./RunAll.js"
import type * as Waiter from "./Waiter.js"

/**
 * The calls about jobs.
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
  /** The calls over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<JobsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace JobsApi {
  /**
   * @since 0.1.0
   * @category models
   */
  export interface WorkflowRef {
    readonly workflowId: WorkflowId
  }

  /**
   * @since 0.1.0
   * @category models
   */
  export interface JobRef extends WorkflowRef {
    readonly jobId: JobId
  }

  /**
   * @since 0.1.0
   * @category models
   */
  export interface CreateInput extends WorkflowRef {
    readonly projectId: ProjectId
    /**
     * What to do when the answer is lost, so that nobody can know whether there is a job. `"whenUnique"` (default)
     * lists the jobs of the workflow before the create, and again after a lost answer, and takes the one that is new
     * for the one it made; see `create` for when it does. `"never"` does without any list: for a workflow on which
     * others create jobs too, who cannot be told from this client, or whose list costs more than its safety is worth.
     */
    readonly adopt?: "whenUnique" | "never" | undefined
    /**
     * How long a list may lag behind a create: the client looks until then before it decides. Default: 30 seconds. The
     * API documents no figure; a minute costs nothing but the time of a create whose answer was lost.
     */
    readonly grace?: Duration.DurationInput | undefined
    /**
     * In tokens, from 0 on. The estimate of the workflow is fetched first; above the limit, or without a readable cost,
     * nothing is started, which is `CostLimitExceeded`. When it cannot be fetched, nothing is started either: that is
     * the refusal itself, or `CreateNotSent`. Anything but such a number is a defect.
     */
    readonly maxCost?: number | undefined
    /**
     * Runs with the job when its id is learnt after the caller has been interrupted, so that nobody else is told. The
     * interruption waits for it. Without it the id is only in the log, as a warning.
     */
    readonly onOrphan?: ((job: Job) => Effect.Effect<void>) | undefined
  }

  /**
   * The filters of a list. What `createdOn` means exactly (that day, or since) is not documented.
   *
   * @since 0.1.0
   * @category models
   */
  export interface ListInput extends WorkflowRef {
    readonly id?: JobId | undefined
    readonly status?: string | undefined
    readonly createdBy?: string | undefined
    readonly createdOn?: DateTime.DateTime | undefined
  }

  /**
   * How this call waits, where that is other than `Waiter` says and than the client was told to.
   *
   * @since 0.1.0
   * @category models
   */
  export interface WatchOptions extends Waiter.Options {}

  /**
   * @since 0.1.0
   * @category models
   */
  export interface WaitOptions extends WatchOptions {
    /** The total deadline, after which the wait is `WaitTimeout`. Default: 24 hours. */
    readonly timeout?: Duration.DurationInput | undefined
    /**
     * When the job was created, for a wait in another process than its create, or with another client. A server may
     * answer 404 for a job that was created a moment ago (inferred): for 30 seconds (`grace` of a run) after this time,
     * and until the job was seen once, that counts as pending. A client knows this of the jobs that it created itself.
     * It is compared with the wall clock.
     */
    readonly createdAt?: DateTime.Utc | undefined
    /**
     * Runs with the job as it is at first (for `run`: as it was created), and whenever its status, its progress or its
     * tasks have changed. For lines of progress, and to know the id of the job while `run` goes on.
     */
    readonly onChange?: ((job: Job) => Effect.Effect<void>) | undefined
  }

  /**
   * @since 0.1.0
   * @category models
   */
  export interface RunResult {
    readonly job: Job
    readonly download: DownloadPackage
  }

  /**
   * What all runs of a batch have in common.
   *
   * @since 0.1.0
   * @category models
   */
  export interface RunAllOptions<E = never>
    extends Omit<CreateInput, "workflowId" | "projectId" | "onOrphan">,
      Omit<WaitOptions, "createdAt"> {
    /**
     * The events of earlier runs of this batch, in their order. An input that has ended is left out, one with a job is
     * only waited for, and one whose create has no outcome is looked for.
     */
    readonly seen?: Iterable<RunAll.Event> | undefined
    /**
     * Runs before the request of a create leaves, and is waited for: append the event to a ledger, and be done when it is
     * on the disk. Without it a batch that is killed may pay twice. When it fails, the request is not sent, no further
     * input is taken, and the stream fails with that error after the runs under way have ended. One that takes longer
     * than the deadline of a call (`RetryPolicy`) ends as `CreateNotSent`. An interruption waits for it, and for the
     * create that follows.
     */
    readonly keep?: ((event: RunAll.Intended) => Effect.Effect<void, E>) | undefined
    /**
     * Runs with the outcome of a create after the stream was stopped, as the event that is not taken any more. Keep it
     * with the others: without it a resumed batch has to look for that job.
     */
    readonly onOrphan?: ((event: RunAll.Created | RunAll.Failed) => Effect.Effect<void>) | undefined
    /** How many jobs may be under way at once, from the create to the package: a whole number from 1 on. */
    readonly concurrency: number
  }

  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /**
     * Starts a job. **It costs money**, and the API has no idempotency key. It is sent again by itself only when it
     * never left, or was refused: for its rate (429), or for a token that has been replaced since.
     *
     * When its answer is lost (cut after sending, a timeout, a 5xx, a redirect, an unreadable 200), a job may be there
     * or not. The client then looks for it, from the last answer of its own creates on this workflow until the `grace`
     * period ends. Creates of one project without an answer share out the new jobs, each once, if there are exactly
     * as many as creates, each of them made in the window of its create by the server's own clock (see `CreateIntent`),
     * and none by another user than the one whose jobs this client is seen to create. Such a job is as the list shows
     * it, without its tasks. Otherwise it is `CreateOutcomeUnknown`, which has the candidates and is not retryable: look
     * again with `resolve`.
     *
     * An unknown outcome is remembered until `resolve` finds its job, or for an hour after its window. What appears
     * meanwhile may be its job, and is given to no other create that may not have made it for certain.
     *
     * A list that fails is asked for again until the grace period has passed and, after that, a call would give up: an
     * outage that has taken the answer may go on.
     *
     * From sending on it does not stop for an interruption, which waits: for the deadlines of the create and of one
     * list more (see `RetryPolicy`), and the grace period between them. See `onOrphan`.
     *
     * **Gotchas**
     *
     * - Other writers cannot be excluded, since nothing in a job says who asked for it: a person in the Aurora
     *   application, another process, another `JobsApi`. If such a one makes a job under the same user just when the
     *   request of this client gets lost on its way, the client takes that job for its own. It then holds a job that
     *   somebody else holds too; it never pays for another. Where that matters, give `adopt: "never"`.
     * - Creates on one workflow wait while the job of another is looked for.
     * - The server's clock is read from the header `Date`, which a browser shows only if the server allows it:
     *   without it nothing is adopted.
     */
    readonly create: (input: CreateInput) => Effect.Effect<Job, CreateError>
    /**
     * Looks again for the job of a create whose outcome is unknown, from the error or from its record (`CreateIntent`),
     * in another process too. It never creates. It lists the jobs until the window of the create is over, which is some
     * 3 minutes after the sending by default; after that once. Exactly one job that was created in the window, and that
     * nothing speaks against, is the result, as the list shows it. Otherwise it fails with `CreateOutcomeUnknown`, with
     * the candidates of now. A list that fails is asked for again as long as a call would go on, and then ends it with
     * its own error.
     *
     * For a program that runs at night: look again a while later, and leave what is still unknown to a person.
     *
     * @example
     * import { JobsApi } from "@effect-pixxel/client"
     * import * as Effect from "effect/Effect"
     *
     * const nightly = Effect.gen(function* () {
     *   const jobs = yield* JobsApi
     *   return yield* jobs.create({ workflowId, projectId }).pipe(
     *     Effect.catchTag("CreateOutcomeUnknown", (error) => Effect.delay(jobs.resolve(error), "15 minutes")),
     *     // Nothing was found, or several: store the error, tell a person, and create nothing.
     *     Effect.tapErrorTag("CreateOutcomeUnknown", (error) => report(error))
     *   )
     * })
     *
     * **Gotchas**
     *
     * - No job is no proof: a list may lag behind for longer than `grace`. Create another one only if paying twice is
     *   acceptable.
     * - Records of several creates on one workflow are told apart only by the client that remembers them all. In
     *   another process a batch resolves them together: see `RunAll`.
     */
    readonly resolve: (
      target: CreateOutcomeUnknown | CreateIntent
    ) => Effect.Effect<Job, CreateOutcomeUnknown | HttpError>
    /** The jobs of a workflow, all of them in one answer: the API has no pages here (documented). */
    readonly list: (input: ListInput) => Effect.Effect<ReadonlyArray<JobSummary>, HttpError>
    /** A job with its tasks. */
    readonly get: (input: JobRef) => Effect.Effect<Job, HttpError>
    /** Asks once for the download package of a job. Ask again until it is ready. */
    readonly download: (input: JobRef) => Effect.Effect<DownloadPackage, HttpError>
    /** Asks once for the download package of one task. Ask again until it is ready. */
    readonly downloadTask: (input: JobRef & { readonly taskId: TaskId }) => Effect.Effect<DownloadPackage, HttpError>
    /**
     * The job whenever its status, its progress or its tasks have changed, at first as it is. The stream ends with
     * the job that has come to an end, a bad end too. It has no deadline.
     */
    readonly watch: (input: JobRef & WatchOptions) => Stream.Stream<Job, HttpError>
    /**
     * Polls until the job has succeeded; a bad end is `JobFailed`. An interruption stops it at once, and says so in the
     * log with the id of the job, which goes on.
     */
    readonly wait: (input: JobRef & WaitOptions) => Effect.Effect<Job, WaitError>
    /**
     * The main job: creates, waits, and asks for the download package until it is ready. **It costs money.** One
     * deadline is around all that follows the create. Whatever fails after it names the job, and is not retryable.
     */
    readonly run: (input: CreateInput & WaitOptions) => Effect.Effect<RunResult, RunError>
    /**
     * Runs many: the updates of each input are `Created` as soon as its job has an id, and then one of `Succeeded` and
     * `Failed`. **It costs money.** A failure stops nothing but its own input. With `keep` and `seen` nothing is paid
     * twice, even when the process is killed: see `RunAll` for how a batch is resumed. An input is taken when there is
     * room for it; when the inputs themselves fail, the stream does so after the runs under way have ended. When it is
     * stopped, it waits for the creates that have been sent, and the updates that were not taken go to `onOrphan`: an
     * update is taken when the next one is asked for, so that one which was being kept is not lost.
     */
    readonly runAll: <E, R, E2 = never>(
      inputs: Stream.Stream<RunAll.Input, E, R>,
      options: RunAllOptions<E2>
    ) => Stream.Stream<RunAll.Update, E | E2, R>
  }
}

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
import type { DownloadPackage } from "./DownloadPackage.js"
import type { JobId, ProjectId, TaskId, WorkflowId } from "./Ids.js"
import * as internal from "./internal/jobsApi.js"
import type { Job, JobSummary } from "./Job.js"
import type { CreateError, HttpError, RunError, WaitError } from "./PixxelError.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"

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
   * @since 0.1.0
   * @category models
   */
  export interface WatchOptions {
    /** The mean time between two polls, of which each takes 80 to 120 %. Default: 5 seconds. */
    readonly interval?: Duration.DurationInput | undefined
  }

  /**
   * @since 0.1.0
   * @category models
   */
  export interface WaitOptions extends WatchOptions {
    /** The total deadline. Default: 24 hours. */
    readonly timeout?: Duration.DurationInput | undefined
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
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /**
     * Starts a job. **It costs money**, and the API has no idempotency key: whatever may have started a job without
     * saying so is `CreateOutcomeUnknown`, which is not retryable. It is sent again by itself only when it never left,
     * or was refused: for its rate (429), or for a token that has been replaced since.
     */
    readonly create: (input: CreateInput) => Effect.Effect<Job, CreateError>
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
    /** Polls until the job has succeeded; a bad end is `JobFailed`. */
    readonly wait: (input: JobRef & WaitOptions) => Effect.Effect<Job, WaitError>
    /**
     * The main job: creates, waits, and asks for the download package until it is ready. **It costs money.** One
     * deadline is around all that follows the create. Whatever fails after it names the job, and is not retryable.
     */
    readonly run: (input: CreateInput & WaitOptions) => Effect.Effect<RunResult, RunError>
  }
}

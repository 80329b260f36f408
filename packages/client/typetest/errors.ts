/** Type tests of errors. `tsc` is the test; this file never runs. */
import * as Effect from "effect/Effect"
import {
  type CreateError,
  type CreateNotSent,
  Download,
  type DownloadFailure,
  type Hashing,
  type HttpError,
  type JobId,
  type JobSubject,
  type JobsApi,
  type JobTarget,
  type NotSent,
  type PixxelRateLimited,
  type ProjectId,
  type RunAll,
  type RunError,
  type Subject,
  type TaskId,
  type TaskSubject,
  type WorkflowId
} from "../src/index.js"

declare const jobs: JobsApi.Service
declare const ref: JobsApi.JobRef
declare const jobId: JobId
interface AssetSubject extends Subject {
  readonly _tag: "Asset"
  readonly assetId: string
}
declare const asset: Download.Source<AssetSubject>

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const assertType = <_ extends true>() => {}

// The errors of a create name its workflow and project, without a switch.
type About<E> = Extract<E, { readonly target: unknown }>["target"]
assertType<Equal<About<CreateError<JobTarget>>["workflowId"], WorkflowId>>()
assertType<Equal<About<Effect.Effect.Error<ReturnType<JobsApi.Service["run"]>>>["_tag"], "Job">>()
assertType<Equal<About<Effect.Effect.Error<ReturnType<JobsApi.Service["resolve"]>>>["projectId"], ProjectId>>()
assertType<Equal<About<RunAll.Failed["error"]>["workflowId"], WorkflowId>>()

type Retryable<E> = Extract<E, { readonly isRetryable: true }>

// The request of a retryable error has certainly not arrived.
assertType<Equal<Retryable<CreateError<JobTarget>>, PixxelRateLimited | NotSent | CreateNotSent<JobTarget>>>()
assertType<Equal<Retryable<RunError>, PixxelRateLimited | NotSent | CreateNotSent<JobTarget>>>()
assertType<Equal<Effect.Effect.Error<ReturnType<JobsApi.Service["create"]>>, CreateError<JobTarget>>>()
assertType<Equal<Effect.Effect.Error<ReturnType<JobsApi.Service["run"]>>, RunError>>()

// The same holds for the errors of a batch.
assertType<Equal<RunAll.Failed["error"], RunError>>()

// A read may be repeated after any of these.
assertType<
  Equal<
    Retryable<HttpError>["_tag"],
    "PixxelRateLimited" | "PixxelServerError" | "PixxelTransportError" | "PixxelRequestTimeout"
  >
>()

// Options that check the ZIP, or may check it, require Hashing.
type Needs<O extends Download.Options> = Hashing extends Download.ServicesOf<O> ? true : false
assertType<Equal<Needs<{ readonly verify: true }>, true>>()
assertType<Equal<Needs<Download.Options>, true>>()
assertType<Equal<Needs<{ readonly ifExists: "skip" }>, false>>()
assertType<Equal<Needs<{ readonly verify: false }>, false>>()

// A download may be repeated after the same errors, and resumes after this one.
assertType<Equal<Exclude<Retryable<DownloadFailure>, HttpError>["_tag"], "DownloadIncomplete">>()
const ofJob = Download.toFile({ ...ref, path: "fields.zip" })
assertType<Equal<Effect.Effect.Error<typeof ofJob>, DownloadFailure<JobSubject | TaskSubject>>>()
const ofAsset = Download.toFile({ source: asset, path: "scene.zip" })
assertType<Equal<Effect.Effect.Error<typeof ofAsset>, DownloadFailure<AssetSubject>>>()
assertType<Equal<Effect.Effect.Error<ReturnType<typeof Download.all>>, never>>()

// The errors about what exists name it, with the ids of their own service.
type SubjectOf<E, Tag> = Extract<E, { readonly _tag: Tag }> extends { readonly subject: infer S } ? S : never
type Waited = Effect.Effect.Error<ReturnType<JobsApi.Service["wait"]>>
assertType<Equal<SubjectOf<Waited, "WaitTimeout">, JobSubject>>()
assertType<Equal<SubjectOf<Waited, "JobFailed">, JobSubject>>()
assertType<Equal<SubjectOf<RunError, "WaitTimeout" | "DownloadError" | "RunIncomplete">, JobSubject>>()
assertType<Equal<SubjectOf<DownloadFailure, "WaitTimeout">, Subject>>()
export const waitedFor: Effect.Effect<JobId, unknown> = jobs.wait(ref).pipe(
  Effect.as(jobId),
  Effect.catchTag("WaitTimeout", (error) => Effect.succeed(error.subject.jobId))
)

const handled = jobs.get(ref).pipe(
  Effect.catchTags({
    PixxelBadRequest: () => Effect.void,
    PixxelUnauthorized: () => Effect.void,
    PixxelNotFound: () => Effect.void,
    PixxelConflict: () => Effect.void,
    PixxelRateLimited: () => Effect.void,
    PixxelServerError: () => Effect.void,
    PixxelUnexpectedStatus: () => Effect.void,
    PixxelTransportError: () => Effect.void,
    PixxelRequestTimeout: () => Effect.void,
    PixxelDecodeError: () => Effect.void
  })
)

export const withForbidden: Effect.Effect<unknown> = handled.pipe(Effect.catchTag("PixxelForbidden", () => Effect.void))

// Effect's language service reports it too, and ignores @ts-expect-error.
// @ts-expect-error PixxelForbidden is not handled
// @effect-diagnostics-next-line missingEffectError:off
export const withoutForbidden: Effect.Effect<unknown> = handled

declare const job: JobId
// @ts-expect-error A job id is no task id
export const task: TaskId = job
// @ts-expect-error A plain text is no job id
export const plain: JobId = "job-1"

/**
 * The calls about jobs, and what is made of several of them.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JobId } from "../Ids.js"
import type { Job } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import { DownloadError, HttpError, RunIncomplete, WaitTimeout } from "../PixxelError.js"
import { PixxelHttpClient } from "../PixxelHttpClient.js"
import { call, callBillable } from "./call.js"
import { ofCreate } from "./classify.js"
import * as endpoints from "./endpoints.js"
import { jobFailed } from "./jobFailed.js"
import { timeParam } from "./query.js"
import * as redact from "./redact.js"
import * as schedule from "./schedule.js"

const isHttpError = Schema.is(HttpError)

/** What `watch` reports a change of. */
const appearance = (job: Job) =>
  JSON.stringify([job.status, job.progress, job.tasks.map((task) => [task.id, task.status, task.progress])])

/** Tells a job to `onChange` unless it looks as it did the last time. */
const telling = ({ onChange }: JobsApi.WaitOptions) =>
  Effect.map(Ref.make(""), (last) => (job: Job) => {
    if (onChange === undefined) return Effect.void
    const now = appearance(job)
    return Effect.flatMap(Ref.getAndSet(last, now), (before) => (before === now ? Effect.void : onChange(job)))
  })

interface Following {
  readonly ref: JobsApi.JobRef
  readonly waitingFor: WaitTimeout["waitingFor"]
  readonly options: JobsApi.WaitOptions
  /** What is left of the total deadline. */
  readonly left: Duration.DurationInput
}

export const make: Effect.Effect<JobsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* PixxelHttpClient
  const scrub = Effect.map(http.auth.authorization, redact.make)

  /** The job as an error names it: an id that the server made might hold anything. */
  const named = ({ jobId, workflowId }: JobsApi.JobRef) =>
    Effect.map(scrub, ({ id }) => ({ workflowId, jobId: JobId.make(id(jobId)) }))

  const create: JobsApi.Service["create"] = (input) =>
    callBillable(
      http,
      endpoints.createJob,
      { params: { workflow_id: input.workflowId }, query: { project_id: input.projectId } },
      ofCreate(input)
    )

  const list: JobsApi.Service["list"] = ({ createdBy, createdOn, id, status, workflowId }) =>
    call(http, endpoints.listJobs, {
      params: { workflow_id: workflowId },
      query: { id, status, created_by: createdBy, created_on: timeParam(createdOn) }
    })

  const get: JobsApi.Service["get"] = ({ jobId, workflowId }) =>
    call(http, endpoints.getJobById, { params: { workflow_id: workflowId, job_id: jobId } })

  const download: JobsApi.Service["download"] = ({ jobId, workflowId }) =>
    call(http, endpoints.downloadJob, { params: { workflow_id: workflowId, job_id: jobId } })

  const downloadTask: JobsApi.Service["downloadTask"] = ({ jobId, taskId, workflowId }) =>
    call(http, endpoints.downloadTask, { params: { workflow_id: workflowId, job_id: jobId, task_id: taskId } })

  const watch: JobsApi.Service["watch"] = (input) =>
    Stream.repeatEffectWithSchedule(get(input), schedule.every(input.interval ?? schedule.defaultInterval)).pipe(
      Stream.takeUntil((job) => job.outcome !== "pending"),
      Stream.changesWith((before, after) => appearance(before) === appearance(after))
    )

  const follow = <A extends { readonly status: Option.Option<string> }>(
    { left, options, ref, waitingFor }: Following,
    ask: Effect.Effect<A, HttpError>,
    enough: (answer: A) => boolean
  ): Effect.Effect<A, HttpError | WaitTimeout> =>
    Effect.gen(function* () {
      const seen = yield* Ref.make({ lastStatus: Option.none<string>(), polls: 0 })
      const noting = Effect.tap(ask, ({ status }) =>
        Ref.update(seen, ({ polls }) => ({ lastStatus: status, polls: polls + 1 }))
      )
      const answer = yield* schedule
        .until(noting, options.interval ?? schedule.defaultInterval, enough)
        .pipe(Effect.timeoutOption(left))
      if (Option.isSome(answer)) return answer.value

      const timeout = timeoutOf(options)
      const { lastStatus, polls } = yield* Ref.get(seen)
      const { text } = yield* scrub
      const what = waitingFor === "job" ? "had not ended" : "had no download package"
      const job = yield* named(ref)
      return yield* new WaitTimeout({
        ...job,
        waitingFor,
        lastStatus: Option.map(lastStatus, text),
        polls,
        timeout,
        message: `Job ${job.jobId} ${what} after ${Duration.format(timeout)}. It goes on: wait again with the same ids.`
      })
    })

  const waitFor = (ref: JobsApi.JobRef, options: JobsApi.WaitOptions, tell: (job: Job) => Effect.Effect<void>) =>
    Effect.gen(function* () {
      const left = timeoutOf(options)
      const ask = Effect.tap(get(ref), tell)
      const job = yield* follow({ ref, options, left, waitingFor: "job" }, ask, (it) => it.outcome !== "pending")
      return job.outcome === "failed" ? yield* jobFailed(yield* named(ref), job, yield* scrub) : job
    })

  const wait: JobsApi.Service["wait"] = (input) =>
    telling(input).pipe(
      Effect.flatMap((tell) => waitFor(input, input, tell)),
      Effect.withSpan("JobsApi.wait", { captureStackTrace: false })
    )

  const packageOf = (ref: JobsApi.JobRef, options: JobsApi.WaitOptions, left: Duration.Duration) =>
    Effect.gen(function* () {
      const following: Following = { ref, options, left, waitingFor: "download" }
      const answer = yield* follow(following, download(ref), (it) => it.isReady || it.outcome === "failed")
      if (answer.isReady) return answer
      const { text } = yield* scrub
      const status = Option.match(answer.status, { onNone: () => "", onSome: text })
      const job = yield* named(ref)
      return yield* new DownloadError({
        ...job,
        reason: "PackageFailed",
        status: answer.status.pipe(Option.map(text)),
        message: `The download package of job ${job.jobId} ended as ${status}. The job is done: ask for it again with download.`
      })
    })

  /** After the create nothing may look as if a second run were the way out. */
  const incomplete = (ref: JobsApi.JobRef, phase: RunIncomplete["phase"]) => (failure: HttpError) =>
    Effect.flatMap(named(ref), ({ jobId, workflowId }) =>
      Effect.fail(
        new RunIncomplete({
          workflowId,
          jobId,
          phase,
          failure,
          message: `Job ${jobId} exists and is paid, but could not be followed: ${failure.message} Do not run again: go on with ${phase} and workflow ${workflowId}, job ${jobId}.`
        })
      )
    )

  const run: JobsApi.Service["run"] = (input) =>
    Effect.gen(function* () {
      const tell = yield* telling(input)
      const created = yield* create(input)
      yield* tell(created)
      const ref = { workflowId: input.workflowId, jobId: created.id }
      const [elapsed, job] = yield* waitFor(ref, input, tell).pipe(
        Effect.timed,
        Effect.catchIf(isHttpError, incomplete(ref, "wait"))
      )
      const left = Duration.subtract(timeoutOf(input), elapsed)
      const ready = yield* packageOf(ref, input, left).pipe(Effect.catchIf(isHttpError, incomplete(ref, "download")))
      return { job, download: ready }
    }).pipe(Effect.withSpan("JobsApi.run", { captureStackTrace: false }))

  return { create, list, get, download, downloadTask, watch, wait, run }
})

const timeoutOf = (options: JobsApi.WaitOptions) => Duration.decode(options.timeout ?? "24 hours")

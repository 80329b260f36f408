/**
 * The calls about jobs, and what is made of several of them.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { JobId } from "../Ids.js"
import type { Job } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import { DownloadError, HttpError, RunIncomplete, type WaitTimeout } from "../PixxelError.js"
import { PixxelHttpClient } from "../PixxelHttpClient.js"
import { inTime } from "./alarm.js"
import { call, callBillable, callDated } from "./call.js"
import { ofCreate } from "./classify.js"
import * as endpoints from "./endpoints.js"
import { alone, type Follower, until, type Wanted } from "./following.js"
import { jobFailed } from "./jobFailed.js"
import type { Sight } from "./pace.js"
import * as policies from "./policy.js"
import * as poller from "./poller.js"
import { timeParam } from "./query.js"
import * as redact from "./redact.js"
import { make as makeRunAll } from "./runAll.js"
import { logOrphan, make as safeCreate } from "./safeCreate.js"
import * as waiter from "./waiter.js"

const isHttpError = (error: unknown): error is HttpError => HttpError.members.some((member) => error instanceof member)

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
  const scrub = redact.now(http.auth)

  /** The job as an error names it: an id that the server made might hold anything. */
  const named = ({ jobId, workflowId }: JobsApi.JobRef) =>
    Effect.map(scrub, ({ id }) => ({ workflowId, jobId: JobId.make(id(jobId)) }))

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

  const { create, remember, resolve, resolveAll } = safeCreate({
    scrub,
    policy: policies.inForce(http.retry),
    list: ({ workflowId }) => callDated(http, endpoints.listJobs, { params: { workflow_id: workflowId } }),
    estimate: ({ workflowId }) =>
      call(http, endpoints.getWorkflowCostEstimate, { params: { workflow_id: workflowId } }),
    send: (input, intent) =>
      callBillable(
        http,
        endpoints.createJob,
        { params: { workflow_id: input.workflowId }, query: { project_id: input.projectId } },
        ofCreate(intent)
      )
  })

  const shared = yield* poller.make({ get, list })

  /** Follows a job; for its end alone, or for its tasks too. */
  const jobOf = (ref: JobsApi.JobRef, options: JobsApi.WatchOptions, detailed: boolean, deadline: number) =>
    Effect.suspend(() => {
      const settings = waiter.adjust(http.waiter, options)
      return settings.coalesce ? shared.join(ref, settings, detailed, deadline) : alone(settings, get(ref), deadline)
    })

  const watch: JobsApi.Service["watch"] = (input) =>
    Stream.unwrapScoped(
      Effect.map(jobOf(input, input, true, Number.POSITIVE_INFINITY), ({ next }) =>
        Stream.repeatEffectOption(
          Effect.flatMap(Effect.mapError(next, Option.some), Effect.mapError(Option.none<HttpError>))
        )
      )
    ).pipe(
      Stream.takeUntil((job) => job.outcome !== "pending"),
      Stream.changesWith((before, after) => appearance(before) === appearance(after))
    )

  const follow = <A extends Sight>(
    { left, options, ref, waitingFor }: Following,
    follower: (deadline: number) => Effect.Effect<Follower<A>, never, Scope.Scope>,
    enough: (answer: A) => boolean
  ): Effect.Effect<A, HttpError | WaitTimeout> =>
    Effect.gen(function* () {
      const job = yield* named(ref)
      const what = waitingFor === "job" ? "the end" : "the download package"
      const which = `${what} of job ${job.jobId} of workflow ${job.workflowId}`
      yield* Effect.logDebug(`Waiting for ${which}.`)
      const wanted: Wanted = { ref: job, waitingFor, timeout: timeoutOf(options), scrub, advice }
      const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(left)
      return yield* until(yield* follower(deadline), enough, wanted).pipe(
        Effect.onInterrupt(() => Effect.logInfo(`No longer waiting for ${which}: interrupted. The job goes on.`))
      )
    }).pipe(Effect.scoped)

  /** Tells what it sees. Its deadline holds for that too. */
  const told =
    (tell: (job: Job) => Effect.Effect<void>, deadline: number) =>
    ({ next, seen }: Follower<Job>): Follower<Job> => ({
      next: Effect.flatMap(next, (answer) =>
        Option.isNone(answer)
          ? Effect.succeed(answer)
          : Effect.flatMap(Clock.currentTimeMillis, (now) =>
              inTime(Effect.as(tell(answer.value), answer.value), deadline - now)
            )
      ),
      seen
    })

  const waitFor = (ref: JobsApi.JobRef, options: JobsApi.WaitOptions, tell: (job: Job) => Effect.Effect<void>) =>
    Effect.gen(function* () {
      const left = timeoutOf(options)
      const following = (deadline: number) =>
        options.onChange === undefined
          ? jobOf(ref, options, false, deadline)
          : Effect.map(jobOf(ref, options, true, deadline), told(tell, deadline))
      const job = yield* follow({ ref, options, left, waitingFor: "job" }, following, (it) => it.outcome !== "pending")
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
      const looking = (deadline: number) =>
        Effect.suspend(() => alone(waiter.adjust(http.waiter, options), download(ref), deadline))
      const answer = yield* follow(following, looking, (it) => it.isReady || it.outcome === "failed")
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

  const complete = (ref: JobsApi.JobRef, options: JobsApi.WaitOptions, tell: (job: Job) => Effect.Effect<void>) =>
    Effect.gen(function* () {
      const [elapsed, job] = yield* waitFor(ref, options, tell).pipe(
        Effect.timed,
        Effect.catchIf(isHttpError, incomplete(ref, "wait"))
      )
      const left = Duration.subtract(timeoutOf(options), elapsed)
      const ready = yield* packageOf(ref, options, left).pipe(Effect.catchIf(isHttpError, incomplete(ref, "download")))
      return { job, download: ready }
    })

  const run: JobsApi.Service["run"] = (input) =>
    Effect.gen(function* () {
      const tell = yield* telling(input)
      const created = yield* create(input)
      yield* tell(created)
      return yield* complete({ workflowId: input.workflowId, jobId: created.id }, input, tell)
    }).pipe(Effect.withSpan("JobsApi.run", { captureStackTrace: false }))

  const runAll = makeRunAll({
    create,
    remember,
    resolveAll,
    logOrphan: logOrphan(scrub),
    complete: (ref, options) => Effect.flatMap(telling(options), (tell) => complete(ref, options, tell))
  })

  return {
    create: (input) => create(input),
    resolve: (target) => Effect.withSpan(resolve(target), "JobsApi.resolve", { captureStackTrace: false }),
    list,
    get,
    download,
    downloadTask,
    watch,
    wait,
    run,
    runAll
  }
})

/** What was seen of a job, as words, and what to do. */
const advice: Wanted["advice"] = (status, { looks, progress }) =>
  `${wordsOf(looks, status, progress)}. It goes on: wait again with the same ids.`

const wordsOf = (looks: number, status: Option.Option<string>, progress: Option.Option<number>) => {
  if (looks === 0) return "it was never seen"
  const word = Option.match(status, { onNone: () => "without a status", onSome: (it) => JSON.stringify(it) })
  const share = Option.match(progress, { onNone: () => "", onSome: (it) => ` at ${it} %` })
  return `it was seen ${looks === 1 ? "once" : `${looks} times`}, at last ${word}${share}`
}

const timeoutOf = (options: JobsApi.WaitOptions) => Duration.decode(options.timeout ?? "24 hours")

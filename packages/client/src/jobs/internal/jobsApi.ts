/** The job operations, and the operations composed of them. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { HttpError } from "../../HttpError.js"
import { inTime } from "../../internal/alarm.js"
import { call, callDated, callOnce, callWatched, type Dated, withValue } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { ofCreate } from "../../internal/createErrors.js"
import * as elapsed from "../../internal/elapsed.js"
import { type Follower, makeFollower, until, type WaitTarget } from "../../internal/following.js"
import type { Snapshot } from "../../internal/pace.js"
import * as policies from "../../internal/policy.js"
import * as poller from "../../internal/poller.js"
import * as redact from "../../internal/redact.js"
import { graceOf, logOrphan, make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import { atStart, nameOf, scrubbed } from "../../internal/subject.js"
import * as waiter from "../../internal/waiter.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { WaitTimeout } from "../../WaitError.js"
import { getWorkflowCostEstimate } from "../../workflows/internal/endpoints.js"
import type { Job } from "../Job.js"
import { RunIncomplete } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import type { JobSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"
import { jobFailed } from "./jobFailed.js"
import * as packages from "./packages.js"
import { make as makeRunAll } from "./runAll.js"

const isHttpError = (error: unknown): error is HttpError => HttpError.members.some((member) => error instanceof member)

/** The fields whose changes `watch` reports. */
const appearance = (job: Job) =>
  JSON.stringify([job.status, job.progress, job.tasks.map((task) => [task.id, task.status, task.progress])])

/** Passes a job to `onChange` unless its appearance is unchanged. */
const notifier = ({ onChange }: JobsApi.WaitOptions) =>
  Effect.map(Ref.make(""), (last) => (job: Job) => {
    if (onChange === undefined) return Effect.void
    const now = appearance(job)
    return Effect.flatMap(Ref.getAndSet(last, now), (before) => (before === now ? Effect.void : onChange(job)))
  })

interface Following {
  readonly ref: JobsApi.JobRef
  readonly waitingFor: WaitTimeout["waitingFor"]
  readonly options: JobsApi.WaitOptions
}

/** The time for `onChange` after a poll beyond the deadline, which follows a late timer. */
const longestNotification = Duration.toMillis("1 minute")

export const make: Effect.Effect<JobsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const scrub = redact.now(http.auth)

  /** The job as errors name it. */
  const named = ({ jobId, workflowId }: JobsApi.JobRef) =>
    Effect.map(scrub, (it) => scrubbed<JobSubject>({ _tag: "Job", workflowId, jobId }, it))

  const { recent } = http

  const lookAtJob = ({ jobId, workflowId }: JobsApi.JobRef) =>
    Effect.map(callDated(http, endpoints.getJobById, { workflowId, jobId }), (answer) => {
      recent.saw({ workflowId, jobId })
      return answer
    })

  const lookAtJobs = (input: JobsApi.ListInput) =>
    Effect.map(callDated(http, endpoints.listJobs, input), (answer) => {
      const { items } = answer.value
      for (const job of items) recent.saw({ workflowId: input.workflowId, jobId: job.id })
      return withValue(answer, items)
    })

  const list: JobsApi.Service["list"] = (input) => Effect.map(lookAtJobs(input), valueOf)

  const get: JobsApi.Service["get"] = (ref) => Effect.map(lookAtJob(ref), valueOf)

  const download: JobsApi.Service["download"] = (ref) => call(http, endpoints.downloadJob, ref)

  const downloadTask: JobsApi.Service["downloadTask"] = (ref) => call(http, endpoints.downloadTask, ref)

  /** Records that a job was created `before` milliseconds ago. */
  const record = (ref: JobsApi.JobRef, grace: Duration.Duration, before = 0) =>
    Effect.map(elapsed.now, (now) => recent.created(ref, now + Duration.toMillis(grace) - before, now))

  const { create, remember, resolve, resolveAll } = safeCreate({
    record,
    scrub,
    policy: policies.inForce(http.retry),
    list: ({ workflowId }) => callWatched(http, endpoints.listJobs, { workflowId }),
    estimate: ({ workflowId }) => call(http, getWorkflowCostEstimate, { workflowId }),
    send: (input, intent) => callOnce(http, endpoints.createJob, input, ofCreate(intent))
  })

  /** Records a job that another process created, perhaps a moment ago. */
  const recall = (ref: JobsApi.JobRef, { createdAt, grace }: CompleteOptions) =>
    createdAt === undefined
      ? Effect.void
      : Effect.flatMap(DateTime.now, (now) =>
          record(ref, graceOf({ grace }), Math.max(0, DateTime.distance(createdAt, now)))
        )

  const shared = yield* poller.make({ get: lookAtJob, list: lookAtJobs, mayBeUnknown: recent.mayBeUnknown })

  /** Follows a job: only for its end, or (`detailed`) for its tasks too. */
  const jobOf = (ref: JobsApi.JobRef, options: JobsApi.WatchOptions, detailed: boolean, deadline: number) =>
    Effect.suspend(() => {
      const settings = waiter.adjust(http.waiter, options)
      return settings.coalesce
        ? shared.join(ref, settings, detailed, deadline)
        : makeFollower(
            settings,
            { look: lookAtJob(ref), mayBeUnknown: (now) => recent.mayBeUnknown(ref, now) },
            deadline
          )
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

  const follow = <A extends Snapshot>(
    { options, ref, waitingFor }: Following,
    follower: Effect.Effect<Follower<A>, never, Scope.Scope>,
    enough: (answer: A) => boolean
  ): Effect.Effect<A, HttpError | WaitTimeout<JobSubject>> =>
    Effect.gen(function* () {
      const subject = yield* named(ref)
      const what = waitingFor === "end" ? "the end" : "the download package"
      const which = `${what} of ${nameOf(subject)} of workflow ${subject.workflowId}`
      yield* Effect.logDebug(`Waiting for ${which}.`)
      const target: WaitTarget<JobSubject> = { subject, waitingFor, timeout: timeoutOf(options), scrub, advice }
      return yield* until(yield* follower, enough, target).pipe(
        Effect.onInterrupt(() => Effect.logInfo(`No longer waiting for ${which}: interrupted. The job continues.`))
      )
    }).pipe(Effect.scoped)

  /** Passes each polled job to `notify`, under the same deadline. */
  const notifying =
    (notify: (job: Job) => Effect.Effect<void>, deadline: number) =>
    ({ next, seen }: Follower<Job>): Follower<Job> => ({
      next: Effect.gen(function* () {
        const answer = yield* next
        if (Option.isNone(answer)) return answer
        const left = elapsed.left(deadline, yield* elapsed.now)
        const done = yield* inTime(notify(answer.value), left > 0 ? left : longestNotification)
        // After a late timer, the polled job still counts.
        return Option.isSome(done) || elapsed.isLate(deadline, yield* elapsed.now) ? answer : Option.none()
      }),
      seen
    })

  const waitFor = (
    ref: JobsApi.JobRef,
    options: CompleteOptions,
    notify: (job: Job) => Effect.Effect<void>,
    deadline: number
  ) =>
    Effect.gen(function* () {
      yield* recall(ref, options)
      const following =
        options.onChange === undefined
          ? jobOf(ref, options, false, deadline)
          : Effect.map(jobOf(ref, options, true, deadline), notifying(notify, deadline))
      const target: Following = { ref, options, waitingFor: "end" }
      const job = yield* follow(target, following, (it) => it.outcome !== "pending")
      return job.outcome === "failed" ? yield* jobFailed(yield* named(ref), job, yield* scrub) : job
    })

  const wait: JobsApi.Service["wait"] = (input) =>
    Effect.gen(function* () {
      const notify = yield* notifier(input)
      return yield* waitFor(input, input, notify, yield* deadlineOf(input))
    }).pipe(span.within("JobsApi.wait"))

  const packageOf = (ref: JobsApi.JobRef, options: JobsApi.WaitOptions, deadline: number) =>
    Effect.gen(function* () {
      const target: Following = { ref, options, waitingFor: "download" }
      const looking = Effect.suspend(() =>
        makeFollower(waiter.adjust(http.waiter, options), packages.polled(http, ref), deadline)
      )
      const answer = yield* follow(target, looking, packages.endOf())
      yield* packages.urlOf(answer, yield* named(ref), Option.none(), yield* scrub)
      return answer
    })

  /** Wraps errors after the create, so that no error suggests a second run. */
  const incomplete = (ref: JobsApi.JobRef, phase: RunIncomplete["phase"]) => (failure: HttpError) =>
    Effect.flatMap(named(ref), (subject) =>
      Effect.fail(
        new RunIncomplete({
          subject,
          phase,
          failure,
          message: `${atStart(subject)} exists and is billed, but could not be followed: ${failure.message} Do not run again. Continue with ${phase} and workflow ${subject.workflowId}, ${nameOf(subject)}.`
        })
      )
    )

  const complete = (ref: JobsApi.JobRef, options: CompleteOptions, notify: (job: Job) => Effect.Effect<void>) =>
    Effect.gen(function* () {
      const deadline = yield* deadlineOf(options)
      const job = yield* waitFor(ref, options, notify, deadline).pipe(
        Effect.catchIf(isHttpError, incomplete(ref, "wait"))
      )
      const ready = yield* packageOf(ref, options, deadline).pipe(
        Effect.catchIf(isHttpError, incomplete(ref, "download"))
      )
      return { job, download: ready }
    })

  const run: JobsApi.Service["run"] = (input) =>
    Effect.gen(function* () {
      const notify = yield* notifier(input)
      const created = yield* create(input)
      yield* notify(created)
      return yield* complete({ workflowId: input.workflowId, jobId: created.id }, input, notify)
    }).pipe(span.within("JobsApi.run"))

  const runAll = makeRunAll({
    create,
    remember,
    resolveAll,
    logOrphan: logOrphan(scrub),
    complete: (ref, options) => Effect.flatMap(notifier(options), (notify) => complete(ref, options, notify))
  })

  return {
    create: (input) => create(input),
    resolve: (target) => span.within("JobsApi.resolve")(resolve(target)),
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

/** The options of a wait for a job that may be very young. */
type CompleteOptions = JobsApi.WaitOptions & Pick<JobsApi.CreateInput, "grace">

const valueOf = <A>({ value }: Dated<A>): A => value

/** The last polled state of a job, and the next step. */
const advice: WaitTarget<JobSubject>["advice"] = (status, { looks, progress }) =>
  `${wordsOf(looks, status, progress)}. The job continues. Wait again with the same ids.`

const wordsOf = (looks: number, status: Option.Option<string>, progress: Option.Option<number>) => {
  if (looks === 0) return "no poll succeeded"
  const word = Option.match(status, {
    onNone: () => "without a status",
    onSome: (it) => `with status ${JSON.stringify(it)}`
  })
  const share = Option.match(progress, { onNone: () => "", onSome: (it) => ` at ${it} %` })
  return `${looks} ${looks === 1 ? "poll" : "polls"}, the last ${word}${share}`
}

const timeoutOf = (options: JobsApi.WaitOptions) => Duration.decode(options.timeout ?? "24 hours")

/** The total deadline of a wait that starts now. */
const deadlineOf = (options: JobsApi.WaitOptions) =>
  Effect.map(elapsed.now, (now) => now + Duration.toMillis(timeoutOf(options)))

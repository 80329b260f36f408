/**
 * Follows a job: redraws it in place on a terminal, or writes a line per change. When stopped, names the job that
 * continues and the command that follows it again. Waits for a create in flight, since its id would be lost. Then
 * downloads the package of the job, or of one of its tasks.
 */
import * as Options from "@effect/cli/Options"
import type { JobId, PixxelBadRequest } from "@effect-pixxel/client"
import type * as Download from "@effect-pixxel/client/Download"
import { packageOf } from "@effect-pixxel/client/jobs/internal/packages"
import type { Job } from "@effect-pixxel/client/jobs/Job"
import { JobsApi } from "@effect-pixxel/client/jobs/JobsApi"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { JobNotEnded } from "../failure/errors.js"
import type { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import { live } from "../render/live.js"
import * as results from "../render/results.js"
import { naming, type Reported, reporting } from "./changes.js"
import { type AnsweredOptions, answered } from "./downloading.js"
import { file, flag } from "./options.js"

interface Followed extends Reported, JobsApi.WorkflowRef {
  /** Undefined until the job is created. */
  readonly jobId?: JobId
}

type Show = (job: Job) => Effect.Effect<void>

/** Redraws the job on every change, and every second. */
const redrawn = (output: Output.Service): Effect.Effect<Show, never, Scope.Scope> =>
  Effect.gen(function* () {
    const seen = yield* Ref.make(Option.none<Job>())
    const draw = Effect.gen(function* () {
      const job = yield* Ref.get(seen)
      if (Option.isNone(job)) return
      const now = yield* Clock.currentTimeMillis
      // one line stays free for the cursor
      const view = { ...output.notes.style(), height: Math.max(1, output.notes.height() - 1), now }
      output.live.draw(live(job.value, view))
    })
    yield* Effect.addFinalizer((exit) =>
      // on the same terminal, the result replaces the lines
      Effect.sync(() => output.live.end(Exit.isSuccess(exit) && output.results.isTerminal))
    )
    yield* Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("1 second")))
    return (job) => Effect.zipRight(Ref.set(seen, Option.some(job)), draw)
  })

const showing = (options: Followed, output: Output.Service) => {
  const { changesAreResults, form, quiet } = options
  return form === "text" && !changesAreResults && !quiet && output.notes.isTerminal
    ? redrawn(output)
    : Effect.succeed<Show>(reporting("job", results.change)(options, output))
}

export const following = <O extends Followed, A, E, R>(
  options: O,
  call: (input: O & Readonly<Record<"onChange" | "onOrphan", Show>>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Invocation | Output> => {
  const { jobId, workflowId } = options
  return naming(options, { _tag: "Job", workflowId, ...(jobId && { jobId }) }, (named) =>
    Effect.gen(function* () {
      const show = yield* showing(options, yield* Output)
      return yield* call({ ...options, onChange: (job) => Effect.zipRight(named(job), show(job)), onOrphan: named })
    }).pipe(Effect.scoped)
  )
}

// --- downloads ---

/** The option of the folder. */
export const out = file("out", "The folder for the file, created if missing. Default: the current folder.").pipe(
  Options.withDefault(".")
)

export const wait = flag("wait", "Wait for the end of the job first. --timeout applies to each of the two steps.")

/** Explains a 400: the API answers it for the package of a running job as for a wrong id (inferred). */
const explained =
  ({ jobId, workflowId }: JobsApi.JobRef) =>
  (error: PixxelBadRequest) =>
    Effect.gen(function* () {
      const api = yield* JobsApi
      const job = yield* Effect.orElseFail(api.get({ workflowId, jobId }), () => error)
      if (job.outcome !== "pending") return yield* error
      const status = Option.getOrElse(job.status, () => "without a status")
      const progress = Option.match(job.progress, { onNone: () => "", onSome: (share) => `, ${share} %` })
      const message = `Job ${jobId} is still running (${status}${progress}), so it has no package yet.`
      return yield* new JobNotEnded({ workflowId, jobId, message })
    })

/** The answer of a download command for a job or a task. */
export const fetched = (ref: Download.JobInput, name: string, options: AnsweredOptions & { readonly wait: boolean }) =>
  Effect.gen(function* () {
    const { jobId, workflowId } = ref
    const api = yield* JobsApi
    if (options.wait) yield* following({ ...options, workflowId, jobId }, api.wait)
    return yield* answered({ source: packageOf(ref), name }, options)
  }).pipe(Effect.catchTag("PixxelBadRequest", explained(ref)))

/**
 * Follows a job: redraws it in place on a terminal, or writes a line per change. When stopped, names the job that
 * continues and the command that follows it again. Waits for a create in flight, since its id would be lost.
 */
import type { JobId, WorkflowId } from "@effect-pixxel/client"
import type { Job } from "@effect-pixxel/client/jobs/Job"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import { live } from "../render/live.js"
import * as results from "../render/results.js"
import { naming, type Reported, reporting } from "./changes.js"

interface Followed extends Reported {
  readonly workflowId: WorkflowId
  /** Undefined until the job is created. */
  readonly jobId?: JobId
}

interface Following {
  readonly onChange: (job: Job) => Effect.Effect<void>
  readonly onOrphan: (job: Job) => Effect.Effect<void>
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
      Effect.sync(() => {
        // on the same terminal, the result replaces the lines
        if (Exit.isSuccess(exit) && output.results.isTerminal) output.live.erase()
        else output.live.leave()
      })
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
  call: (input: O & Following) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Invocation | Output> => {
  const { jobId, workflowId } = options
  return naming(options, { _tag: "Job", workflowId, ...(jobId && { jobId }) }, (named) =>
    Effect.gen(function* () {
      const show = yield* showing(options, yield* Output)
      return yield* call({ ...options, onChange: (job) => Effect.zipRight(named(job), show(job)), onOrphan: named })
    }).pipe(Effect.scoped)
  )
}

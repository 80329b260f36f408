/**
 * Around what takes its time: a line on stderr for each change of the job that it shows, and, when it is interrupted,
 * which job goes on and the command that follows it again. A job that is being created then is waited for, since its id
 * would be lost.
 */
import type { Job, JobId, WorkflowId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Failure from "../Failure.js"
import { Output } from "../Output.js"
import * as render from "../render.js"
import type { Common } from "./answer.js"

interface Followed extends Common {
  readonly workflowId: WorkflowId
  /** None yet when the job is still to be created. */
  readonly jobId?: JobId
}

interface Following {
  readonly onChange: (job: Job) => Effect.Effect<void>
  readonly onOrphan: (job: Job) => Effect.Effect<void>
}

export const following = <O extends Followed, A, E, R>(
  options: O,
  call: (input: O & Following) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Output> =>
  Effect.gen(function* () {
    const { json, mock, workflowId } = options
    const output = yield* Output
    const known = yield* Ref.make(options.jobId)
    const last = yield* Ref.make("")
    const onOrphan = (job: Job) => Ref.set(known, job.id)
    const onChange = (job: Job) =>
      Effect.gen(function* () {
        yield* onOrphan(job)
        const line = render.change(job)
        if (!json && (yield* Ref.getAndSet(last, line)) !== line) yield* output.note(line)
      })
    // With --json one object is all that is written.
    const tellWaiting = Effect.flatMap(Ref.get(known), (jobId) =>
      jobId === undefined && !json ? output.note(Failure.stillCreating(workflowId, mock)) : Effect.void
    )
    const tellInterrupted = Effect.flatMap(Ref.get(known), (jobId) => {
      const report = Failure.interrupted(workflowId, jobId, mock)
      return output.note(json ? Failure.toJson(report) : Failure.toText(report))
    })
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.fork(restore(call({ ...options, onChange, onOrphan }))), (fiber) =>
        restore(Fiber.join(fiber)).pipe(
          Effect.onInterrupt(() =>
            tellWaiting.pipe(Effect.zipRight(Fiber.interrupt(fiber)), Effect.zipRight(tellInterrupted))
          )
        )
      )
    )
  })

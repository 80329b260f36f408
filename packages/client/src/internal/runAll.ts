/**
 * Many runs at once, as a stream of what happens. So many workers take the inputs one by one; an event is handed over
 * to who reads the stream before its worker goes on, so that no job is waited for, and no other created, while nobody
 * has taken the id of the one before. It is taken when the next one is asked for: until then a stop may come before it
 * has been kept. An id that nobody takes any more is an orphan.
 */
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Job } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import type { CreateError, RunError } from "../PixxelError.js"
import { Created, type Event, Failed, type Input, Succeeded } from "../RunAll.js"
import * as Permits from "./permits.js"

/** What it is made of. */
export interface Parts {
  /** `told` is told what became of it after an interruption. */
  readonly create: (
    order: JobsApi.CreateInput,
    told: (exit: Exit.Exit<Job, CreateError>) => Effect.Effect<void>
  ) => Effect.Effect<Job, CreateError>
  /** Waits for a job, and asks for its package until it is ready. */
  readonly complete: (ref: JobsApi.JobRef, options: JobsApi.RunAllOptions) => Effect.Effect<JobsApi.RunResult, RunError>
  /** Says in the log that a job exists whose id nobody was told. */
  readonly logOrphan: (ref: JobsApi.JobRef) => Effect.Effect<void>
}

const workersOf = ({ concurrency }: JobsApi.RunAllOptions): number => {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency
  throw new RangeError(`The option concurrency is ${concurrency}: expected a whole number from 1 on`)
}

export const make =
  ({ complete, create, logOrphan }: Parts) =>
  <E, R>(inputs: Stream.Stream<Input, E, R>, options: JobsApi.RunAllOptions): Stream.Stream<Event, E, R> =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const workers = workersOf(options)
        interface Item {
          readonly event: Event
          readonly taken: Deferred.Deferred<void>
        }
        const items = yield* Queue.unbounded<Exit.Exit<Item, Option.Option<E>>>()

        const tell = (event: Event) =>
          Effect.gen(function* () {
            const taken = yield* Deferred.make<void>()
            yield* Queue.offer(items, Exit.succeed({ event, taken }))
            yield* Deferred.await(taken)
          })

        const orphaned = (event: Created | Failed) =>
          options.onOrphan === undefined ? Effect.void : options.onOrphan(event)

        /** Creates, and tells it; an interruption must lose neither an id nor that the outcome is unknown. */
        const created = (input: Input) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const { onOrphan: _, ...order } = options
              const { projectId, workflowId } = input
              const creating = create({ ...order, workflowId, projectId }, (exit) =>
                Exit.match(exit, {
                  onSuccess: ({ id }) => orphaned(new Created({ input, jobId: id })),
                  onFailure: (cause) =>
                    Option.match(Cause.failureOption(cause), {
                      onNone: () => Effect.void,
                      onSome: (error) => orphaned(new Failed({ input, jobId: Option.none(), error }))
                    })
                })
              )
              const made = yield* Effect.either(restore(creating))
              const event =
                made._tag === "Left"
                  ? new Failed({ input, jobId: Option.none(), error: made.left })
                  : new Created({ input, jobId: made.right.id })
              const log = event._tag === "Created" ? logOrphan({ workflowId, jobId: event.jobId }) : Effect.void
              const taken = yield* Deferred.make<void>()
              yield* Queue.offer(items, Exit.succeed({ event, taken }))
              yield* restore(Deferred.await(taken)).pipe(
                Effect.onInterrupt(() =>
                  Effect.flatMap(Deferred.isDone(taken), (done) =>
                    done ? Effect.void : Effect.zipRight(log, orphaned(event))
                  )
                )
              )
              return Option.map(Option.getRight(made), ({ id }) => id)
            })
          )

        const one = (input: Input) =>
          Effect.gen(function* () {
            const made = input.jobId === undefined ? yield* created(input) : Option.some(input.jobId)
            if (Option.isNone(made)) return
            const jobId = made.value
            const done = yield* Effect.either(complete({ workflowId: input.workflowId, jobId }, options))
            return yield* tell(
              done._tag === "Left"
                ? new Failed({ input, jobId: Option.some(jobId), error: done.left })
                : new Succeeded({ input, jobId, result: done.right })
            )
          })

        // One input at a time, when a worker is free for it.
        const pull = yield* Stream.toPull(Stream.rechunk(inputs, 1))
        const turn = Permits.make(1)
        let end: Cause.Cause<Option.Option<E>> | undefined
        const next = turn.within(
          Effect.gen(function* () {
            if (end !== undefined) return Chunk.empty<Input>()
            const exit = yield* Effect.exit(pull)
            if (Exit.isSuccess(exit)) return exit.value
            end = exit.cause
            return Chunk.empty<Input>()
          })
        )
        const worker: Effect.Effect<void, never, R> = Effect.gen(function* () {
          while (true) {
            const some = yield* next
            if (end !== undefined && Chunk.isEmpty(some)) return
            for (const input of Chunk.toReadonlyArray(some)) yield* one(input)
          }
        })

        // How the inputs ended is told after all that they led to.
        yield* Effect.all(Effect.replicate(worker, workers), { concurrency: "unbounded", discard: true }).pipe(
          Effect.matchCauseEffect({
            onFailure: (cause) => Queue.offer(items, Exit.failCause(cause)),
            onSuccess: () => Queue.offer(items, Exit.failCause(end ?? Cause.fail(Option.none())))
          }),
          Effect.forkScoped
        )

        let last: Deferred.Deferred<void> | undefined
        const take: Effect.Effect<Event, Option.Option<E>> = Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            // Who asks for the next one has done with the one before, and would not have if it had been stopped.
            if (last !== undefined) yield* Deferred.succeed(last, undefined)
            const { event, taken } = yield* yield* restore(Queue.take(items))
            last = taken
            return event
          })
        )
        return Stream.repeatEffectOption(take)
      })
    )

/**
 * Concurrent runs as a stream of updates. The workers pull the inputs one by one. A worker continues only after the
 * consumer has taken its update, so that it neither waits for a job nor creates another before the id of the last job
 * was taken. An update counts as taken when the consumer asks for the next: until then a stop may precede its storage.
 * An id that is no longer taken is an orphan.
 *
 * The record of a create is stored before the request leaves. A resumed batch first searches for the jobs of all
 * records of a workflow without an outcome, together, and creates nothing on that workflow until the search has ended.
 */
import { groupBy } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { CreateError } from "../../CreateError.js"
import type { CreateIntent } from "../../CreateIntent.js"
import * as Permits from "../../internal/permits.js"
import type { Hooks, Resolution, SafeCreate } from "../../internal/safeCreate.js"
import * as settings from "../../internal/settings.js"
import type { Job, JobSummary } from "../Job.js"
import type { RunError } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import { Created, Failed, type Input, Intended, Succeeded, type Update } from "../RunAll.js"
import { JobTarget } from "../Subject.js"
import { type State, stateOf } from "./ledger.js"

export interface Parts
  extends Pick<
    SafeCreate<JobsApi.CreateInput, JobTarget, JobSummary, Job>,
    "create" | "resolveAll" | "remember" | "logOrphan"
  > {
  /** Waits for a job, and polls its package until it is ready. */
  readonly complete: (
    ref: JobsApi.JobRef,
    options: JobsApi.RunAllOptions<unknown> & Pick<JobsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<JobsApi.RunResult, RunError>
}

/** The error of `keep`, distinct from the errors of a create. */
interface NotKept<E> {
  readonly _tag: "NotKept"
  readonly cause: Cause.Cause<E>
}

/** One run, with the record of its create if that may have been sent and has no outcome. */
interface Run {
  readonly input: Input
  readonly intent?: CreateIntent
}

/** The remaining runs: first the creates without an outcome, even if their inputs never arrive. */
const runsOf = <E, R>(inputs: Stream.Stream<Input, E, R>, { ended, jobs, open }: State): Stream.Stream<Run, E, R> => {
  const begun = new Set([...ended, ...open.map(({ input }) => input.key)])
  const rest = Stream.map(
    Stream.filter(inputs, ({ key }) => !begun.has(key)),
    (input): Run => {
      const jobId = jobs.get(input.key)
      return { input: jobId === undefined ? input : { ...input, jobId } }
    }
  )
  return Stream.concat(Stream.fromIterable<Run>(open), rest)
}

export const make =
  ({ complete, create, logOrphan, remember, resolveAll }: Parts) =>
  <E, R, E2 = never>(
    inputs: Stream.Stream<Input, E, R>,
    options: JobsApi.RunAllOptions<E2>
  ): Stream.Stream<Update, E | E2, R> =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const workers = settings.read("option concurrency", settings.whole(1), options.concurrency)
        const { keep, onOrphan, seen = [], ...shared } = options
        const state = stateOf(seen)
        interface Item {
          readonly update: Update
          readonly taken: Deferred.Deferred<void>
        }
        const items = yield* Queue.unbounded<Exit.Exit<Item, Option.Option<E | E2>>>()

        /** Emits an update, and waits until it was taken. An interruption of the wait before that runs `onLost`. */
        const emit = (update: Update, restore: typeof identity<Effect.Effect<void>> = identity, onLost = Effect.void) =>
          Effect.gen(function* () {
            const taken = yield* Deferred.make<void>()
            yield* Queue.offer(items, Exit.succeed({ update, taken }))
            yield* Effect.onInterrupt(restore(Deferred.await(taken)), () =>
              Effect.flatMap(Deferred.isDone(taken), (done) => (done ? Effect.void : onLost))
            )
          })

        // --- resume ---

        yield* remember(state.unknown)
        const searches = new Map<string, Effect.Effect<ReadonlyMap<CreateIntent, Resolution<JobTarget, Job>>>>()
        for (const [workflowId, open] of Object.entries(groupBy(state.open, ({ input }) => input.workflowId))) {
          const intents = open.map(({ intent }) => intent)
          searches.set(workflowId, yield* Effect.cached(resolveAll(intents, state.known)))
        }

        // --- creates ---

        const orphaned = (update: Created | Failed) => onOrphan?.(update) ?? Effect.void

        const hooksOf = (input: Input): Hooks<JobTarget, Job, NotKept<E2>> => ({
          key: input.key,
          keep:
            keep &&
            ((intent) =>
              Effect.catchAllCause(keep(new Intended({ input, intent })), (cause) =>
                Effect.fail<NotKept<E2>>({ _tag: "NotKept", cause })
              )),
          onInterrupt: Exit.match({
            onSuccess: ({ id }) => orphaned(new Created({ input, jobId: id })),
            onFailure: (cause) => {
              const error = Option.getOrUndefined(Cause.failureOption(cause))
              return error === undefined || error._tag === "NotKept"
                ? Effect.void
                : orphaned(new Failed({ input, jobId: Option.none(), error }))
            }
          })
        })

        /** The job of a run: the one that an earlier run created, or a new one. */
        const jobOf = ({ input, intent }: Run): Effect.Effect<Job, CreateError<JobTarget> | NotKept<E2>> =>
          Effect.gen(function* () {
            const { projectId, workflowId } = input
            const found = yield* searches.get(workflowId) ?? Effect.succeed(undefined)
            if (intent === undefined) return yield* create({ ...shared, workflowId, projectId }, hooksOf(input))
            return yield* found?.get(intent) ?? Effect.dieMessage(`No search for the create ${intent.id}`)
          })

        /** Creates the job of a run and emits its update. An interruption loses neither an id nor an unknown outcome. */
        const created = (run: Run) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const { input } = run
              const made = yield* Effect.either(restore(jobOf(run)))
              if (Either.isRight(made)) {
                const jobId = made.right.id
                const update = new Created({ input, jobId })
                const { projectId, workflowId } = input
                const log = logOrphan(JobTarget.make({ workflowId, projectId }), jobId)
                yield* emit(update, restore, Effect.zipRight(log, orphaned(update)))
                return jobId
              }
              const error = made.left
              if (error._tag === "NotKept") return yield* Effect.fail(error)
              const update = new Failed({ input, jobId: Option.none(), error })
              yield* emit(update, restore, orphaned(update))
              return undefined
            })
          )

        const one = (run: Run) =>
          Effect.gen(function* () {
            const { input } = run
            const { workflowId } = input
            const jobId = input.jobId ?? (yield* created(run))
            if (jobId === undefined) return
            // A replica may not know a young job of an earlier run yet.
            const following = { ...options, createdAt: state.createdAt.get(input.key) }
            const done = yield* Effect.either(complete({ workflowId, jobId }, following))
            yield* emit(
              Either.isLeft(done)
                ? new Failed({ input, jobId: Option.some(jobId), error: done.left })
                : new Succeeded({ input, jobId, result: done.right })
            )
          })

        // --- the workers ---

        // Pull one input at a time, when a worker is free.
        const pull = yield* Stream.toPull(Stream.rechunk(runsOf(inputs, state), 1))
        const turn = Permits.make(1)
        let end: Cause.Cause<Option.Option<E>> | undefined
        // A failed `keep` takes precedence over the end of the inputs.
        let broken: Cause.Cause<Option.Option<E2>> | undefined
        const isOver = () => broken !== undefined || end !== undefined
        const next = turn.within(
          Effect.suspend(() =>
            isOver()
              ? Effect.succeed(Chunk.empty<Run>())
              : Effect.catchAllCause(pull, (cause) => {
                  end = cause
                  return Effect.succeed(Chunk.empty<Run>())
                })
          )
        )
        const worker: Effect.Effect<void, never, R> = Effect.gen(function* () {
          while (!isOver()) {
            for (const run of yield* next) {
              yield* Effect.catchAll(one(run), ({ cause }) => {
                broken ??= Cause.map(cause, Option.some)
                return Effect.void
              })
            }
          }
        })

        // Report the end of the inputs after all their updates.
        yield* Effect.all(Effect.replicate(worker, workers), { concurrency: "unbounded", discard: true }).pipe(
          Effect.matchCauseEffect({
            onFailure: (cause) => Queue.offer(items, Exit.failCause(cause)),
            onSuccess: () => Queue.offer(items, Exit.failCause(broken ?? end ?? Cause.fail(Option.none())))
          }),
          Effect.forkScoped
        )

        let last: Deferred.Deferred<void> | undefined
        const take: Effect.Effect<Update, Option.Option<E | E2>> = Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            // A consumer that asks for the next update has finished the last one.
            if (last !== undefined) yield* Deferred.succeed(last, undefined)
            const { taken, update } = yield* yield* restore(Queue.take(items))
            last = taken
            return update
          })
        )
        return Stream.repeatEffectOption(take)
      })
    )

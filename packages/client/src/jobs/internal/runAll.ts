/**
 * Concurrent runs as a stream of updates. The workers pull the inputs one by one. A worker continues only after the
 * consumer has taken its update, so that it neither waits for a job nor creates another before the id of the last job
 * was taken. An update counts as taken when the consumer asks for the next: until then a stop may precede its storage.
 * An id that is no longer taken is an orphan.
 *
 * The record of a create is stored before the request leaves. A resumed batch first searches for the jobs of all
 * records of a workflow without an outcome, together, and creates nothing on that workflow until the search has ended.
 */
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { CreateError, CreateOutcomeUnknown } from "../../CreateError.js"
import type { CreateIntent } from "../../CreateIntent.js"
import type { WorkflowId } from "../../Ids.js"
import * as Permits from "../../internal/permits.js"
import type { Hooks, Resolution, SafeCreate } from "../../internal/safeCreate.js"
import * as settings from "../../internal/settings.js"
import type { Job } from "../Job.js"
import type { RunError } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import { JobTarget } from "../JobTarget.js"
import { Created, Failed, type Input, Intended, Succeeded, type Update } from "../RunAll.js"
import { type Open, type State, stateOf } from "./ledger.js"

/** The operations of a batch. */
export interface Parts
  extends Pick<SafeCreate<JobsApi.CreateInput, JobTarget, Job>, "create" | "resolveAll" | "remember" | "logOrphan"> {
  /** Waits for a job, and polls its package until it is ready. */
  readonly complete: (
    ref: JobsApi.JobRef,
    options: JobsApi.RunAllOptions<unknown> & Pick<JobsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<JobsApi.RunResult, RunError>
}

type Found = Resolution<JobTarget, Job>

/** The error of `keep`, distinct from the errors of a create. */
interface NotKept<E> {
  readonly _tag: "NotKept"
  readonly cause: Cause.Cause<E>
}

/** One run, with the record of its create if that may have been sent and has no outcome. */
interface Run {
  readonly input: Input
  readonly open: Option.Option<Open>
}

const targetOf = ({ projectId, workflowId }: Input) => JobTarget.make({ workflowId, projectId })

/** The remaining runs: first the creates without an outcome, even if their inputs never arrive. */
const runsOf = <E, R>(inputs: Stream.Stream<Input, E, R>, { ended, jobs, open }: State): Stream.Stream<Run, E, R> => {
  const begun = new Set([...ended, ...open.map(({ input }) => input.key)])
  return Stream.concat(
    Stream.fromIterable(open.map((it): Run => ({ input: it.input, open: Option.some(it) }))),
    Stream.filterMap(inputs, (input) => {
      if (begun.has(input.key)) return Option.none()
      const jobId = jobs.get(input.key)
      return Option.some<Run>({ input: jobId === undefined ? input : { ...input, jobId }, open: Option.none() })
    })
  )
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

        const emit = (update: Update) =>
          Effect.gen(function* () {
            const taken = yield* Deferred.make<void>()
            yield* Queue.offer(items, Exit.succeed({ update, taken }))
            yield* Deferred.await(taken)
          })

        // --- resume ---

        yield* remember(state.unknown)
        const searches = new Map<WorkflowId, Effect.Effect<ReadonlyMap<string, Found>>>()
        for (const { input } of state.open) {
          const { workflowId } = input
          if (searches.has(workflowId)) continue
          const own = state.open.flatMap((it) => (it.input.workflowId === workflowId ? [it.intent] : []))
          const search = Effect.map(
            resolveAll(targetOf(input), own, state.known),
            (found) => new Map(own.map(({ id }, index) => [id, found[index]]).filter(isResolved))
          )
          searches.set(workflowId, yield* Effect.cached(search))
        }
        const searched = ({ workflowId }: Input) =>
          searches.get(workflowId) ?? Effect.succeed<ReadonlyMap<string, Found>>(new Map())

        /** The job of a create of an earlier run, or the error with the reason why it is unknown. */
        const resumed = (input: Input, { intent }: Open): Effect.Effect<Job, CreateOutcomeUnknown<JobTarget>> =>
          Effect.flatMap(searched(input), (found) =>
            Effect.suspend(() => found.get(intent.id) ?? Effect.dieMessage(`No search for the create ${intent.id}`))
          )

        // --- creates ---

        const orphaned = (update: Created | Failed) => (onOrphan === undefined ? Effect.void : onOrphan(update))

        const keepIntent =
          (input: Input, keep: (event: Intended) => Effect.Effect<void, E2>) =>
          (intent: CreateIntent): Effect.Effect<void, NotKept<E2>> =>
            Effect.catchAllCause(keep(new Intended({ input, intent })), (cause) =>
              Effect.fail<NotKept<E2>>({ _tag: "NotKept", cause })
            )

        const started = (input: Input): Effect.Effect<Job, CreateError<JobTarget> | NotKept<E2>> => {
          const { key, projectId, workflowId } = input
          const hooks: Hooks<JobTarget, Job, NotKept<E2>> = {
            key,
            keep: keep === undefined ? undefined : keepIntent(input, keep),
            onInterrupt: Exit.match({
              onSuccess: ({ id }) => orphaned(new Created({ input, jobId: id })),
              onFailure: (cause) => {
                const error = Option.getOrUndefined(Cause.failureOption(cause))
                return error === undefined || error._tag === "NotKept"
                  ? Effect.void
                  : orphaned(new Failed({ input, jobId: Option.none(), error }))
              }
            })
          }
          return Effect.zipRight(searched(input), create({ ...shared, workflowId, projectId }, hooks))
        }

        /**
         * Creates the job of a run and emits its update. An interruption loses neither an id nor an unknown outcome.
         */
        const created = ({ input, open }: Run) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const making: Effect.Effect<Job, CreateError<JobTarget> | NotKept<E2>> = Option.match(open, {
                onNone: () => started(input),
                onSome: (it) => resumed(input, it)
              })
              const update = yield* restore(making).pipe(
                Effect.map(({ id }) => new Created({ input, jobId: id })),
                Effect.catchAll((error) =>
                  error._tag === "NotKept"
                    ? Effect.fail(error)
                    : Effect.succeed(new Failed({ input, jobId: Option.none(), error }))
                )
              )
              const log = update._tag === "Created" ? logOrphan(targetOf(input), update.jobId) : Effect.void
              const taken = yield* Deferred.make<void>()
              yield* Queue.offer(items, Exit.succeed({ update, taken }))
              yield* restore(Deferred.await(taken)).pipe(
                Effect.onInterrupt(() =>
                  Effect.flatMap(Deferred.isDone(taken), (done) =>
                    done ? Effect.void : Effect.zipRight(log, orphaned(update))
                  )
                )
              )
              return update._tag === "Created" ? Option.some(update.jobId) : Option.none()
            })
          )

        const one = (run: Run) =>
          Effect.gen(function* () {
            const { input } = run
            const made = input.jobId === undefined ? yield* created(run) : Option.some(input.jobId)
            if (Option.isNone(made)) return
            const jobId = made.value
            // A replica may not know a young job of an earlier run yet.
            const following = { ...options, createdAt: state.createdAt.get(input.key) }
            const done = yield* Effect.either(complete({ workflowId: input.workflowId, jobId }, following))
            return yield* emit(
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
        const next = turn.within(
          Effect.gen(function* () {
            if (broken !== undefined || end !== undefined) return Chunk.empty<Run>()
            const exit = yield* Effect.exit(pull)
            if (Exit.isSuccess(exit)) return exit.value
            end = exit.cause
            return Chunk.empty<Run>()
          })
        )
        const worker: Effect.Effect<void, never, R> = Effect.gen(function* () {
          while (true) {
            const some = yield* next
            if ((broken !== undefined || end !== undefined) && Chunk.isEmpty(some)) return
            for (const run of Chunk.toReadonlyArray(some)) {
              yield* Effect.catchAll(one(run), ({ cause }) =>
                Effect.sync(() => {
                  broken ??= Cause.map(cause, Option.some)
                })
              )
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

const isResolved = (entry: ReadonlyArray<unknown>): entry is [string, Found] => entry[1] !== undefined

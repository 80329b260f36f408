/**
 * Concurrent runs as a stream of updates. The workers pull the inputs one by one. A worker continues only after the
 * consumer has taken its update, so that it neither waits for an item nor creates another before the id of the last one
 * was taken. An update counts as taken when the consumer asks for the next: until then a stop may precede its storage.
 * An id that is no longer taken is an orphan.
 *
 * The record of a create is stored before the request leaves. A resumed batch first searches for the items of all
 * records of a list without an outcome, together, and creates nothing on that list until the search has ended.
 */
import { groupBy } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import type * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { CreateIntent } from "../CreateIntent.js"
import type { OwnError } from "./creatable.js"
import { type Event, type Keyed, stateOf } from "./ledger.js"
import * as Permits from "./permits.js"
import type { Hooks } from "./safeCreate.js"
import * as settings from "./settings.js"

/** The types of the batches of one resource. */
export interface Batch {
  Input: Keyed
  /** The created item. */
  Made: { readonly id: string }
  Result: unknown
  Failure: OwnError
  /** The options of a create and of a wait. */
  Settings: object
  Event: Event<this["Input"]>
}

type Id<B extends Batch> = B["Made"]["id"]

/** The events of some tags. */
type Events<B extends Batch, Tag extends B["Event"]["_tag"]> = Tag extends unknown
  ? Extract<B["Event"], { readonly _tag: Tag }>
  : never

/** The options of any batch. */
export type Options<B extends Batch, E> = B["Settings"] & {
  readonly seen?: Iterable<B["Event"]> | undefined
  readonly keep?: ((event: Events<B, "Intended">) => Effect.Effect<void, E>) | undefined
  readonly onOrphan?: ((event: Events<B, "Created" | "Failed">) => Effect.Effect<void>) | undefined
  readonly concurrency: number
}

type Update<B extends Batch> = Events<B, "Created" | "Succeeded" | "Failed">

/** The events and the operations of the batches of one resource. */
export interface Kind<B extends Batch> {
  readonly intended: (input: B["Input"], intent: CreateIntent) => Events<B, "Intended">
  readonly created: (input: B["Input"], id: Id<B>) => Events<B, "Created">
  readonly succeeded: (input: B["Input"], id: Id<B>, result: B["Result"]) => Events<B, "Succeeded">
  readonly failed: (input: B["Input"], id: Option.Option<Id<B>>, error: B["Failure"]) => Events<B, "Failed">
  /** The item of an event, or of an input that creates none. */
  readonly idIn: (from: B["Input"] | B["Event"]) => Id<B> | Option.Option<Id<B>> | undefined
  /** The key of the list that shows the item. */
  readonly groupOf: (input: B["Input"]) => string
  readonly create: <E>(
    input: B["Input"],
    options: B["Settings"],
    hooks: Hooks<B["Made"], E, B["Failure"]>
  ) => Effect.Effect<B["Made"], B["Failure"] | E>
  readonly resolveAll: (
    intents: ReadonlyArray<CreateIntent>,
    known: Iterable<string>
  ) => Effect.Effect<ReadonlyMap<CreateIntent, Either.Either<B["Made"], B["Failure"]>>>
  readonly remember: (intents: ReadonlyArray<CreateIntent>) => Effect.Effect<void>
  /** Dies of invalid options of a wait. */
  readonly check: (options: B["Settings"]) => Effect.Effect<void>
  readonly logOrphan: (input: B["Input"], id: Id<B>) => Effect.Effect<void>
  /** Waits for an item, and polls its package until it is ready. */
  readonly complete: (
    input: B["Input"],
    id: Id<B>,
    options: B["Settings"] & { readonly createdAt: DateTime.Utc | undefined }
  ) => Effect.Effect<B["Result"], B["Failure"]>
}

/** The error of `keep`, distinct from the errors of a create. */
interface NotKept<E> {
  readonly _tag: "NotKept"
  readonly cause: Cause.Cause<E>
}

const isNotKept = <E, F extends OwnError>(error: NotKept<E> | F): error is NotKept<E> => error._tag === "NotKept"

/** One run, with its item if an earlier run created it, and the record of its create if that has no outcome. */
interface Run<Input, Id> {
  readonly input: Input
  readonly id?: Id | undefined
  readonly intent?: CreateIntent
}

/** The remaining runs: first the creates without an outcome, even if their inputs never arrive. */
const runsOf = <Input extends Keyed, Id, E, R>(
  inputs: Stream.Stream<Input, E, R>,
  { ended, items, open }: ReturnType<typeof stateOf<Input, Event<Input>, Id>>
): Stream.Stream<Run<Input, Id>, E, R> => {
  const begun = new Set([...ended, ...open.map(({ input }) => input.key)])
  const rest = Stream.map(
    Stream.filter(inputs, ({ key }) => !begun.has(key)),
    (input): Run<Input, Id> => ({ input, id: items.get(input.key) })
  )
  return Stream.concat(Stream.fromIterable<Run<Input, Id>>(open), rest)
}

export const make =
  <B extends Batch>(kind: Kind<B>) =>
  <E, R, E2 = never>(
    inputs: Stream.Stream<B["Input"], E, R>,
    options: Options<B, E2>
  ): Stream.Stream<Update<B>, E | E2, R> =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const workers = settings.read("option concurrency", settings.whole(1), options.concurrency)
        yield* kind.check(options)
        const { keep, onOrphan, seen = [] } = options
        type Input = B["Input"]
        type Made = B["Made"]
        const { complete, create, groupOf, idIn, logOrphan, remember, resolveAll } = kind
        const idOf = (from: Input | B["Event"]) => {
          const id = idIn(from)
          return typeof id === "object" ? Option.getOrUndefined(id) : id
        }
        const state = stateOf<Input, B["Event"], Id<B>>(seen, idOf)
        interface Item {
          readonly update: Update<B>
          readonly taken: Deferred.Deferred<void>
        }
        const items = yield* Queue.unbounded<Exit.Exit<Item, Option.Option<E | E2>>>()

        /** Emits an update, and waits until it was taken. An interruption of the wait before that runs `onLost`. */
        const emit = (
          update: Update<B>,
          restore: typeof identity<Effect.Effect<void>> = identity,
          onLost = Effect.void
        ) =>
          Effect.gen(function* () {
            const taken = yield* Deferred.make<void>()
            yield* Queue.offer(items, Exit.succeed({ update, taken }))
            yield* Effect.onInterrupt(restore(Deferred.await(taken)), () =>
              Effect.flatMap(Deferred.isDone(taken), (done) => (done ? Effect.void : onLost))
            )
          })

        // --- resume ---

        yield* remember(state.unknown)
        const searches = new Map<string, Effect.Effect<ReadonlyMap<CreateIntent, Either.Either<Made, B["Failure"]>>>>()
        for (const [group, open] of Object.entries(groupBy(state.open, ({ input }) => groupOf(input)))) {
          const intents = open.map(({ intent }) => intent)
          searches.set(group, yield* Effect.cached(resolveAll(intents, state.known)))
        }

        // --- creates ---

        const orphaned = (update: Events<B, "Created" | "Failed">) => onOrphan?.(update) ?? Effect.void

        const hooksOf = (input: Input): Hooks<Made, NotKept<E2>, B["Failure"]> => ({
          key: input.key,
          keep:
            keep &&
            ((intent) =>
              Effect.catchAllCause(keep(kind.intended(input, intent)), (cause) =>
                Effect.fail<NotKept<E2>>({ _tag: "NotKept", cause })
              )),
          onInterrupt: Exit.match({
            onSuccess: ({ id }) => orphaned(kind.created(input, id)),
            onFailure: (cause) => {
              const error = Option.getOrUndefined(Cause.failureOption(cause))
              return error === undefined || error._tag === "NotKept"
                ? Effect.void
                : orphaned(kind.failed(input, Option.none(), error))
            }
          })
        })

        /** The item of a run: the one that an earlier run created, or a new one. */
        const itemOf = ({ input, intent }: Run<Input, Id<B>>) =>
          Effect.gen(function* () {
            const found = yield* searches.get(groupOf(input)) ?? Effect.succeed(undefined)
            if (intent === undefined) return yield* create(input, options, hooksOf(input))
            return yield* found?.get(intent) ?? Effect.dieMessage(`No search for the create ${intent.id}`)
          })

        /** Creates the item of a run and emits its update. An interruption loses neither an id nor an unknown outcome. */
        const created = (run: Run<Input, Id<B>>) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const { input } = run
              const made = yield* Effect.either(restore(itemOf(run)))
              if (Either.isRight(made)) {
                const { id } = made.right
                const update = kind.created(input, id)
                const log = logOrphan(input, id)
                yield* emit(update, restore, Effect.zipRight(log, orphaned(update)))
                return id
              }
              const error = made.left
              if (isNotKept(error)) return yield* Effect.fail(error)
              const update = kind.failed(input, Option.none(), error)
              yield* emit(update, restore, orphaned(update))
              return undefined
            })
          )

        const one = (run: Run<Input, Id<B>>) =>
          Effect.gen(function* () {
            const { input } = run
            const id = run.id ?? idOf(input) ?? (yield* created(run))
            if (id === undefined) return
            // A replica may not know a young item of an earlier run yet.
            const following = { ...options, createdAt: state.createdAt.get(input.key) }
            const done = yield* Effect.either(complete(input, id, following))
            yield* emit(
              Either.isLeft(done)
                ? kind.failed(input, Option.some(id), done.left)
                : kind.succeeded(input, id, done.right)
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
        const nothing = Effect.succeed(Chunk.empty<Run<Input, Id<B>>>())
        const ending = Effect.catchAllCause(pull, (cause) => {
          end = cause
          return nothing
        })
        const next = turn.within(Effect.suspend(() => (isOver() ? nothing : ending)))
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
        const take: Effect.Effect<Update<B>, Option.Option<E | E2>> = Effect.uninterruptibleMask((restore) =>
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

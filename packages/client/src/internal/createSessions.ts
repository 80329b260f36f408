/**
 * Coordinates the creates of one client in one list, so that the item of a lost answer is found and assigned to exactly
 * one create.
 *
 * The creates of a session (`createGate`) share the preceding list, the baseline, while it is fresh. When the last of
 * them has its answer, a search for those without one lists the items for some time (`createSearch`) and assigns the
 * new ones (`adopt`). The memory keeps an outcome that remains unknown (`createMemory`), because its item may still
 * appear.
 */
import { zip } from "effect/Array"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import { type Assignment, assign, type Listing } from "./adopt.js"
import type { Creatable, Entry } from "./creatable.js"
import * as Gate from "./createGate.js"
import * as Memory from "./createMemory.js"
import * as Search from "./createSearch.js"
import * as elapsed from "./elapsed.js"
import { askedFor, isFinal } from "./following.js"
import * as Intent from "./intent.js"
import * as policies from "./policy.js"
import type { Tagged } from "./tagged.js"

interface Unresolved<Item> {
  readonly pending: Memory.Pending
  readonly assignment: Deferred.Deferred<Assignment<Item>>
}

type Restore = <A>(self: Effect.Effect<A>) => Effect.Effect<A>

interface Group<Target, Item> {
  readonly target: Target
  readonly memory: Memory.Memory
  readonly isIdle: () => boolean
  /** Joins the creates. `restore` makes only the wait for the searches of others interruptible. */
  readonly join: (restore: Restore) => Effect.Effect<Membership<Item>>
  /** Searches again for the items of creates, once their windows are over. */
  readonly resolve: (pending: ReadonlyArray<Memory.Pending>) => Effect.Effect<Resolved<Item>>
}

export type Groups<Target, Item> = Map<string, Group<Target, Item>>

/**
 * One create in its session. Call `begin` before its request leaves, and exactly one of `made`, `notMade`, `lost` and
 * `unresolved` at its end.
 */
export interface Membership<Item> {
  /** The list before the create. Interruptible. */
  readonly baseline: Effect.Effect<Listing<Item>, HttpError>
  readonly begin: (pending: Memory.Pending) => Effect.Effect<void>
  readonly made: (made: Entry) => Effect.Effect<void>
  readonly notMade: Effect.Effect<void>
  /** Ends without a search for a possible item. */
  readonly lost: Effect.Effect<void>
  /** Searches for a possible item, by the current record. */
  readonly unresolved: (pending: Memory.Pending) => Effect.Effect<Assignment<Item>>
}

/** The lists of a search, and the error that ended it early. */
interface Seen<Item> {
  readonly listings: ReadonlyArray<Listing<Item>>
  readonly failure: Option.Option<{ readonly message: string }>
}

/** The assignments in order, and the error that ended the search early. */
interface Resolved<Item> {
  readonly assignments: ReadonlyArray<Assignment<Item>>
  readonly failure: Option.Option<HttpError>
}

/** Milliseconds between two lists of a search. */
const pause = Random.nextIntBetween(2_000, 5_001)

/** Milliseconds for which creates share a baseline. */
const sharing = 10_000

/** Milliseconds between two cleanups of the memory. */
const tidying = 60_000

/** Milliseconds until the windows of these creates end, by the date of a list or the local clock. */
const remaining = (pending: ReadonlyArray<Memory.Pending>, date: number) =>
  Math.max(
    ...pending.map(({ intent }) => {
      const span = Intent.span(intent)
      // The server's clock may have been set back since.
      const left = (sentAt: DateTime.Utc) => Math.min(DateTime.toEpochMillis(sentAt) + span - date, span + 1_000)
      return Option.match(intent.sentAt, { onNone: () => 0, onSome: left })
    })
  )

export const make = <Target extends Tagged, Item extends Entry>(
  kind: Pick<Creatable<never, Target, Item, never>, "groupOf" | "list" | "mark" | "resembles" | "words">,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>,
  groups: Groups<Target, Item> = new Map()
) => {
  const isExact = kind.mark !== undefined
  const creators = new Set<string>()
  let tidied = -Infinity

  const open = (target: Target): Group<Target, Item> => {
    const memory = Memory.make()
    let gate: Gate.Gate<Deferred.Deferred<void>, Unresolved<Item>> = Gate.empty

    const listing: Effect.Effect<Listing<Item>, HttpError> = Effect.flatMap(
      kind.list(target),
      ({ date, value: { items, unreadable } }) => Effect.map(elapsed.now, (at) => ({ items, unreadable, date, at }))
    )

    // --- before ---

    /** Lists in a fiber of its own, since every create that waits for the list may be interrupted. */
    const beginBaseline = Effect.suspend(() => {
      // The creates that wait for the list continue in the order of their calls; the observers of a fiber do not.
      const listed = Deferred.unsafeMake<Listing<Item>, HttpError>(FiberId.none)
      return Effect.all({ list: listing, at: elapsed.bothClocks }).pipe(
        Effect.interruptible,
        Effect.onExit((exit) =>
          Deferred.done(
            listed,
            Exit.map(exit, ({ list }) => list)
          )
        ),
        Effect.forkDaemon,
        Effect.map((fiber) => ({ fiber, listed }))
      )
    })

    /** The list before the creates of the session, and the time of its answer. */
    let baseline: Effect.Effect.Success<typeof beginBaseline> | undefined

    /** Shares the list while it is pending or fresh. After a failure, the next create lists again. */
    const sharedBaseline = Effect.flatMap(elapsed.bothClocks, (now) => {
      const ended = baseline?.fiber.unsafePoll()
      const isShared = ended === null || (ended?._tag === "Success" && elapsed.between(ended.value.at, now) <= sharing)
      return baseline !== undefined && isShared ? Effect.succeed(baseline) : beginBaseline
    }).pipe(
      Effect.tap((shared) => {
        baseline = shared
      }),
      Effect.uninterruptible,
      Effect.flatMap(({ listed }) => Deferred.await(listed))
    )

    const dropBaseline = Effect.suspend(() => {
      const before = baseline
      baseline = undefined
      return before === undefined ? Effect.void : Fiber.interruptFork(before.fiber)
    })

    // --- after ---

    const evidenceOf = (pending: ReadonlyArray<Memory.Pending>, listings: ReadonlyArray<Listing<Item>>) => {
      const intents = pending.map(({ intent }) => intent)
      return { intents, rivals: Memory.rivalsOf(memory, intents, listings), listings, known: memory.known, creators }
    }

    /** Whether the lists show all items by their marks, so that the search need not go on. */
    const isFoundBy = (pending: ReadonlyArray<Memory.Pending>, listings: ReadonlyArray<Listing<Item>>) =>
      isExact && assign(evidenceOf(pending, listings), kind).every(Either.isRight)

    /** Lists at the pace of a search, until it ends or the marks show all items. */
    const lookAround = (pending: ReadonlyArray<Memory.Pending>, grace: number) =>
      Effect.gen(function* () {
        const retry = yield* policy
        const patience = Duration.toMillis(policies.timeoutOf(retry))
        const longestAsked = Duration.toMillis(retry.maxRetryAfter)
        const listings: Array<Listing<Item>> = []
        let failure = Option.none<HttpError>()
        let search: Search.Search | undefined = Search.start(
          { grace, patience, longestAsked },
          yield* elapsed.now,
          yield* pause
        )
        while (search !== undefined) {
          // In whole milliseconds: a clock may not resolve less, and the search would never end.
          yield* Effect.sleep(Math.ceil(search.due - (yield* elapsed.now)))
          const now = yield* elapsed.now
          search = Search.list(search, now)
          const timeout = search.due - now
          const found: Either.Either<Option.Option<Listing<Item>>, HttpError> = yield* Effect.either(
            search.isLast
              ? Effect.asSome(RetryPolicy.withOptions(listing, { timeout }))
              : Effect.timeoutOption(RetryPolicy.withoutRetry(listing), timeout)
          )
          failure = Either.getLeft(found)
          listings.push(...Option.toArray(Option.flatten(Either.getRight(found))))
          if (isFoundBy(pending, listings)) break
          const failed = Option.map(failure, (error) => ({ isRefused: isFinal(error), asked: askedFor(error) }))
          search = Search.next(search, yield* elapsed.now, yield* pause, Option.getOrUndefined(failed))
        }
        return { listings, failure }
      })

    /** Assigns the items by the evidence of a search. The memory keeps the found items and the unresolved creates. */
    const conclude = (pending: ReadonlyArray<Memory.Pending>, { failure, listings }: Seen<Item>) =>
      Effect.map(elapsed.now, (now): ReadonlyArray<Assignment<Item>> => {
        const why = Option.map(failure, ({ message }) => `The search for the ${kind.words.noun} failed: ${message}`)
        const assignments = assign(evidenceOf(pending, listings), kind, Option.getOrUndefined(why))
        for (const [it, assignment] of zip(pending, assignments)) {
          if (Either.isLeft(assignment)) Memory.remember(memory, it, now)
          else {
            Memory.know(memory, assignment.right.id, now)
            Memory.settle(memory, it.intent)
          }
        }
        return assignments
      })

    const search = (creates: ReadonlyArray<Unresolved<Item>>): Effect.Effect<void> =>
      Effect.gen(function* () {
        const pending = creates.map((it) => it.pending)
        const grace = Math.max(...pending.map(({ intent }) => Duration.toMillis(intent.grace)))
        const seen = yield* lookAround(pending, grace).pipe(
          // A transport may throw anything, and the creates must still get an assignment.
          Effect.catchAllDefect(() => Effect.succeed({ listings: [], failure: Option.some({ message: "a defect." }) }))
        )
        const assignments = yield* conclude(pending, seen)
        yield* pass({ _tag: "Found" })
        yield* Effect.forEach(zip(creates, assignments), ([{ assignment }, it]) => Deferred.succeed(assignment, it))
      })

    // --- in between ---

    const perform = (command: Gate.Command<Deferred.Deferred<void>, Unresolved<Item>>): Effect.Effect<unknown> => {
      switch (command._tag) {
        case "Admit":
          return Deferred.succeed(command.member, undefined)
        case "Rest":
          return dropBaseline
        case "Search":
          return Effect.forkDaemon(Effect.interruptible(search(command.creates)))
      }
    }

    type Event = Gate.Event<Deferred.Deferred<void>, Unresolved<Item>>

    const step = (event: Event): Effect.Effect<void> => {
      const [next, commands] = Gate.step(gate, event, isExact)
      gate = next
      return Effect.forEach(commands, perform, { discard: true })
    }
    const pass = (event: Event) => Effect.suspend(() => step(event))

    const join = (restore: Restore) => {
      const member = Deferred.unsafeMake<void>(FiberId.none)
      // At once: an idle group may be forgotten at any moment.
      const joining = step({ _tag: "Join", member })
      return Effect.gen(function* (): Effect.fn.Return<Membership<Item>> {
        yield* joining
        yield* restore(Deferred.await(member)).pipe(Effect.onInterrupt(() => pass({ _tag: "Leave", member })))
        let begun: Memory.Pending | undefined
        const begin = (pending: Memory.Pending) => {
          begun = pending
          memory.open.set(pending.intent.id, pending)
        }
        /** Ends by what the memory keeps of the create. */
        const end = (keep: (begun: Memory.Pending, now: number) => void) =>
          Effect.flatMap(elapsed.now, (now) => {
            if (begun !== undefined) keep(begun, now)
            return pass({ _tag: "End" })
          })
        return {
          baseline: sharedBaseline,
          begin: (pending) => Effect.sync(() => begin(pending)),
          made: ({ createdBy, id }) =>
            end(({ intent }, now) => {
              Memory.know(memory, id, now)
              // A token creates under one user name, or a few.
              if (creators.size < 100) Option.map(createdBy, (name) => creators.add(name))
              Memory.settle(memory, intent)
            }),
          notMade: end(({ intent }) => Memory.settle(memory, intent)),
          lost: end((pending, now) => Memory.remember(memory, pending, now)),
          unresolved: (pending) =>
            Effect.gen(function* () {
              const assignment = yield* Deferred.make<Assignment<Item>>()
              begin(pending)
              yield* pass({ _tag: "Lose", create: { pending, assignment } })
              return yield* Deferred.await(assignment)
            })
        }
      })
    }

    // --- later ---

    const lookAgain = (pending: ReadonlyArray<Memory.Pending>) =>
      Effect.gen(function* () {
        const now = yield* lookAround(pending, 0)
        // With a mark, the record has the time of the local clock.
        const date = isExact
          ? Option.some(yield* Clock.currentTimeMillis)
          : Option.flatMap(Option.fromNullable(now.listings[0]), ({ date }) => date)
        const left = Option.isSome(date) ? remaining(pending, date.value) : 0
        if (left <= 0 || isFoundBy(pending, now.listings)) return now
        const later = yield* lookAround(pending, left)
        return { listings: [...now.listings, ...later.listings], failure: later.failure }
      })

    return {
      target,
      memory,
      isIdle: () => Gate.isIdle(gate) && Memory.isEmpty(memory),
      join,
      resolve: (pending) =>
        Effect.gen(function* () {
          const seen = yield* lookAgain(pending)
          return { assignments: yield* conclude(pending, seen), failure: seen.failure }
        })
    }
  }

  /** The creates of the list of a target. Forgets what no search can need any more, from time to time. */
  const groupOf = (target: Target, now: number): Group<Target, Item> => {
    if (now >= tidied + tidying) {
      tidied = now
      for (const [key, { isIdle, memory }] of groups) {
        Memory.prune(memory, now)
        if (isIdle()) groups.delete(key)
      }
    }
    const key = kind.groupOf(target)
    const group = groups.get(key) ?? open(target)
    groups.set(key, group)
    return group
  }

  return {
    join: (target: Target, restore: Restore) =>
      Effect.flatMap(elapsed.now, (now) => groupOf(target, now).join(restore)),

    /** Remembers a create of another process with an unknown outcome. */
    remember: (target: Target, intent: CreateIntent): Effect.Effect<void> =>
      Effect.map(elapsed.now, (now) => {
        const { memory } = groupOf(target, now)
        if (!memory.unknown.has(intent.id)) Memory.remember(memory, { intent, sentAt: Option.none() }, now)
      }),

    /** Searches again for the items of creates of one list, together. `known` are the items that the caller has. */
    resolve: (target: Target, intents: ReadonlyArray<CreateIntent>, known: Iterable<string>) =>
      Effect.flatMap(elapsed.now, (now) => {
        const { memory, resolve } = groupOf(target, now)
        for (const id of known) Memory.know(memory, id, now)
        const pending = intents.map(
          (intent): Memory.Pending =>
            memory.unknown.get(intent.id) ?? memory.open.get(intent.id) ?? { intent, sentAt: Option.none() }
        )
        // Until the records are resolved, no other create adopts their items.
        for (const it of pending) Memory.remember(memory, it, now)
        return resolve(pending)
      })
  }
}

/**
 * Coordinates the creates of one client in one list, so that the item of a lost answer is found and assigned to exactly
 * one create.
 *
 * The creates of a session (`createGate`) share the preceding list, the baseline, while it is fresh. When the last of
 * them has its answer, a search for those without one lists the items for some time (`createSearch`) and assigns the
 * new ones (`adopt`). The memory keeps an outcome that remains unknown (`createMemory`), because its item may still
 * appear.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import { type Assignment, assign, type Evidence, type Listing, type Unassigned, unfinished } from "./adopt.js"
import type { Creatable, Entry } from "./creatable.js"
import * as Gate from "./createGate.js"
import * as Memory from "./createMemory.js"
import * as Search from "./createSearch.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import * as Intent from "./intent.js"
import { askedFor } from "./schedule.js"
import type { Tagged } from "./tagged.js"

/** A create without an answer. */
interface Unresolved<Item> {
  readonly pending: Memory.Pending
  readonly assignment: Deferred.Deferred<Assignment<Item>>
}

interface Baseline<Item> {
  readonly listing: Deferred.Deferred<Listing<Item>, HttpError>
  fiber: Option.Option<Fiber.Fiber<boolean>>
  /** The end of its sharing, by each of the clocks; none while it is pending. */
  fresh: Option.Option<Moment>
}

/** One moment by both clocks. The monotonic clock may stop while a machine sleeps; the wall clock may be set. */
interface Moment {
  readonly elapsed: number
  readonly wall: number
}

/** The creates of one list. */
interface Group<Target, Item> {
  readonly target: Target
  readonly memory: Memory.Memory
  gate: Gate.Gate<Deferred.Deferred<void>, Unresolved<Item>>
  baseline: Baseline<Item> | undefined
}

/** The creates of a client, by their list. */
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

/** The assignment of each record, and the error that ended the search early. */
export interface Resolved<Item> {
  readonly assignments: ReadonlyArray<Assignment<Item>>
  readonly failure: Option.Option<HttpError>
}

/** The lists of a search, and the error that ended it early. */
interface Seen<Item> {
  readonly listings: ReadonlyArray<Listing<Item>>
  readonly failure: Option.Option<HttpError>
}

/** Milliseconds between two lists of a search. */
const pause = Random.nextIntBetween(2_000, 5_001)

/** Milliseconds for which creates share a baseline. */
const sharing = 10_000

/** Milliseconds between two cleanups of the memory. */
const tidying = 60_000

/** The deadline of a call, always finite. */
export const timeoutOf = ({ timeout }: RetryPolicy.RetryPolicy): Duration.Duration =>
  Duration.isFinite(timeout) ? timeout : RetryPolicy.defaults.timeout

const moment: Effect.Effect<Moment> = Effect.all({ elapsed: elapsed.now, wall: Clock.currentTimeMillis })

const isFresh = ({ fresh }: Pick<Baseline<never>, "fresh">, now: Moment) =>
  Option.match(fresh, {
    onNone: () => true,
    onSome: (until) => now.elapsed <= until.elapsed && now.wall <= until.wall
  })

export const make = <Target extends Tagged, Item extends Entry>(
  kind: Pick<Creatable<never, Target, Item, never>, "groupOf" | "list" | "mark" | "words">,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>,
  groups: Groups<Target, Item> = new Map()
) => {
  type Own = Group<Target, Item>

  const isExact = kind.mark !== undefined
  const creators = new Set<string>()
  let tidied = Number.NEGATIVE_INFINITY

  const groupOf = (target: Target): Own => {
    const key = kind.groupOf(target)
    const known = groups.get(key)
    if (known !== undefined) return known
    const group: Own = { target, memory: Memory.make(), gate: Gate.empty, baseline: undefined }
    groups.set(key, group)
    return group
  }

  const tidy = (now: number) => {
    if (now < tidied + tidying) return
    tidied = now
    for (const [key, { gate, memory }] of groups) {
      Memory.prune(memory, now)
      if (Gate.isIdle(gate) && Memory.isEmpty(memory)) groups.delete(key)
    }
  }

  const listing = (target: Target): Effect.Effect<Listing<Item>, HttpError> =>
    Effect.flatMap(kind.list(target), ({ date, value: { items, unreadable } }) =>
      Effect.map(elapsed.now, (at) => ({ items, unreadable, date, at }))
    )

  // --- before ---

  const beginBaseline = (group: Own): Effect.Effect<Baseline<Item>> => {
    const baseline: Baseline<Item> = {
      listing: Deferred.unsafeMake(FiberId.none),
      fiber: Option.none(),
      fresh: Option.none()
    }
    group.baseline = baseline
    return listing(group.target).pipe(
      Effect.tapBoth({
        onSuccess: () =>
          Effect.map(moment, (now) => {
            baseline.fresh = Option.some({ elapsed: now.elapsed + sharing, wall: now.wall + sharing })
          }),
        // The next create lists again.
        onFailure: () =>
          Effect.sync(() => {
            if (group.baseline === baseline) group.baseline = undefined
          })
      }),
      Effect.intoDeferred(baseline.listing),
      Effect.interruptible,
      // Every create that waits for the list may be interrupted.
      Effect.forkDaemon,
      Effect.map((fiber) => {
        baseline.fiber = Option.some(fiber)
        return baseline
      })
    )
  }

  const baselineOf = (group: Own): Effect.Effect<Listing<Item>, HttpError> =>
    Effect.flatMap(moment, (now) =>
      group.baseline === undefined || !isFresh(group.baseline, now)
        ? beginBaseline(group)
        : Effect.succeed(group.baseline)
    ).pipe(
      Effect.uninterruptible,
      Effect.flatMap((baseline) => Deferred.await(baseline.listing))
    )

  const dropBaseline = (group: Own): Effect.Effect<void> => {
    const fiber = group.baseline?.fiber ?? Option.none()
    group.baseline = undefined
    return Option.match(fiber, { onNone: () => Effect.void, onSome: Fiber.interruptFork })
  }

  // --- after ---

  /** Lists at the pace of a search, until it ends or `isEnough`. */
  const lookAround = (
    target: Target,
    grace: number,
    isEnough: (listings: ReadonlyArray<Listing<Item>>) => boolean
  ): Effect.Effect<Seen<Item>> =>
    Effect.gen(function* () {
      const retry = yield* policy
      const patience = Duration.toMillis(timeoutOf(retry))
      const longestAsked = Duration.toMillis(retry.maxRetryAfter)
      const listings: Array<Listing<Item>> = []
      let failure = Option.none<HttpError>()
      let [search, command] = Search.start({ grace, patience, longestAsked }, yield* elapsed.now, yield* pause)
      while (command._tag !== "End") {
        let event: Search.Event = { _tag: "Woken" }
        if (command._tag === "Sleep") yield* Effect.sleep(command.millis)
        else {
          const { isLast, timeout } = command
          const found = yield* Effect.either(
            isLast
              ? Effect.asSome(RetryPolicy.withOptions(listing(target), { timeout }))
              : Effect.timeoutOption(RetryPolicy.withoutRetry(listing(target)), timeout)
          )
          failure = Either.getLeft(found)
          if (Either.isRight(found)) {
            listings.push(...Option.toArray(found.right))
            if (isEnough(listings)) break
          }
          event = Either.match(found, {
            onRight: () => ({ _tag: "Listed" }),
            onLeft: (error) => ({ _tag: "Failed", isRefused: isFinal(error), asked: askedFor(error) })
          })
        }
        ;[search, command] = Search.step(search, event, yield* elapsed.now, yield* pause)
      }
      return { listings, failure }
    })

  const evidenceOf = (
    { memory }: Own,
    intents: ReadonlyArray<CreateIntent>,
    listings: ReadonlyArray<Listing<Item>>
  ): Evidence<Item> => ({
    intents,
    rivals: Memory.rivalsOf(memory, intents, listings),
    listings,
    known: memory.known,
    creators
  })

  /** Whether the lists show all items by their marks, so that the search need not go on. */
  const isFoundBy = (group: Own, intents: ReadonlyArray<CreateIntent>) => (listings: ReadonlyArray<Listing<Item>>) =>
    isExact && assign(evidenceOf(group, intents, listings), kind).every(Either.isRight)

  /** Resolves the records by the evidence of a search, and marks the found items as known. */
  const decide = (group: Own, intents: ReadonlyArray<CreateIntent>, { failure, listings }: Seen<Item>) =>
    Effect.map(elapsed.now, (now): ReadonlyArray<Assignment<Item>> => {
      const evidence = evidenceOf(group, intents, listings)
      const assignments = Option.match(failure, {
        onNone: () => assign(evidence, kind),
        onSome: ({ message }) => unfinished(`The search for the ${kind.words.noun} failed: ${message}`, evidence, kind)
      })
      for (const found of assignments) if (Either.isRight(found)) Memory.know(group.memory, found.right.id, now)
      return assignments
    })

  /** Keeps unresolved creates in memory after a search. */
  const record = (
    { memory }: Own,
    pending: ReadonlyArray<Memory.Pending>,
    assignments: ReadonlyArray<Assignment<Item>>
  ) =>
    Effect.map(elapsed.now, (now) => {
      for (const [index, it] of pending.entries()) {
        const assignment = assignments[index]
        if (assignment !== undefined && Either.isRight(assignment)) Memory.settle(memory, it.intent)
        else Memory.remember(memory, it, now)
      }
    })

  const search = (group: Own, creates: ReadonlyArray<Unresolved<Item>>): Effect.Effect<void> =>
    Effect.gen(function* () {
      const pending = creates.map((it) => it.pending)
      const intents = pending.map(({ intent }) => intent)
      const grace = Math.max(...intents.map(({ grace }) => Duration.toMillis(grace)))
      const assignments = yield* lookAround(group.target, grace, isFoundBy(group, intents)).pipe(
        Effect.flatMap((seen) => decide(group, intents, seen)),
        // A transport may throw anything, and the creates must still get an assignment.
        Effect.catchAllDefect(() => Effect.succeed<ReadonlyArray<Assignment<Item>>>([]))
      )
      yield* record(group, pending, assignments)
      yield* pass(group, { _tag: "Found" })
      const none: Assignment<Item> = Either.left<Unassigned<Item>>({
        why: `A defect ended the search for the ${kind.words.noun}.`,
        candidates: []
      })
      yield* Effect.forEach(creates, ({ assignment }, index) =>
        Deferred.succeed(assignment, assignments[index] ?? none)
      )
    })

  // --- in between ---

  const perform = (
    group: Own,
    command: Gate.Command<Deferred.Deferred<void>, Unresolved<Item>>
  ): Effect.Effect<unknown> => {
    switch (command._tag) {
      case "Admit":
        return Deferred.succeed(command.member, undefined)
      case "Rest":
        return dropBaseline(group)
      case "Search":
        return Effect.forkDaemon(Effect.interruptible(search(group, command.creates)))
    }
  }

  const pass = (group: Own, event: Gate.Event<Deferred.Deferred<void>, Unresolved<Item>>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [gate, commands] = Gate.step(group.gate, event, isExact)
      group.gate = gate
      return Effect.forEach(commands, (command) => perform(group, command), { discard: true })
    })

  /** Joins the creates of a list. `restore` makes only the wait for the searches of others interruptible. */
  const join = (target: Target, restore: <A>(self: Effect.Effect<A>) => Effect.Effect<A>) =>
    Effect.gen(function* (): Effect.fn.Return<Membership<Item>> {
      const now = yield* elapsed.now
      const member = Deferred.unsafeMake<void>(FiberId.none)
      const group = yield* Effect.suspend(() => {
        tidy(now)
        const group = groupOf(target)
        return Effect.as(pass(group, { _tag: "Join", member }), group)
      })
      yield* restore(Deferred.await(member)).pipe(Effect.onInterrupt(() => pass(group, { _tag: "Leave", member })))
      const { memory } = group
      let begun = Option.none<Memory.Pending>()
      const settle = Effect.sync(() => Option.map(begun, ({ intent }) => Memory.settle(memory, intent)))
      const end = pass(group, { _tag: "End" })
      return {
        baseline: baselineOf(group),
        begin: (pending) =>
          Effect.sync(() => {
            begun = Option.some(pending)
            memory.open.set(pending.intent.id, pending)
          }),
        made: ({ createdBy, id }) =>
          Effect.flatMap(elapsed.now, (now) => {
            Memory.know(memory, id, now)
            // A token creates under one user name, or a few.
            if (creators.size < 100) Option.map(createdBy, (name) => creators.add(name))
            return Effect.zipRight(settle, end)
          }),
        notMade: Effect.zipRight(settle, end),
        lost: Effect.flatMap(elapsed.now, (now) => {
          if (Option.isSome(begun)) Memory.remember(memory, begun.value, now)
          return end
        }),
        unresolved: (pending) =>
          Effect.gen(function* () {
            const assignment = yield* Deferred.make<Assignment<Item>>()
            memory.open.set(pending.intent.id, pending)
            yield* pass(group, { _tag: "Lose", create: { pending, assignment } })
            return yield* Deferred.await(assignment)
          })
      }
    })

  // --- later ---

  /** Milliseconds until the windows of these records end, by the date of a list; none without a date. */
  const remaining = (intents: ReadonlyArray<CreateIntent>, { date }: Listing<Item>) =>
    Option.map(date, (date) =>
      Math.max(
        ...intents.map((intent) =>
          Option.match(intent.sentAt, {
            onNone: () => 0,
            // The server's clock may have been set back since.
            onSome: (sentAt) =>
              Math.min(DateTime.toEpochMillis(sentAt) + Intent.span(intent) - date, Intent.span(intent) + 1_000)
          })
        )
      )
    ).pipe(Option.filter((left) => left > 0))

  const lookAgain = (group: Own, intents: ReadonlyArray<CreateIntent>): Effect.Effect<Seen<Item>> =>
    Effect.gen(function* () {
      const isEnough = isFoundBy(group, intents)
      const now = yield* lookAround(group.target, 0, isEnough)
      const left = Option.flatMap(Option.fromNullable(now.listings[0]), (first) => remaining(intents, first))
      if (Option.isNone(left) || isEnough(now.listings)) return now
      const later = yield* lookAround(group.target, left.value, isEnough)
      return { listings: [...now.listings, ...later.listings], failure: later.failure }
    })

  /** Remembers a create of another process with an unknown outcome. */
  const remember = (target: Target, intent: CreateIntent): Effect.Effect<void> =>
    Effect.map(elapsed.now, (now) => {
      const { memory } = groupOf(target)
      if (!memory.unknown.has(intent.id)) Memory.remember(memory, { intent, sentAt: Option.none() }, now)
    })

  /**
   * Searches again for the items of creates of one list, together, once their windows are over. `known` are the items
   * that the caller has.
   */
  const resolve = (target: Target, intents: ReadonlyArray<CreateIntent>, known: Iterable<string>) =>
    Effect.gen(function* (): Effect.fn.Return<Resolved<Item>> {
      const now = yield* elapsed.now
      tidy(now)
      const group = groupOf(target)
      const { memory } = group
      for (const id of known) Memory.know(memory, id, now)
      const pending = intents.map(
        (intent): Memory.Pending =>
          memory.unknown.get(intent.id) ?? memory.open.get(intent.id) ?? { intent, sentAt: Option.none() }
      )
      // Until the records are resolved, no other create adopts their items.
      for (const it of pending) Memory.remember(memory, it, now)
      const seen = yield* lookAgain(group, intents)
      const assignments = yield* decide(group, intents, seen)
      yield* record(group, pending, assignments)
      return { assignments, failure: seen.failure }
    })

  return { join, remember, resolve }
}

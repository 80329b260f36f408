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
import { type Assignment, assign, type Evidence, type Listing, unfinished } from "./adopt.js"
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

/** The creates of one list. */
interface Group<Target, Item> {
  readonly target: Target
  readonly memory: Memory.Memory
  gate: Gate.Gate<Deferred.Deferred<void>, Unresolved<Item>>
  /** The list before the creates of the session, and the time of its answer. */
  baseline: Fiber.RuntimeFiber<{ readonly listing: Listing<Item>; readonly at: elapsed.Moment }, HttpError> | undefined
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

/** The lists of a search, and the error that ended it early. */
interface Seen<Item> {
  readonly listings: ReadonlyArray<Listing<Item>>
  readonly failure: Option.Option<{ readonly message: string }>
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

export const make = <Target extends Tagged, Item extends Entry>(
  kind: Pick<Creatable<never, Target, Item, never>, "groupOf" | "list" | "mark" | "words">,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>,
  groups: Groups<Target, Item> = new Map()
) => {
  type Own = Group<Target, Item>

  const isExact = kind.mark !== undefined
  const creators = new Set<string>()
  let tidied = -Infinity

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

  /** Lists in a fiber of its own, since every create that waits for the list may be interrupted. */
  const beginBaseline = (group: Own) =>
    Effect.all({ listing: listing(group.target), at: elapsed.bothClocks }).pipe(
      Effect.interruptible,
      Effect.forkDaemon,
      Effect.tap((fiber) => {
        group.baseline = fiber
      })
    )

  /** Shares the list while it is pending or fresh. After a failure, the next create lists again. */
  const baselineOf = (group: Own): Effect.Effect<Listing<Item>, HttpError> =>
    Effect.flatMap(elapsed.bothClocks, (now) => {
      const fiber = group.baseline
      const ended = fiber?.unsafePoll()
      const isShared = ended === null || (ended?._tag === "Success" && elapsed.between(ended.value.at, now) <= sharing)
      return fiber !== undefined && isShared ? Effect.succeed(fiber) : beginBaseline(group)
    }).pipe(
      Effect.uninterruptible,
      Effect.flatMap((fiber) => Effect.flatten(Fiber.await(fiber))),
      Effect.map(({ listing }) => listing)
    )

  const dropBaseline = (group: Own): Effect.Effect<void> => {
    const fiber = group.baseline
    group.baseline = undefined
    return fiber === undefined ? Effect.void : Fiber.interruptFork(fiber)
  }

  // --- after ---

  /** Lists at the pace of a search, until it ends or the marks show all items. */
  const lookAround = (group: Own, pending: ReadonlyArray<Memory.Pending>, grace: number) =>
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
          const list = listing(group.target)
          const found = yield* Effect.either(
            isLast
              ? Effect.asSome(RetryPolicy.withOptions(list, { timeout }))
              : Effect.timeoutOption(RetryPolicy.withoutRetry(list), timeout)
          )
          failure = Either.getLeft(found)
          if (Either.isLeft(found)) {
            event = { _tag: "Failed", isRefused: isFinal(found.left), asked: askedFor(found.left) }
          } else {
            event = { _tag: "Listed" }
            listings.push(...Option.toArray(found.right))
            if (isFoundBy(group, pending, listings)) break
          }
        }
        ;[search, command] = Search.step(search, event, yield* elapsed.now, yield* pause)
      }
      return { listings, failure }
    })

  const evidenceOf = (
    { memory }: Own,
    pending: ReadonlyArray<Memory.Pending>,
    listings: ReadonlyArray<Listing<Item>>
  ): Evidence<Item> => {
    const intents = pending.map(({ intent }) => intent)
    return { intents, rivals: Memory.rivalsOf(memory, intents, listings), listings, known: memory.known, creators }
  }

  /** Whether the lists show all items by their marks, so that the search need not go on. */
  const isFoundBy = (...evidence: Parameters<typeof evidenceOf>) =>
    isExact && assign(evidenceOf(...evidence), kind).every(Either.isRight)

  /** Assigns the items by the evidence of a search. The memory keeps the found items and the unresolved creates. */
  const conclude = (group: Own, pending: ReadonlyArray<Memory.Pending>, { failure, listings }: Seen<Item>) =>
    Effect.map(elapsed.now, (now): ReadonlyArray<Assignment<Item>> => {
      const { memory } = group
      const evidence = evidenceOf(group, pending, listings)
      const assignments = Option.match(failure, {
        onNone: () => assign(evidence, kind),
        onSome: ({ message }) => unfinished(`The search for the ${kind.words.noun} failed: ${message}`, evidence, kind)
      })
      for (const [it, assignment] of zip(pending, assignments)) {
        if (Either.isLeft(assignment)) Memory.remember(memory, it, now)
        else {
          Memory.know(memory, assignment.right.id, now)
          Memory.settle(memory, it.intent)
        }
      }
      return assignments
    })

  const search = (group: Own, creates: ReadonlyArray<Unresolved<Item>>): Effect.Effect<void> =>
    Effect.gen(function* () {
      const pending = creates.map((it) => it.pending)
      const grace = Math.max(...pending.map(({ intent }) => Duration.toMillis(intent.grace)))
      const seen = yield* lookAround(group, pending, grace).pipe(
        // A transport may throw anything, and the creates must still get an assignment.
        Effect.catchAllDefect(() => Effect.succeed({ listings: [], failure: Option.some({ message: "a defect." }) }))
      )
      const assignments = yield* conclude(group, pending, seen)
      yield* pass(group, { _tag: "Found" })
      yield* Effect.forEach(zip(creates, assignments), ([{ assignment }, it]) => Deferred.succeed(assignment, it))
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
      let begun: Memory.Pending | undefined
      const begin = (pending: Memory.Pending) => {
        begun = pending
        memory.open.set(pending.intent.id, pending)
      }
      /** Ends by what the memory keeps of the create. */
      const end = (keep: (begun: Memory.Pending, now: number) => void) =>
        Effect.flatMap(elapsed.now, (now) => {
          if (begun !== undefined) keep(begun, now)
          return pass(group, { _tag: "End" })
        })
      return {
        baseline: baselineOf(group),
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
            yield* pass(group, { _tag: "Lose", create: { pending, assignment } })
            return yield* Deferred.await(assignment)
          })
      }
    })

  // --- later ---

  /** Milliseconds until the windows of these creates end, by the date of a list. */
  const remaining = (pending: ReadonlyArray<Memory.Pending>, date: number) =>
    Math.max(
      ...pending.map(({ intent }) => {
        const span = Intent.span(intent)
        // The server's clock may have been set back since.
        const left = (sentAt: DateTime.Utc) => Math.min(DateTime.toEpochMillis(sentAt) + span - date, span + 1_000)
        return Option.match(intent.sentAt, { onNone: () => 0, onSome: left })
      })
    )

  const lookAgain = (group: Own, pending: ReadonlyArray<Memory.Pending>) =>
    Effect.gen(function* () {
      const now = yield* lookAround(group, pending, 0)
      const date = Option.flatMap(Option.fromNullable(now.listings[0]), ({ date }) => date)
      const left = Option.isSome(date) ? remaining(pending, date.value) : 0
      if (left <= 0 || isFoundBy(group, pending, now.listings)) return now
      const later = yield* lookAround(group, pending, left)
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
   * that the caller has. Returns the assignments in order, and the error that ended the search early.
   */
  const resolve = (target: Target, intents: ReadonlyArray<CreateIntent>, known: Iterable<string>) =>
    Effect.gen(function* () {
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
      const seen = yield* lookAgain(group, pending)
      return { assignments: yield* conclude(group, pending, seen), failure: seen.failure }
    })

  return { join, remember, resolve }
}

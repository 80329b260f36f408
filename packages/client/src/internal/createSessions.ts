/**
 * Coordinates the creates of one client on one workflow, so that the job of a lost answer is found and assigned to
 * exactly one create.
 *
 * A session begins with the first create, and ends when no create is in flight or unresolved. Its creates share the
 * preceding list, the baseline, while it is fresh. After a lost answer no further create may join until the search has
 * ended, or a steady stream of creates would never let a search end: those creates wait, and form the next session.
 * When the last create in flight has its answer, the search lists the workflow until the grace period has passed, and
 * then until a list succeeds, since the outage that lost the answer may last; then it assigns the new jobs (`adopt`).
 * The memory keeps an outcome that remains unknown (`createMemory`), because its job may still appear.
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
import type { JobId, WorkflowId } from "../Ids.js"
import type { Job, JobSummary } from "../jobs/Job.js"
import * as RetryPolicy from "../RetryPolicy.js"
import { type Assignment, assign, type Evidence, type Listing, type Unassigned, unfinished } from "./adopt.js"
import type { Dated } from "./call.js"
import * as Memory from "./createMemory.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import * as Intent from "./intent.js"
import { askedFor } from "./schedule.js"
import type { Listed } from "./wire.js"

/** A create without an answer. */
interface Unresolved {
  readonly pending: Memory.Pending
  readonly assignment: Deferred.Deferred<Assignment>
}

interface Baseline {
  readonly listing: Deferred.Deferred<Listing, HttpError>
  fiber: Option.Option<Fiber.Fiber<boolean>>
  /** The end of its sharing, by each of the clocks; none while it is pending. */
  fresh: Option.Option<Moment>
}

/** One moment by both clocks. The monotonic clock may stop while a machine sleeps; the wall clock may be set. */
interface Moment {
  readonly elapsed: number
  readonly wall: number
}

interface Session {
  underWay: number
  baseline: Baseline | undefined
  readonly unresolved: Array<Unresolved>
  readonly over: Deferred.Deferred<void>
}

interface WorkflowState {
  readonly workflowId: WorkflowId
  readonly memory: Memory.Memory
  session: Session | undefined
}

/**
 * One create in its session. Call `begin` before its request leaves, and exactly one of `made`, `notMade`, `lost` and
 * `unresolved` at its end.
 */
export interface Membership {
  /** The list of the jobs before the create. Interruptible. */
  readonly baseline: Effect.Effect<Listing, HttpError>
  readonly begin: (pending: Memory.Pending) => Effect.Effect<void>
  readonly made: (job: Job) => Effect.Effect<void>
  readonly notMade: Effect.Effect<void>
  /** Ends without a search for a possible job. */
  readonly lost: Effect.Effect<void>
  /** Searches for a possible job, by the current record. */
  readonly unresolved: (pending: Memory.Pending) => Effect.Effect<Assignment>
}

export interface CreateSessions {
  /** Joins the creates of the workflow. `restore` makes only the wait for the searches of others interruptible. */
  readonly join: (
    workflowId: WorkflowId,
    restore: <A>(self: Effect.Effect<A>) => Effect.Effect<A>
  ) => Effect.Effect<Membership>
  /**
   * Searches again for the jobs of creates of one workflow, together, once their windows are over. `known` are the jobs
   * that the caller has.
   */
  readonly resolve: (
    workflowId: WorkflowId,
    intents: ReadonlyArray<CreateIntent>,
    known: Iterable<JobId>
  ) => Effect.Effect<Resolved>
  /** Remembers creates of another process with an unknown outcome. */
  readonly remember: (intents: ReadonlyArray<CreateIntent>) => Effect.Effect<void>
}

/** The assignment of each record, and the error that ended the search early. */
export interface Resolved {
  readonly assignments: ReadonlyArray<Assignment>
  readonly failure: Option.Option<HttpError>
}

/** Milliseconds between two lists of a search. */
const pause = Random.nextIntBetween(2_000, 5_001)

/** Milliseconds for which creates share a baseline. */
const sharing = 10_000

/** Milliseconds by which a sleep may be late on a busy machine. */
const punctual = 1_000

/** Milliseconds between two cleanups of the memory. */
const tidying = 60_000

/** The lists of a search, and the error that ended it early. */
interface Search {
  readonly listings: ReadonlyArray<Listing>
  readonly failure: Option.Option<HttpError>
}

/** The deadline of a call, always finite. */
export const timeoutOf = ({ timeout }: RetryPolicy.RetryPolicy): Duration.Duration =>
  Duration.isFinite(timeout) ? timeout : RetryPolicy.defaults.timeout

/** The time for which a search continues after the grace period: the deadline of a call. */
const patienceOf = (policy: RetryPolicy.RetryPolicy) => Duration.toMillis(timeoutOf(policy))

const moment: Effect.Effect<Moment> = Effect.all({ elapsed: elapsed.now, wall: Clock.currentTimeMillis })

const isFresh = ({ fresh }: Baseline, now: Moment) =>
  Option.match(fresh, {
    onNone: () => true,
    onSome: (until) => now.elapsed <= until.elapsed && now.wall <= until.wall
  })

export const make = (
  list: (workflowId: WorkflowId) => Effect.Effect<Dated<Listed<JobSummary>>, HttpError>,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>
): CreateSessions => {
  const states = new Map<WorkflowId, WorkflowState>()
  const creators = new Set<string>()
  let tidied = Number.NEGATIVE_INFINITY

  const stateOf = (workflowId: WorkflowId): WorkflowState => {
    const known = states.get(workflowId)
    if (known !== undefined) return known
    const state: WorkflowState = { workflowId, memory: Memory.make(), session: undefined }
    states.set(workflowId, state)
    return state
  }

  const tidy = Effect.map(elapsed.now, (now) => {
    if (now < tidied + tidying) return
    tidied = now
    for (const [workflowId, { session, memory }] of states) {
      Memory.prune(memory, now)
      if (session === undefined && Memory.isEmpty(memory)) states.delete(workflowId)
    }
  })

  const listing = (workflowId: WorkflowId): Effect.Effect<Listing, HttpError> =>
    Effect.gen(function* () {
      const { date, value } = yield* list(workflowId)
      return { jobs: value.items, date, unreadable: value.unreadable, at: yield* elapsed.now }
    })

  // --- before ---

  const beginBaseline = ({ workflowId }: WorkflowState, session: Session): Effect.Effect<Baseline> => {
    const baseline: Baseline = {
      listing: Deferred.unsafeMake(FiberId.none),
      fiber: Option.none(),
      fresh: Option.none()
    }
    session.baseline = baseline
    return listing(workflowId).pipe(
      Effect.tapBoth({
        onSuccess: () =>
          Effect.map(moment, (now) => {
            baseline.fresh = Option.some({ elapsed: now.elapsed + sharing, wall: now.wall + sharing })
          }),
        // The next create lists again.
        onFailure: () =>
          Effect.sync(() => {
            session.baseline = undefined
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

  const baselineOf = (state: WorkflowState, session: Session): Effect.Effect<Listing, HttpError> =>
    Effect.flatMap(moment, (now) =>
      session.baseline === undefined || !isFresh(session.baseline, now)
        ? beginBaseline(state, session)
        : Effect.succeed(session.baseline)
    ).pipe(
      Effect.uninterruptible,
      Effect.flatMap((baseline) => Deferred.await(baseline.listing))
    )

  // --- after ---

  /** Lists until the grace period has passed, and then until a list succeeds, which alone shows all jobs. */
  const lookAround = (workflowId: WorkflowId, grace: number): Effect.Effect<Search> =>
    Effect.gen(function* () {
      const retry = yield* policy
      const longestAsked = Duration.toMillis(retry.maxRetryAfter)
      const patience = patienceOf(retry)
      const end = (yield* elapsed.now) + grace
      let latest = end + patience
      const listings: Array<Listing> = []
      // The earliest time of the next list.
      let rest = 0
      // A suspended machine did not search meanwhile, so the deadline moves with the suspension.
      const nowAfter = (planned: number) =>
        Effect.map(elapsed.now, (now) => {
          if (now > planned + punctual) latest = Math.max(latest, now + patience)
          return now
        })
      while (true) {
        const time = yield* elapsed.now
        const planned = Math.max(time < end ? Math.min(end, time + (yield* pause)) : time, rest)
        // In whole milliseconds: a clock may not resolve less, and the loop would never end.
        yield* Effect.sleep(Math.ceil(planned - time))
        const now = yield* nowAfter(planned)
        const isLast = now >= end
        const until = isLast ? Math.max(latest, now + 1) : end
        // An early list only adds evidence to the last one; after a failure the next follows soon.
        const look = isLast
          ? Effect.asSome(RetryPolicy.withOptions(listing(workflowId), { timeout: until - now }))
          : listing(workflowId).pipe(RetryPolicy.withoutRetry, Effect.timeoutOption(until - now))
        const found = yield* Effect.either(look)
        const endedAt = yield* nowAfter(until)
        if (Either.isRight(found)) {
          listings.push(...Option.toArray(found.right))
          if (isLast) return { listings, failure: Option.none() }
          continue
        }
        const refused = isFinal(found.left)
        const asked = askedFor(found.left)
        // A refused list is requested once more, at the end.
        const least = isLast ? endedAt + (yield* pause) : refused ? end : 0
        rest = Math.max(endedAt + asked, least)
        const isHopeless = isLast && (refused || rest >= latest)
        if (isHopeless || asked > longestAsked) return { listings, failure: Option.some(found.left) }
      }
    })

  /** Resolves the records by the evidence of a search, and marks the found jobs as known. */
  const decide = ({ memory }: WorkflowState, intents: ReadonlyArray<CreateIntent>, { failure, listings }: Search) =>
    Effect.map(elapsed.now, (now): ReadonlyArray<Assignment> => {
      const rivals = Memory.rivalsOf(memory, intents, listings)
      const evidence: Evidence = { intents, rivals, listings, known: memory.known, creators }
      if (Option.isSome(failure)) return unfinished(`The search for the job failed: ${failure.value.message}`, evidence)
      const assignments = assign(evidence)
      for (const assignment of assignments)
        if (Either.isRight(assignment)) Memory.know(memory, assignment.right.id, now)
      return assignments
    })

  /** Keeps unresolved creates in memory after a search. */
  const record = (
    { memory }: WorkflowState,
    pending: ReadonlyArray<Memory.Pending>,
    assignments: ReadonlyArray<Assignment>
  ) =>
    Effect.map(elapsed.now, (now) => {
      for (const [index, it] of pending.entries()) {
        const assignment = assignments[index]
        if (assignment !== undefined && Either.isRight(assignment)) Memory.settle(memory, it.intent)
        else Memory.remember(memory, it, now)
      }
    })

  const close = (state: WorkflowState, session: Session): Effect.Effect<void> => {
    state.session = undefined
    const fiber = session.baseline?.fiber ?? Option.none()
    // No create waits for the baseline any more.
    const stop = Option.match(fiber, { onNone: () => Effect.void, onSome: Fiber.interruptFork })
    return Effect.zipRight(stop, Deferred.succeed(session.over, undefined))
  }

  const search = (state: WorkflowState, session: Session): Effect.Effect<void> =>
    Effect.gen(function* () {
      const pending = session.unresolved.map((it) => it.pending)
      const grace = Math.max(...pending.map(({ intent }) => Duration.toMillis(intent.grace)))
      const intents = pending.map(({ intent }) => intent)
      const assignments = yield* lookAround(state.workflowId, grace).pipe(
        Effect.flatMap((seen) => decide(state, intents, seen)),
        // A transport may throw anything, and the creates must still get an assignment.
        Effect.catchAllDefect(() => Effect.succeed<ReadonlyArray<Assignment>>([]))
      )
      yield* record(state, pending, assignments)
      yield* close(state, session)
      const none: Assignment = Either.left<Unassigned>({
        why: "A defect ended the search for the job.",
        candidates: []
      })
      yield* Effect.forEach(session.unresolved, ({ assignment }, index) =>
        Deferred.succeed(assignment, assignments[index] ?? none)
      )
    })

  // --- later ---

  /** Milliseconds until the windows of these records end, by the date of a list; none without a date. */
  const remaining = (intents: ReadonlyArray<CreateIntent>, { date }: Listing) =>
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

  const lookAgain = (workflowId: WorkflowId, intents: ReadonlyArray<CreateIntent>): Effect.Effect<Search> =>
    Effect.gen(function* () {
      const now = yield* lookAround(workflowId, 0)
      const left = Option.flatMap(Option.fromNullable(now.listings[0]), (first) => remaining(intents, first))
      if (Option.isNone(left)) return now
      const later = yield* lookAround(workflowId, left.value)
      return { listings: [...now.listings, ...later.listings], failure: later.failure }
    })

  const remember: CreateSessions["remember"] = (intents) =>
    Effect.map(elapsed.now, (now) => {
      for (const intent of intents) {
        const { memory } = stateOf(intent.workflowId)
        if (!memory.unknown.has(intent.id)) Memory.remember(memory, { intent, sentAt: Option.none() }, now)
      }
    })

  const resolve: CreateSessions["resolve"] = (workflowId, intents, known) =>
    Effect.gen(function* () {
      yield* tidy
      const now = yield* elapsed.now
      const state = stateOf(workflowId)
      const { memory } = state
      for (const id of known) Memory.know(memory, id, now)
      const pending = intents.map(
        (intent): Memory.Pending =>
          memory.unknown.get(intent.id) ?? memory.open.get(intent.id) ?? { intent, sentAt: Option.none() }
      )
      // Until the records are resolved, no other create adopts their jobs.
      for (const it of pending) Memory.remember(memory, it, now)
      const seen = yield* lookAgain(workflowId, intents)
      const assignments = yield* decide(state, intents, seen)
      yield* record(state, pending, assignments)
      return { assignments, failure: seen.failure }
    })

  // --- in between ---

  const leave = (state: WorkflowState, session: Session): Effect.Effect<void> =>
    Effect.suspend(() => {
      session.underWay--
      if (session.underWay > 0) return Effect.void
      return session.unresolved.length === 0
        ? close(state, session)
        : Effect.asVoid(Effect.forkDaemon(Effect.interruptible(search(state, session))))
    })

  const enter = (
    workflowId: WorkflowId,
    restore: Parameters<CreateSessions["join"]>[1]
  ): Effect.Effect<[WorkflowState, Session]> =>
    Effect.suspend(() => {
      const state = stateOf(workflowId)
      const open = state.session
      if (open !== undefined && open.unresolved.length > 0) {
        return Effect.zipRight(restore(Deferred.await(open.over)), enter(workflowId, restore))
      }
      const session: Session = open ?? {
        underWay: 0,
        baseline: undefined,
        unresolved: [],
        over: Deferred.unsafeMake(FiberId.none)
      }
      session.underWay++
      state.session = session
      return Effect.succeed([state, session])
    })

  const join: CreateSessions["join"] = (workflowId, restore) =>
    Effect.gen(function* () {
      yield* tidy
      const [state, session] = yield* enter(workflowId, restore)
      const { memory } = state
      let begun = Option.none<Memory.Pending>()
      const settle = Effect.sync(() => Option.map(begun, ({ intent }) => Memory.settle(memory, intent)))
      return {
        baseline: baselineOf(state, session),
        begin: (pending) =>
          Effect.sync(() => {
            begun = Option.some(pending)
            memory.open.set(pending.intent.id, pending)
          }),
        made: (job) =>
          Effect.flatMap(elapsed.now, (now) => {
            Memory.know(memory, job.id, now)
            // A token creates under one user name, or a few.
            if (creators.size < 100) Option.map(job.createdBy, (name) => creators.add(name))
            return Effect.zipRight(settle, leave(state, session))
          }),
        notMade: Effect.zipRight(settle, leave(state, session)),
        lost: Effect.flatMap(elapsed.now, (now) => {
          if (Option.isSome(begun)) Memory.remember(memory, begun.value, now)
          return leave(state, session)
        }),
        unresolved: (pending) =>
          Effect.gen(function* () {
            const assignment = yield* Deferred.make<Assignment>()
            memory.open.set(pending.intent.id, pending)
            session.unresolved.push({ pending, assignment })
            yield* leave(state, session)
            return yield* Deferred.await(assignment)
          })
      }
    })

  return { join, remember, resolve }
}

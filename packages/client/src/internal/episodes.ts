/**
 * The creates of one client on one workflow, as far as they have to know of each other, so that a job whose answer was
 * lost is found and given to one of them.
 *
 * An episode begins with the first create that is under way, and ends when none is, nor is any unresolved. Its creates
 * share the list that precedes them, the baseline, while that is young. When one of them has lost its answer, no other
 * may join until that is resolved, or a search would never come to its end under a steady stream of creates: those wait,
 * and make the next episode. When the last that is under way has its answer, the workflow is listed until the grace
 * period has passed, and then until a list succeeds, since what has lost the answer may last; then what is new is shared
 * out (`adopt`). An outcome that stays unknown is remembered (`createMemory`), because its job may still appear.
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
import type { JobId, WorkflowId } from "../Ids.js"
import type { Job, JobSummary } from "../Job.js"
import type { HttpError } from "../PixxelError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import { type Evidence, type Finding, type Listing, share, type Unclear, unfinished } from "./adopt.js"
import type { Dated } from "./call.js"
import * as Memory from "./createMemory.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import * as Intent from "./intent.js"
import * as Raw from "./raw.js"
import { askedFor } from "./schedule.js"

/** A create without an answer. */
interface Unresolved {
  readonly pending: Memory.Pending
  readonly finding: Deferred.Deferred<Finding>
}

interface Baseline {
  readonly listing: Deferred.Deferred<Listing, HttpError>
  fiber: Option.Option<Fiber.Fiber<boolean>>
  /** Until when, by each of the clocks, other creates may share it; none while it is awaited. */
  fresh: Option.Option<Moment>
}

/** The same moment by both clocks. The monotonic one may stand still while a machine sleeps, the other may be set. */
interface Moment {
  readonly elapsed: number
  readonly wall: number
}

interface Episode {
  underWay: number
  baseline: Baseline | undefined
  readonly unresolved: Array<Unresolved>
  readonly over: Deferred.Deferred<void>
}

interface Desk {
  readonly workflowId: WorkflowId
  readonly memory: Memory.Memory
  episode: Episode | undefined
}

/**
 * One create in its episode. `begin` comes before its request leaves. It ends exactly once, by one of `made`, `notMade`,
 * `lost` and `unresolved`.
 */
export interface Membership {
  /** The list of the jobs before the create. Ends early when it is interrupted. */
  readonly baseline: Effect.Effect<Listing, HttpError>
  readonly begin: (pending: Memory.Pending) => Effect.Effect<void>
  readonly made: (job: Job) => Effect.Effect<void>
  readonly notMade: Effect.Effect<void>
  /** There may be a job, which is not looked for. */
  readonly lost: Effect.Effect<void>
  /** There may be a job: looks for it, by the record as it is now. */
  readonly unresolved: (pending: Memory.Pending) => Effect.Effect<Finding>
}

export interface Episodes {
  /**
   * Joins the creates of the workflow. Only what is restored may be interrupted: the waiting while the outcome of others
   * is looked into.
   */
  readonly join: (
    workflowId: WorkflowId,
    restore: <A>(self: Effect.Effect<A>) => Effect.Effect<A>
  ) => Effect.Effect<Membership>
  /**
   * Looks again for the jobs of creates of one workflow, together, once their windows are over. `known` are jobs that
   * the caller knows.
   */
  readonly resolve: (
    workflowId: WorkflowId,
    intents: ReadonlyArray<CreateIntent>,
    known: Iterable<JobId>
  ) => Effect.Effect<Resolved>
  /** Remembers creates of another process whose outcome is unknown. */
  readonly remember: (intents: ReadonlyArray<CreateIntent>) => Effect.Effect<void>
}

/** The finding for each record, and the error that ended the search early. */
export interface Resolved {
  readonly findings: ReadonlyArray<Finding>
  readonly failure: Option.Option<HttpError>
}

/** Milliseconds between two lists of a search. */
const pause = Random.nextIntBetween(2_000, 5_001)

/** Milliseconds for which creates share a baseline. */
const sharing = 10_000

/** Milliseconds by which a sleep may overrun on a busy machine. */
const punctual = 1_000

/** Milliseconds between two tidyings of the memory. */
const tidying = 60_000

/** What was seen in a search, and the error that ended it early. */
interface Search {
  readonly listings: ReadonlyArray<Listing>
  readonly failure: Option.Option<HttpError>
}

/** The deadline of a call, which is finite for whatever has to end. */
export const timeoutOf = ({ timeout }: RetryPolicy.RetryPolicy): Duration.Duration =>
  Duration.isFinite(timeout) ? timeout : RetryPolicy.defaults.timeout

/** How long a search goes on after the grace period: as long as a call would. */
const patienceOf = (policy: RetryPolicy.RetryPolicy) => Duration.toMillis(timeoutOf(policy))

const moment: Effect.Effect<Moment> = Effect.all({ elapsed: elapsed.now, wall: Clock.currentTimeMillis })

const isFresh = ({ fresh }: Baseline, now: Moment) =>
  Option.match(fresh, {
    onNone: () => true,
    onSome: (until) => now.elapsed <= until.elapsed && now.wall <= until.wall
  })

export const make = (
  list: (workflowId: WorkflowId) => Effect.Effect<Dated<ReadonlyArray<JobSummary>>, HttpError>,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>
): Episodes => {
  const desks = new Map<WorkflowId, Desk>()
  const creators = new Set<string>()
  let tidied = Number.NEGATIVE_INFINITY

  const deskOf = (workflowId: WorkflowId): Desk => {
    const known = desks.get(workflowId)
    if (known !== undefined) return known
    const desk: Desk = { workflowId, memory: Memory.make(), episode: undefined }
    desks.set(workflowId, desk)
    return desk
  }

  const tidy = Effect.map(elapsed.now, (now) => {
    if (now < tidied + tidying) return
    tidied = now
    for (const [workflowId, { episode, memory }] of desks) {
      Memory.prune(memory, now)
      if (episode === undefined && Memory.isEmpty(memory)) desks.delete(workflowId)
    }
  })

  const listing = (workflowId: WorkflowId): Effect.Effect<Listing, HttpError> =>
    Effect.gen(function* () {
      const { date, value } = yield* list(workflowId)
      const items = Option.getOrElse(Raw.of(value), () => value)
      const unreadable = Array.isArray(items) ? items.length - value.length : 0
      return { jobs: value, date, unreadable, at: yield* elapsed.now }
    })

  // --- before ---

  const beginBaseline = ({ workflowId }: Desk, episode: Episode): Effect.Effect<Baseline> => {
    const baseline: Baseline = {
      listing: Deferred.unsafeMake(FiberId.none),
      fiber: Option.none(),
      fresh: Option.none()
    }
    episode.baseline = baseline
    return listing(workflowId).pipe(
      Effect.tapBoth({
        onSuccess: () =>
          Effect.map(moment, (now) => {
            baseline.fresh = Option.some({ elapsed: now.elapsed + sharing, wall: now.wall + sharing })
          }),
        // The next create tries again.
        onFailure: () =>
          Effect.sync(() => {
            episode.baseline = undefined
          })
      }),
      Effect.intoDeferred(baseline.listing),
      Effect.interruptible,
      // Any of the creates that wait for it may be interrupted.
      Effect.forkDaemon,
      Effect.map((fiber) => {
        baseline.fiber = Option.some(fiber)
        return baseline
      })
    )
  }

  const baselineOf = (desk: Desk, episode: Episode): Effect.Effect<Listing, HttpError> =>
    Effect.flatMap(moment, (now) =>
      episode.baseline === undefined || !isFresh(episode.baseline, now)
        ? beginBaseline(desk, episode)
        : Effect.succeed(episode.baseline)
    ).pipe(
      Effect.uninterruptible,
      Effect.flatMap((baseline) => Deferred.await(baseline.listing))
    )

  // --- after ---

  /** Lists until the grace period has passed, and then until a list succeeds, which alone shows all that there is. */
  const lookAround = (workflowId: WorkflowId, grace: number): Effect.Effect<Search> =>
    Effect.gen(function* () {
      const retry = yield* policy
      const longestAsked = Duration.toMillis(retry.maxRetryAfter)
      const patience = patienceOf(retry)
      const end = (yield* elapsed.now) + grace
      let latest = end + patience
      const listings: Array<Listing> = []
      // No list before this time.
      let rest = 0
      // A machine that slept has not looked in the meantime: its deadline is as far away as ever.
      const nowAfter = (planned: number) =>
        Effect.map(elapsed.now, (now) => {
          if (now > planned + punctual) latest = Math.max(latest, now + patience)
          return now
        })
      while (true) {
        const time = yield* elapsed.now
        const planned = Math.max(time < end ? Math.min(end, time + (yield* pause)) : time, rest)
        // In whole milliseconds: a clock may not notice less, and the time would never come.
        yield* Effect.sleep(Math.ceil(planned - time))
        const now = yield* nowAfter(planned)
        const isLast = now >= end
        const until = isLast ? Math.max(latest, now + 1) : end
        // An early one adds to what the last one shows; if it fails, the next one follows soon.
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
        // A list that was refused is asked for once more, at the end.
        const least = isLast ? endedAt + (yield* pause) : refused ? end : 0
        rest = Math.max(endedAt + asked, least)
        const isHopeless = isLast && (refused || rest >= latest)
        if (isHopeless || asked > longestAsked) return { listings, failure: Option.some(found.left) }
      }
    })

  /** What a search tells of each of the records; the jobs that are found are known from then on. */
  const decide = ({ memory }: Desk, intents: ReadonlyArray<CreateIntent>, { failure, listings }: Search) =>
    Effect.map(elapsed.now, (now): ReadonlyArray<Finding> => {
      const rivals = Memory.rivalsOf(memory, intents, listings)
      const evidence: Evidence = { intents, rivals, listings, known: memory.known, creators }
      if (Option.isSome(failure)) return unfinished(`Looking for it failed: ${failure.value.message}`, evidence)
      const findings = share(evidence)
      for (const finding of findings) if (Either.isRight(finding)) Memory.know(memory, finding.right.id, now)
      return findings
    })

  /** Keeps in memory what is not known after a search. */
  const record = ({ memory }: Desk, pending: ReadonlyArray<Memory.Pending>, findings: ReadonlyArray<Finding>) =>
    Effect.map(elapsed.now, (now) => {
      for (const [index, it] of pending.entries()) {
        const finding = findings[index]
        if (finding !== undefined && Either.isRight(finding)) Memory.settle(memory, it.intent)
        else Memory.remember(memory, it, now)
      }
    })

  const close = (desk: Desk, episode: Episode): Effect.Effect<void> => {
    desk.episode = undefined
    const fiber = episode.baseline?.fiber ?? Option.none()
    // No create waits for it any more.
    const stop = Option.match(fiber, { onNone: () => Effect.void, onSome: Fiber.interruptFork })
    return Effect.zipRight(stop, Deferred.succeed(episode.over, undefined))
  }

  const search = (desk: Desk, episode: Episode): Effect.Effect<void> =>
    Effect.gen(function* () {
      const pending = episode.unresolved.map((it) => it.pending)
      const grace = Math.max(...pending.map(({ intent }) => Duration.toMillis(intent.grace)))
      const intents = pending.map(({ intent }) => intent)
      const findings = yield* lookAround(desk.workflowId, grace).pipe(
        Effect.flatMap((seen) => decide(desk, intents, seen)),
        // A transport may throw anything, and the creates must get an answer.
        Effect.catchAllDefect(() => Effect.succeed<ReadonlyArray<Finding>>([]))
      )
      yield* record(desk, pending, findings)
      yield* close(desk, episode)
      const none: Finding = Either.left<Unclear>({ why: "Looking for it was ended by a defect.", candidates: [] })
      yield* Effect.forEach(episode.unresolved, ({ finding }, index) =>
        Deferred.succeed(finding, findings[index] ?? none)
      )
    })

  // --- later ---

  /** Milliseconds until the windows of these records are over, by the date of a list; none without a date. */
  const remaining = (intents: ReadonlyArray<CreateIntent>, { date }: Listing) =>
    Option.map(date, (date) =>
      Math.max(
        ...intents.map((intent) =>
          Option.match(intent.sentAt, {
            onNone: () => 0,
            // The clock of the server may have been set back since.
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

  const remember: Episodes["remember"] = (intents) =>
    Effect.map(elapsed.now, (now) => {
      for (const intent of intents) {
        const { memory } = deskOf(intent.workflowId)
        if (!memory.unknown.has(intent.id)) Memory.remember(memory, { intent, sentAt: Option.none() }, now)
      }
    })

  const resolve: Episodes["resolve"] = (workflowId, intents, known) =>
    Effect.gen(function* () {
      yield* tidy
      const now = yield* elapsed.now
      const desk = deskOf(workflowId)
      const { memory } = desk
      for (const id of known) Memory.know(memory, id, now)
      const pending = intents.map(
        (intent): Memory.Pending =>
          memory.unknown.get(intent.id) ?? memory.open.get(intent.id) ?? { intent, sentAt: Option.none() }
      )
      // Until they are resolved, no other create takes their jobs.
      for (const it of pending) Memory.remember(memory, it, now)
      const seen = yield* lookAgain(workflowId, intents)
      const findings = yield* decide(desk, intents, seen)
      yield* record(desk, pending, findings)
      return { findings, failure: seen.failure }
    })

  // --- in between ---

  const leave = (desk: Desk, episode: Episode): Effect.Effect<void> =>
    Effect.suspend(() => {
      episode.underWay--
      if (episode.underWay > 0) return Effect.void
      return episode.unresolved.length === 0
        ? close(desk, episode)
        : Effect.asVoid(Effect.forkDaemon(Effect.interruptible(search(desk, episode))))
    })

  const enter = (workflowId: WorkflowId, restore: Parameters<Episodes["join"]>[1]): Effect.Effect<[Desk, Episode]> =>
    Effect.suspend(() => {
      const desk = deskOf(workflowId)
      const open = desk.episode
      if (open !== undefined && open.unresolved.length > 0) {
        return Effect.zipRight(restore(Deferred.await(open.over)), enter(workflowId, restore))
      }
      const episode: Episode = open ?? {
        underWay: 0,
        baseline: undefined,
        unresolved: [],
        over: Deferred.unsafeMake(FiberId.none)
      }
      episode.underWay++
      desk.episode = episode
      return Effect.succeed([desk, episode])
    })

  const join: Episodes["join"] = (workflowId, restore) =>
    Effect.gen(function* () {
      yield* tidy
      const [desk, episode] = yield* enter(workflowId, restore)
      const { memory } = desk
      let begun = Option.none<Memory.Pending>()
      const settle = Effect.sync(() => Option.map(begun, ({ intent }) => Memory.settle(memory, intent)))
      return {
        baseline: baselineOf(desk, episode),
        begin: (pending) =>
          Effect.sync(() => {
            begun = Option.some(pending)
            memory.open.set(pending.intent.id, pending)
          }),
        made: (job) =>
          Effect.flatMap(elapsed.now, (now) => {
            Memory.know(memory, job.id, now)
            // One token creates under one name, or a few.
            if (creators.size < 100) Option.map(job.createdBy, (name) => creators.add(name))
            return Effect.zipRight(settle, leave(desk, episode))
          }),
        notMade: Effect.zipRight(settle, leave(desk, episode)),
        lost: Effect.flatMap(elapsed.now, (now) => {
          if (Option.isSome(begun)) Memory.remember(memory, begun.value, now)
          return leave(desk, episode)
        }),
        unresolved: (pending) =>
          Effect.gen(function* () {
            const finding = yield* Deferred.make<Finding>()
            memory.open.set(pending.intent.id, pending)
            episode.unresolved.push({ pending, finding })
            yield* leave(desk, episode)
            return yield* Deferred.await(finding)
          })
      }
    })

  return { join, remember, resolve }
}

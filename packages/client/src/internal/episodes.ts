/**
 * The creates of one client on one workflow, as far as they have to know of each other, so that a job whose answer was
 * lost is found and given to one of them.
 *
 * An episode begins with the first create that is under way, and ends when none is, nor is any unresolved. Its creates
 * share one list of what was there before: the baseline. When one of them has lost its answer, no other may join until
 * that is resolved, or a search would never come to its end under a steady stream of creates: those wait, and make the
 * next episode. When the last that is under way has its answer, the workflow is listed until the grace period has
 * passed, and then until a list succeeds, since what has lost the answer may last; then what is new is shared out
 * (`adopt`).
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { JobId, ProjectId, WorkflowId } from "../Ids.js"
import type { Job, JobSummary } from "../Job.js"
import type { HttpError } from "../PixxelError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import { type Evidence, type Listing, share, type Unclear, unfinished } from "./adopt.js"
import type { Dated } from "./call.js"
import * as Raw from "./raw.js"
import { askedFor } from "./schedule.js"

/** The job of a create that had lost its answer, or why it is not known. */
export type Finding = Either.Either<JobSummary, Unclear>

/** A create without an answer. */
interface Unresolved {
  readonly before: Listing
  readonly projectId: ProjectId
  readonly grace: Duration.Duration
  readonly finding: Deferred.Deferred<Finding>
}

interface Baseline {
  readonly listing: Deferred.Deferred<Listing, HttpError>
  fiber: Option.Option<Fiber.Fiber<boolean>>
}

interface Episode {
  underWay: number
  baseline: Baseline | undefined
  readonly unresolved: Array<Unresolved>
  /** Whether a create that adopts nothing may have made a job. */
  doubtful: boolean
  readonly over: Deferred.Deferred<void>
}

interface Desk {
  readonly workflowId: WorkflowId
  /** The jobs that somebody here was told about, and that are in no baseline yet: a list may lag behind the answer. */
  readonly known: Set<JobId>
  episode: Episode | undefined
}

/** Whom a create is for, and who pays. */
interface Order {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
}

/** One create in its episode. It is to end exactly once, by one of `made`, `notMade`, `lost` and `unresolved`. */
export interface Membership {
  /** Completes when it is known what was there before. Ends early when it is interrupted. */
  readonly baseline: Effect.Effect<Listing, HttpError>
  readonly made: (job: Job) => Effect.Effect<void>
  readonly notMade: Effect.Effect<void>
  /** There may be a job, which is not to be looked for. */
  readonly lost: Effect.Effect<void>
  /** There may be a job: looks for it. */
  readonly unresolved: (before: Listing, grace: Duration.Duration) => Effect.Effect<Finding>
}

export interface Episodes {
  /**
   * Joins the creates of the workflow. Only what is restored may be interrupted: the waiting while what became of
   * others is looked into.
   */
  readonly join: (order: Order, restore: <A>(self: Effect.Effect<A>) => Effect.Effect<A>) => Effect.Effect<Membership>
}

/** Milliseconds between two lists of a search. */
const pause = Random.nextIntBetween(2_000, 5_001)

/** What was seen in a search, and what has ended it too early. */
interface Search {
  readonly listings: ReadonlyArray<Listing>
  readonly failure: Option.Option<HttpError>
}

/** How long a search goes on after the grace period: as long as a call would. */
const patienceOf = ({ timeout }: RetryPolicy.RetryPolicy) =>
  Duration.toMillis(Duration.isFinite(timeout) ? timeout : RetryPolicy.defaults.timeout)

export const make = (
  list: (workflowId: WorkflowId) => Effect.Effect<Dated<ReadonlyArray<JobSummary>>, HttpError>,
  policy: Effect.Effect<RetryPolicy.RetryPolicy>
): Episodes => {
  const desks = new Map<WorkflowId, Desk>()
  const creators = new Set<string>()

  const deskOf = (workflowId: WorkflowId): Desk => {
    const known = desks.get(workflowId)
    if (known !== undefined) return known
    const desk: Desk = { workflowId, known: new Set(), episode: undefined }
    desks.set(workflowId, desk)
    return desk
  }

  const listing = ({ workflowId }: Desk): Effect.Effect<Listing, HttpError> =>
    Effect.map(list(workflowId), ({ date, value }) => {
      const items = Option.getOrElse(Raw.of(value), () => value)
      return { jobs: value, date, unreadable: Array.isArray(items) ? items.length - value.length : 0 }
    })

  // --- before ---

  const beginBaseline = (desk: Desk, episode: Episode): Effect.Effect<Baseline> => {
    const baseline: Baseline = { listing: Deferred.unsafeMake(FiberId.none), fiber: Option.none() }
    episode.baseline = baseline
    return listing(desk).pipe(
      Effect.tapBoth({
        onSuccess: ({ jobs }) =>
          Effect.sync(() => {
            for (const { id } of jobs) desk.known.delete(id)
          }),
        // The next create is to try again.
        onFailure: () =>
          Effect.sync(() => {
            episode.baseline = undefined
          })
      }),
      Effect.intoDeferred(baseline.listing),
      Effect.interruptible,
      // Of the creates that wait for it each may be interrupted.
      Effect.forkDaemon,
      Effect.map((fiber) => {
        baseline.fiber = Option.some(fiber)
        return baseline
      })
    )
  }

  const baselineOf = (desk: Desk, episode: Episode): Effect.Effect<Listing, HttpError> =>
    Effect.suspend(() =>
      episode.baseline === undefined ? beginBaseline(desk, episode) : Effect.succeed(episode.baseline)
    ).pipe(
      Effect.uninterruptible,
      Effect.flatMap((baseline) => Deferred.await(baseline.listing))
    )

  // --- after ---

  /** Lists until the grace period has passed, and then until a list succeeds, which alone shows all that there is. */
  const lookAround = (desk: Desk, grace: Duration.Duration): Effect.Effect<Search> =>
    Effect.gen(function* () {
      const retry = yield* policy
      const longestAsked = Duration.toMillis(retry.maxRetryAfter)
      const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(grace)
      const latest = end + patienceOf(retry)
      const listings: Array<Listing> = []
      // No list before this time.
      let rest = 0
      while (true) {
        const time = yield* Clock.currentTimeMillis
        const next = time < end ? Math.min(end, time + (yield* pause)) : time
        // In whole milliseconds: a clock may not notice less, and the time would never come.
        yield* Effect.sleep(Math.ceil(Math.max(next, rest) - time))
        const now = yield* Clock.currentTimeMillis
        const isLast = now >= end
        // An early one adds to what the last one shows; if it fails, the next one follows soon.
        const look = isLast
          ? Effect.asSome(RetryPolicy.withOptions(listing(desk), { timeout: Math.max(latest - now, 1) }))
          : listing(desk).pipe(RetryPolicy.withoutRetry, Effect.timeoutOption(end - now))
        const found = yield* Effect.either(look)
        if (Either.isRight(found)) {
          listings.push(...Option.toArray(found.right))
          if (isLast) return { listings, failure: Option.none() }
          continue
        }
        const { isRetryable } = found.left
        const asked = askedFor(found.left)
        const failedAt = yield* Clock.currentTimeMillis
        // What is refused is asked for once more, at the end.
        const least = isLast ? failedAt + (yield* pause) : isRetryable ? 0 : end
        rest = Math.max(failedAt + asked, least)
        const isHopeless = isLast && (!isRetryable || rest >= latest)
        if (isHopeless || asked > longestAsked) return { listings, failure: Option.some(found.left) }
      }
    })

  /** What the creates without an answer are told, in their order. */
  const findingsOf = (desk: Desk, { doubtful, unresolved }: Episode) =>
    Effect.gen(function* () {
      const [first] = unresolved
      if (first === undefined) return []
      const all = (unclear: Unclear) => unresolved.map((): Finding => Either.left(unclear))
      const { failure, listings } = yield* lookAround(desk, unresolved.map((it) => it.grace).reduce(Duration.max))
      const evidence: Evidence = {
        baseline: first.before,
        listings,
        known: desk.known,
        creators,
        projects: unresolved.map(({ projectId }) => projectId),
        doubtful
      }
      if (Option.isSome(failure)) return all(unfinished(`Looking for it failed: ${failure.value.message}`, evidence))
      const shared = share(evidence)
      if (Either.isLeft(shared)) return all(shared.left)
      for (const { id } of shared.right) desk.known.add(id)
      return shared.right.map((job): Finding => Either.right(job))
    })

  const close = (desk: Desk, episode: Episode): Effect.Effect<void> => {
    desk.episode = undefined
    const fiber = episode.baseline?.fiber ?? Option.none()
    // Nobody waits for it any more.
    const stop = Option.match(fiber, { onNone: () => Effect.void, onSome: Fiber.interruptFork })
    return Effect.zipRight(stop, Deferred.succeed(episode.over, undefined))
  }

  const search = (desk: Desk, episode: Episode): Effect.Effect<void> =>
    findingsOf(desk, episode).pipe(
      // Whatever a transport throws, nobody may wait for ever.
      Effect.catchAllDefect(() => Effect.succeed([])),
      Effect.flatMap((findings) => {
        const none: Finding = Either.left({ why: "Looking for it was ended by a defect.", candidates: [] })
        return Effect.zipRight(
          close(desk, episode),
          Effect.forEach(episode.unresolved, ({ finding }, index) => Deferred.succeed(finding, findings[index] ?? none))
        )
      })
    )

  // --- in between ---

  const leave = (desk: Desk, episode: Episode): Effect.Effect<void> =>
    Effect.suspend(() => {
      episode.underWay--
      if (episode.underWay > 0) return Effect.void
      return episode.unresolved.length === 0
        ? close(desk, episode)
        : Effect.asVoid(Effect.forkDaemon(Effect.interruptible(search(desk, episode))))
    })

  const enter = (desk: Desk, restore: Parameters<Episodes["join"]>[1]): Effect.Effect<Episode> =>
    Effect.suspend(() => {
      const open = desk.episode
      if (open !== undefined && open.unresolved.length > 0) {
        return Effect.zipRight(restore(Deferred.await(open.over)), enter(desk, restore))
      }
      const episode: Episode = open ?? {
        underWay: 0,
        baseline: undefined,
        unresolved: [],
        doubtful: false,
        over: Deferred.unsafeMake(FiberId.none)
      }
      episode.underWay++
      desk.episode = episode
      return Effect.succeed(episode)
    })

  return {
    join: ({ projectId, workflowId }, restore) => {
      const desk = deskOf(workflowId)
      return Effect.map(enter(desk, restore), (episode) => ({
        baseline: baselineOf(desk, episode),
        made: (job) =>
          Effect.suspend(() => {
            desk.known.add(job.id)
            Option.map(job.createdBy, (name) => creators.add(name))
            return leave(desk, episode)
          }),
        notMade: leave(desk, episode),
        lost: Effect.suspend(() => {
          episode.doubtful = true
          return leave(desk, episode)
        }),
        unresolved: (before, grace) =>
          Effect.gen(function* () {
            const finding = yield* Deferred.make<Finding>()
            episode.unresolved.push({ before, projectId, grace, finding })
            yield* leave(desk, episode)
            return yield* Deferred.await(finding)
          })
      }))
    }
  }
}

/**
 * Shared polls: all waits and watches of a client for the jobs of one workflow poll together. One fiber per workflow
 * lists its jobs when the first waiter is due, and wakes only the waiters whose job has changed; they get their job in
 * their own fibers, under their own retry policies.
 *
 * - A list costs a request and the whole history of the workflow, and saves the gets of the waiters that stay asleep.
 *   It is requested only while it is cheaper (`isWorth`), so a single wait gets its job. After a refusal, lists are
 *   given up for good.
 * - After a failed list, one get decides whether only the list fails (`check`). If so, no poll has failed, and lists
 *   that keep failing are given up for a while. If not, the polls of all waiters have failed.
 * - Waiters for the same job share its gets: one waiter gets the job, and all receive the outcome.
 * - The fiber belongs to no waiter. It starts with the first and ends with the last, and has the clock, the random
 *   source and the loggers of the first, but the retry policy of the client: adjustments around a wait apply to its own
 *   gets only.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { HttpError } from "../HttpError.js"
import type { JobId, WorkflowId } from "../Ids.js"
import type { Job, JobSummary } from "../jobs/Job.js"
import type { JobsApi } from "../jobs/JobsApi.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Waiter } from "../Waiter.js"
import * as Alarm from "./alarm.js"
import type { Dated } from "./call.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import {
  asksTooMuch,
  type Follower,
  isCounted,
  nothing,
  restAfter,
  type Seen,
  sawMore,
  tolerates
} from "./following.js"
import * as locals from "./locals.js"
import * as pace from "./pace.js"
import * as Permits from "./permits.js"
import * as policies from "./policy.js"
import type { Recent } from "./recent.js"
import { askedFor } from "./schedule.js"

/** List items that cost as much as one get: a job with ten tasks has their bytes, and a request costs more. */
const summariesPerGet = 20

/** A watcher gets its job at every fourth list even if the summary is unchanged: the tasks may have progressed. */
const listsPerGet = 4

/** Consecutive failed lists, while gets succeed, after which lists are given up. */
const failuresInRow = 3

/** Polls without a list after which a list is tried again. */
const patience = 16

/** The number of concurrent gets after a list. */
const concurrentGets = 16

/** The outcome of a get. */
type Found = Either.Either<Dated<Job>, HttpError>

/** The signal to a sleeping waiter: the outcome of a get, the order to get the job itself, or its deadline. */
type Signal = Found | "look" | "late"

/** A job with at least one waiter. */
interface Subject {
  readonly jobId: JobId
  readonly waiters: Set<Member>
  /** The waiter that currently gets the job. */
  looker: Member | undefined
  /** The earliest time of the next get. */
  rest: number
  track: pace.Track
  /** The summary in the last list. */
  summary: string
  /** The number of unchanged lists since the last get. */
  listsSince: number
}

/** One wait or watch of a job. */
interface Member {
  readonly waiter: Waiter
  /** Whether changes of the tasks matter too. */
  readonly detailed: boolean
  readonly deadline: elapsed.Deadline
  /** The time of the next poll. */
  due: number
  failures: number
  seen: Seen
  /** Set while it sleeps. */
  wake: ((signal: Effect.Effect<Signal>) => void) | undefined
}

interface Poller {
  readonly workflowId: WorkflowId
  readonly subjects: Map<JobId, Subject>
  readonly permits: Permits.Permits
  /** The earliest time of the next list. */
  rest: number
  /** The share of recently listed jobs that needed no get. */
  share: number
  /** The number of polls left without a list, after failed lists. */
  listless: number
  /** The number of consecutive lists that failed alone. */
  failures: number
  /** The failure of the last list, until a get shows whether gets fail too. */
  doubt: HttpError | undefined
  /** The wake-up of the fiber. */
  readonly alarm: Alarm.Alarm
  /** The end of the fiber's sleep. */
  sleepsUntil: number | undefined
  readonly deadlines: Alarm.Deadlines
  fiber: Fiber.Fiber<void> | undefined
  /** The abnormal end of the fiber, passed to all waiters. */
  ended: Exit.Exit<never> | undefined
}

const fingerprint = ({ progress, status }: pace.Snapshot) =>
  `${Option.getOrNull(status)} ${Option.getOrNull(progress ?? Option.none())}`

export interface Calls {
  readonly get: (ref: JobsApi.JobRef) => Effect.Effect<Dated<Job>, HttpError>
  readonly list: (ref: JobsApi.WorkflowRef) => Effect.Effect<Dated<ReadonlyArray<JobSummary>>, HttpError>
  readonly mayBeUnknown: Recent["mayBeUnknown"]
}

/** Follows jobs together: a follower polls with the others while its scope is open. */
export const make = ({ get, list, mayBeUnknown }: Calls) =>
  Effect.map(Effect.context<never>(), (context) => {
    const pollers = new Map<WorkflowId, Poller>()
    /** The number of jobs in the last list of a workflow; a history only grows. */
    const sizes = new Map<WorkflowId, number>()

    // --- when ---

    const isWorth = ({ listless, share, workflowId }: Poller, jobs: number) =>
      jobs > 1 && listless === 0 && 1 + (sizes.get(workflowId) ?? 0) / summariesPerGet <= share * jobs

    /** The jobs with a sleeping waiter and no get in progress. */
    const sleeping = ({ subjects }: Poller) =>
      [...subjects.values()].filter((it) => it.looker === undefined && firstDue(it) < Number.POSITIVE_INFINITY)

    /** The time of the first due sleeping waiter of a job. */
    const firstDue = ({ waiters }: Subject) => {
      let first = Number.POSITIVE_INFINITY
      for (const { due, wake } of waiters) if (wake !== undefined && due < first) first = due
      return first
    }

    const nextLook = (poller: Poller) => {
      const jobs = sleeping(poller)
      let first = Number.POSITIVE_INFINITY
      for (const job of jobs) first = Math.min(first, Math.max(firstDue(job), job.rest))
      return isWorth(poller, jobs.length) ? Math.max(first, poller.rest) : first
    }

    const rouse = (member: Member, signal: Effect.Effect<Signal>) => {
      const { wake } = member
      member.wake = undefined
      wake?.(signal)
    }

    // --- the shared list ---

    /** Wakes one sleeping waiter to get the job; the others wait for its outcome. */
    const lookAt = (subject: Subject) => {
      for (const member of subject.waiters) {
        if (member.wake === undefined) continue
        subject.looker = member
        rouse(member, Effect.succeed<Signal>("look"))
        return
      }
    }

    const wantsLook = (subject: Subject, summary: JobSummary | undefined): boolean => {
      if (summary === undefined || Option.isNone(summary.status) || summary.outcome !== "pending") return true
      const now = fingerprint(summary)
      const changed = now !== subject.summary
      subject.summary = now
      subject.listsSince++
      if (!changed && subject.listsSince < listsPerGet) return false
      for (const { detailed } of subject.waiters) if (detailed) return true
      return false
    }

    const listed = (
      poller: Poller,
      jobs: ReadonlyArray<Subject>,
      { retryAfter, value: summaries }: Dated<ReadonlyArray<JobSummary>>,
      now: number,
      share: number
    ) => {
      // A delay requested by the list applies to all waiters that depend on it.
      const least = Option.isSome(retryAfter) ? poller.rest : now
      sizes.set(poller.workflowId, summaries.length)
      const shown = new Map(summaries.map((summary) => [summary.id, summary]))
      let asleep = 0
      for (const subject of jobs) {
        const summary = shown.get(subject.jobId)
        if (summary !== undefined) subject.track = pace.saw(subject.track, now, summary)
        if (wantsLook(subject, summary)) {
          if (subject.rest <= now) {
            lookAt(subject)
          } else {
            // The job was polled a moment ago.
            subject.listsSince = listsPerGet
            for (const member of subject.waiters) member.due = subject.rest
          }
          continue
        }
        asleep++
        const left = pace.remaining(subject.track, now)
        for (const member of subject.waiters) {
          if (summary !== undefined) member.seen = sawMore(member.seen, summary)
          member.failures = 0
          member.due = Math.max(least, now + delayOf(member, subject, now, left, share))
          member.deadline.looked(now)
          if (member.deadline.left(now) <= 0) rouse(member, Effect.succeed<Signal>("late"))
        }
      }
      if (jobs.length > 0) poller.share = (poller.share + asleep / jobs.length) / 2
    }

    const delayOf = (
      { failures, waiter }: Member,
      { track }: Subject,
      now: number,
      left: number | undefined,
      share: number
    ) => pace.jittered(waiter, pace.interval(waiter, now - track.since, left, failures), share)

    /** Passes a failure to all sleeping waiters. */
    const failed = (jobs: ReadonlyArray<Subject>, error: HttpError) => {
      for (const { waiters } of jobs) {
        for (const member of waiters) rouse(member, Effect.succeed<Signal>(Either.left(error)))
      }
    }

    /** Passes the outcome of a get to all waiters of the job. */
    const found = (subject: Subject, result: Found, now: number, least: number) => {
      subject.rest = now + Math.max(least, restAfter(Either.merge(result)))
      subject.listsSince = 0
      if (Either.isRight(result)) {
        subject.track = pace.saw(subject.track, now, result.right.value)
        subject.summary = fingerprint(result.right.value)
      }
      for (const other of subject.waiters) rouse(other, Effect.succeed<Signal>(result))
    }

    /** Decides by a single get whether only the list fails, or the API. */
    const check = (poller: Poller, error: HttpError, now: () => number) =>
      Effect.gen(function* () {
        const [subject] = sleeping(poller).sort((a, b) => a.rest - b.rest)
        if (subject === undefined) return
        if (subject.rest > now()) {
          poller.rest = Math.max(poller.rest, subject.rest)
          return
        }
        poller.doubt = undefined
        const ref = { workflowId: poller.workflowId, jobId: subject.jobId }
        const result = yield* Effect.either(RetryPolicy.withoutRetry(get(ref)))
        const time = now()
        if (Either.isLeft(result) && isCounted(result.left)) {
          poller.rest = Math.max(poller.rest, time + askedFor(result.left))
          // A 404 for the list says nothing about the jobs.
          return failed(sleeping(poller), isCounted(error) ? error : result.left)
        }
        found(subject, result, time, leastOf([subject]))
        poller.failures = (poller.failures + 1) % failuresInRow
        if (poller.failures === 0) {
          poller.listless = patience
          return
        }
        const share = yield* Random.next
        for (const subject of sleeping(poller)) {
          const left = pace.remaining(subject.track, time)
          for (const member of subject.waiters) {
            member.due = Math.max(member.due, time + delayOf(member, subject, time, left, share))
          }
        }
      })

    const tick = (poller: Poller, now: () => number) =>
      Effect.gen(function* () {
        const jobs = sleeping(poller)
        if (!isWorth(poller, jobs.length)) {
          // Try the savings of a list again from time to time.
          poller.share += (1 - poller.share) / patience
          poller.listless = Math.max(0, poller.listless - 1)
          const time = now()
          for (const job of jobs) if (Math.max(firstDue(job), job.rest) <= time) lookAt(job)
          return
        }
        // Another waiter may just have made the list worthwhile.
        if (poller.rest > now()) return
        if (poller.doubt !== undefined) return yield* check(poller, poller.doubt, now)
        const result = yield* Effect.either(list({ workflowId: poller.workflowId }))
        const time = now()
        const share = yield* Random.next
        const least = time + leastOf(jobs)
        poller.rest = Math.max(least, time + restAfter(Either.merge(result)))
        if (Either.isRight(result)) {
          poller.failures = 0
          // A waiter that joined during the list may find its job in it.
          return listed(poller, sleeping(poller), result.right, time, share)
        }
        if (isFinal(result.left) || asksTooMuch(result.left)) {
          // Each waiter polls alone, and gets the same answer as without the others.
          poller.listless = Number.POSITIVE_INFINITY
          poller.rest = least
          return
        }
        poller.doubt = result.left
        if (askedFor(result.left) === 0) return yield* check(poller, result.left, now)
        for (const { waiters } of sleeping(poller)) {
          for (const member of waiters) member.due = Math.max(member.due, poller.rest)
        }
      })

    /** The shortest floor of all waiters. */
    const leastOf = (jobs: ReadonlyArray<Subject>) => {
      let least = Number.POSITIVE_INFINITY
      for (const { waiters } of jobs) {
        for (const { waiter } of waiters) least = Math.min(least, pace.floor(waiter))
      }
      return least
    }

    const poll = (poller: Poller) =>
      Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        // Let all waiters that start in this moment join the first poll.
        yield* Effect.yieldNow()
        yield* Effect.sleep(0)
        while (true) {
          const at = nextLook(poller)
          const from = now()
          if (at <= from) {
            yield* tick(poller, now)
          } else {
            poller.sleepsUntil = at
            yield* poller.alarm.sleepUntil(at, at - from)
            poller.sleepsUntil = undefined
            overslept(poller, at, now())
          }
        }
      })

    /** Records the fiber's sleep for the deadlines of all waiters. */
    const overslept = ({ subjects }: Poller, until: number, now: number) => {
      for (const { waiters } of subjects.values()) {
        for (const { deadline } of waiters) deadline.slept(until, 0, now)
      }
    }

    /** Drops the first waiter's fiber-locals: policy, span, annotations and fetch options. */
    const isolated = <A>(self: Effect.Effect<A>) =>
      self.pipe(
        Effect.mapInputContext((_: Context.Context<never>) => Context.omit(Tracer.ParentSpan)(context)),
        (it) => locals.update(it, policies.current, () => identity),
        locals.withoutLogContext
      )

    /** Passes an abnormal end of the fiber to all waiters. */
    const guarded = (poller: Poller) =>
      Effect.onExit(Effect.raceFirst(poll(poller), poller.deadlines.keep), (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit) || poller.subjects.size === 0) return
          poller.ended = exit
          if (pollers.get(poller.workflowId) === poller) pollers.delete(poller.workflowId)
          for (const { waiters } of poller.subjects.values()) for (const member of waiters) rouse(member, exit)
        })
      )

    // --- waiters ---

    const begin = (workflowId: WorkflowId): Poller => {
      const poller: Poller = {
        workflowId,
        subjects: new Map(),
        permits: Permits.make(concurrentGets),
        rest: Number.NEGATIVE_INFINITY,
        share: 1,
        listless: 0,
        failures: 0,
        doubt: undefined,
        alarm: Alarm.make(),
        sleepsUntil: undefined,
        deadlines: Alarm.deadlines(),
        fiber: undefined,
        ended: undefined
      }
      pollers.set(workflowId, poller)
      return poller
    }

    const start = (poller: Poller) =>
      Effect.map(Effect.forkDaemon(Effect.interruptible(isolated(guarded(poller)))), (fiber) => {
        poller.fiber = fiber
      })

    const enter = (poller: Poller, jobId: JobId, member: Member, now: number): Subject => {
      const known = poller.subjects.get(jobId)
      const subject = known ?? {
        jobId,
        waiters: new Set<Member>(),
        looker: undefined,
        rest: now,
        track: pace.begin(now),
        summary: "",
        listsSince: 0
      }
      poller.subjects.set(jobId, subject)
      subject.waiters.add(member)
      return subject
    }

    const leave = (poller: Poller, subject: Subject, member: Member) =>
      Effect.suspend(() => {
        subject.waiters.delete(member)
        stopLooking(poller, subject, member)
        if (subject.waiters.size === 0 && poller.subjects.get(subject.jobId) === subject) {
          poller.subjects.delete(subject.jobId)
        }
        if (poller.subjects.size > 0 || poller.fiber === undefined) return Effect.void
        if (pollers.get(poller.workflowId) === poller) pollers.delete(poller.workflowId)
        return Fiber.interrupt(poller.fiber)
      })

    /** Releases the get of a job for another waiter. */
    const stopLooking = (poller: Poller, subject: Subject, member: Member) => {
      if (subject.looker !== member) return
      subject.looker = undefined
      poller.alarm.due(Math.max(firstDue(subject), subject.rest))
    }

    /** Sleeps until a signal. */
    const asleep = (poller: Poller, subject: Subject, member: Member, now: () => number) =>
      Effect.async<Signal>((resume) => {
        if (poller.ended !== undefined) return resume(poller.ended)
        if (member.deadline.left(now()) <= 0) return resume(Effect.succeed("late"))
        member.wake = resume
        poller.alarm.due(Math.max(member.due, subject.rest, poller.rest))
        return Effect.sync(() => {
          member.wake = undefined
        })
      })

    /** Gets the job, and shares the outcome. */
    const look = (poller: Poller, subject: Subject, ref: JobsApi.JobRef, now: () => number, member: Member) =>
      Alarm.inTime(poller.permits.within(Effect.either(get(ref))), member.deadline.left(now())).pipe(
        Effect.tap((result) =>
          Effect.sync(() => {
            if (Option.isSome(result)) found(subject, result.value, now(), pace.floor(member.waiter))
          })
        ),
        Effect.ensuring(Effect.sync(() => stopLooking(poller, subject, member)))
      )

    const join = (
      ref: JobsApi.JobRef,
      waiter: Waiter,
      detailed: boolean,
      deadline: number
    ): Effect.Effect<Follower<Job>, never, Scope.Scope> =>
      Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        const member: Member = {
          waiter,
          detailed,
          deadline: elapsed.deadline(deadline, now()),
          due: now(),
          failures: 0,
          seen: nothing,
          wake: undefined
        }
        /** Ends a sleep at the deadline, unless one more poll is due after a late timer. */
        const late = (poller: Poller) => () => {
          const time = now()
          if (poller.sleepsUntil !== undefined) member.deadline.slept(poller.sleepsUntil, 0, time)
          if (member.deadline.left(time) <= 0) return rouse(member, Effect.succeed<Signal>("late"))
          member.due = Math.min(member.due, time)
          poller.alarm.due(time)
        }
        const [poller, subject] = yield* Effect.acquireRelease(
          // Find and enter in one step, so that no last waiter ends the poller in between.
          Effect.suspend(() => {
            const known = pollers.get(ref.workflowId)
            const poller = known ?? begin(ref.workflowId)
            const callOff = poller.deadlines.at(deadline, late(poller))
            const entered = [poller, enter(poller, ref.jobId, member, now()), callOff] as const
            return Effect.as(known === undefined ? start(poller) : Effect.void, entered)
          }),
          ([poller, subject, callOff]) => {
            callOff()
            return leave(poller, subject, member)
          }
        )
        const next = Effect.gen(function* () {
          while (true) {
            const signal = yield* asleep(poller, subject, member, now)
            if (signal === "late") return Option.none<Job>()
            const looked = signal === "look" ? yield* look(poller, subject, ref, now, member) : Option.some(signal)
            const time = now()
            if (Option.isNone(looked)) {
              if (member.deadline.left(time) <= 0) return Option.none<Job>()
              // The timer of the deadline ended late: poll once more, immediately.
              member.due = time
              continue
            }
            member.deadline.looked(time)
            const result = looked.value
            const share = yield* Random.next
            const isUnknown = Either.isLeft(result) && result.left._tag === "PixxelNotFound" && mayBeUnknown(ref, time)
            if (Either.isRight(result)) member.failures = 0
            else if (!isUnknown) member.failures++
            const delay = delayOf(member, subject, time, pace.remaining(subject.track, time), share)
            member.due = time + Math.max(delay, restAfter(Either.merge(result)))
            if (Either.isRight(result)) {
              member.seen = sawMore(member.seen, result.right.value)
              return Option.some(result.right.value)
            }
            if (!isUnknown && !tolerates(waiter, member.failures, result.left)) return yield* result.left
          }
        })
        return { next, seen: () => member.seen }
      })

    return { join }
  })

/**
 * Shared looks: all waits and watches of a client for the jobs of one workflow look together. One fiber for each
 * workflow lists its jobs whenever the first of the waiters wants to look, and wakes those alone for whom something has
 * changed; they get their job themselves, in their own fibers, under their own retry policies.
 *
 * - A list costs a request and the whole history of the workflow; what it saves is the gets of those that need not be
 *   woken. It is asked for only while it is the cheaper way (`isWorth`), so that a lone wait gets its job. One that is
 *   refused is given up for good.
 * - When a list fails, one get tells whether the list alone does (`check`). If so, no look has failed, and a list that
 *   goes on failing is given up for a while. If not, all looks have.
 * - A get is shared by all that wait for the same job: one of them looks, and its outcome is that of all.
 * - The fiber belongs to no waiter. It is begun for the first and ended with the last, has the clock, the chance and the
 *   loggers of the first, and the retry policy of the client: what is adjusted around a wait holds for its own gets.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { identity } from "effect/Function"
import * as HashMap from "effect/HashMap"
import * as List from "effect/List"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { JobId, WorkflowId } from "../Ids.js"
import type { Job, JobSummary } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import type { HttpError } from "../PixxelError.js"
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
import * as pace from "./pace.js"
import * as Permits from "./permits.js"
import * as policies from "./policy.js"
import type { Recent } from "./recent.js"
import { askedFor } from "./schedule.js"

/** A job with ten tasks has the bytes of so many jobs in a list, and a request costs some more. */
const summariesPerGet = 20

/** A watcher gets its job at every list of so many, though the summary is the same: the tasks may have moved. */
const listsPerGet = 4

/** A list that fails so often in a row, while gets do not, is given up, */
const failuresInRow = 3

/** and after so many looks without it is tried again. */
const patience = 16

/** How many of the gets that a list has led to are under way at once. */
const concurrentGets = 16

/** The outcome of a get. */
type Found = Either.Either<Dated<Job>, HttpError>

/** What a sleeping waiter is woken with: the outcome of a get, the order to get the job itself, or its deadline. */
type Call = Found | "look" | "late"

/** A job that somebody waits for. */
interface Subject {
  readonly jobId: JobId
  readonly waiters: Set<Member>
  /** The one of them that gets it. */
  looker: Member | undefined
  /** Before this time nobody is to get it again. */
  rest: number
  track: pace.Track
  /** What the last list showed. */
  summary: string
  /** How many lists have shown the same since the last get. */
  listsSince: number
}

/** Somebody who waits for a job. */
interface Member {
  readonly waiter: Waiter
  /** Whether the tasks matter too. */
  readonly detailed: boolean
  readonly deadline: elapsed.Deadline
  /** When the next look is due. */
  due: number
  failures: number
  seen: Seen
  /** Set while it sleeps. */
  wake: ((call: Effect.Effect<Call>) => void) | undefined
}

interface Poller {
  readonly workflowId: WorkflowId
  readonly subjects: Map<JobId, Subject>
  readonly permits: Permits.Permits
  /** No list before this time. */
  rest: number
  /** Of the last jobs that were listed, the share that did not need a get. */
  share: number
  /** How many times more it is to look without a list, which has failed. */
  listless: number
  /** How many lists in a row have failed alone. */
  failures: number
  /** The failure of the last list, as long as it is not known whether gets fail too. */
  doubt: HttpError | undefined
  /** When the fiber looks around again. */
  readonly alarm: Alarm.Alarm
  /** Until when the fiber sleeps. */
  sleepsUntil: number | undefined
  readonly deadlines: Alarm.Deadlines
  fiber: Fiber.Fiber<void> | undefined
  /** How it came to a bad end, which is that of all waiters. */
  ended: Exit.Exit<never> | undefined
}

const fingerprint = ({ progress, status }: pace.Sight) =>
  `${Option.getOrNull(status)} ${Option.getOrNull(progress ?? Option.none())}`

export interface Calls {
  readonly get: (ref: JobsApi.JobRef) => Effect.Effect<Dated<Job>, HttpError>
  readonly list: (ref: JobsApi.WorkflowRef) => Effect.Effect<Dated<ReadonlyArray<JobSummary>>, HttpError>
  readonly mayBeUnknown: Recent["mayBeUnknown"]
}

/** Follows jobs together: a follower looks with the others as long as its scope is open. */
export const make = ({ get, list, mayBeUnknown }: Calls) =>
  Effect.map(Effect.context<never>(), (context) => {
    const pollers = new Map<WorkflowId, Poller>()
    /** How many jobs the last list of a workflow had; a history only grows. */
    const sizes = new Map<WorkflowId, number>()

    // --- when ---

    const isWorth = ({ listless, share, workflowId }: Poller, jobs: number) =>
      jobs > 1 && listless === 0 && 1 + (sizes.get(workflowId) ?? 0) / summariesPerGet <= share * jobs

    /** The jobs of which a waiter sleeps, and nobody looks. */
    const sleeping = ({ subjects }: Poller) =>
      [...subjects.values()].filter((it) => it.looker === undefined && firstDue(it) < Number.POSITIVE_INFINITY)

    /** When the first of the sleeping waiters of a job is due. */
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

    const rouse = (member: Member, call: Effect.Effect<Call>) => {
      const { wake } = member
      member.wake = undefined
      wake?.(call)
    }

    // --- the shared list ---

    /** One of those that sleep gets the job; the others wait for what it finds. */
    const lookAt = (subject: Subject) => {
      for (const member of subject.waiters) {
        if (member.wake === undefined) continue
        subject.looker = member
        rouse(member, Effect.succeed<Call>("look"))
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
      // A rest that the list asks for is one of all that depend on the list.
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
            // It was looked at a moment ago.
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
          if (member.deadline.left(now) <= 0) rouse(member, Effect.succeed<Call>("late"))
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

    /** The same failure for all that sleep. */
    const failed = (jobs: ReadonlyArray<Subject>, error: HttpError) => {
      for (const { waiters } of jobs) {
        for (const member of waiters) rouse(member, Effect.succeed<Call>(Either.left(error)))
      }
    }

    /** What a look has found is found for all that wait for the job. */
    const found = (subject: Subject, result: Found, now: number, least: number) => {
      subject.rest = now + Math.max(least, restAfter(Either.merge(result)))
      subject.listsSince = 0
      if (Either.isRight(result)) {
        subject.track = pace.saw(subject.track, now, result.right.value)
        subject.summary = fingerprint(result.right.value)
      }
      for (const other of subject.waiters) rouse(other, Effect.succeed<Call>(result))
    }

    /** The list has failed: whether everything does, a single get tells. */
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
          // A list that is not found says nothing about the jobs.
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
          // What a list saves is tried again from time to time.
          poller.share += (1 - poller.share) / patience
          poller.listless = Math.max(0, poller.listless - 1)
          const time = now()
          for (const job of jobs) if (Math.max(firstDue(job), job.rest) <= time) lookAt(job)
          return
        }
        // Another waiter may just have made the list worth it.
        if (poller.rest > now()) return
        if (poller.doubt !== undefined) return yield* check(poller, poller.doubt, now)
        const result = yield* Effect.either(list({ workflowId: poller.workflowId }))
        const time = now()
        const share = yield* Random.next
        const least = time + leastOf(jobs)
        poller.rest = Math.max(least, time + restAfter(Either.merge(result)))
        if (Either.isRight(result)) {
          poller.failures = 0
          // A waiter that has come while the list was under way may find its job in the list.
          return listed(poller, sleeping(poller), result.right, time, share)
        }
        if (isFinal(result.left) || asksTooMuch(result.left)) {
          // Each looks alone, and has the answer that it would have had without the others.
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

    /** The shortest floor of all that wait. */
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
        // All that begin to wait in this moment are to be there for the first look.
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

    /** Records how long the fiber has slept for all that were to be looked at afterwards. */
    const overslept = ({ subjects }: Poller, until: number, now: number) => {
      for (const { waiters } of subjects.values()) {
        for (const { deadline } of waiters) deadline.slept(until, 0, now)
      }
    }

    /** Nothing of a fiber that happens to be the first is that of all: no policy, span, annotation or option of fetch. */
    const onItsOwn = <A>(self: Effect.Effect<A>) =>
      self.pipe(
        Effect.mapInputContext((_: Context.Context<never>) => Context.omit(Tracer.ParentSpan)(context)),
        Effect.locally(policies.current, identity),
        Effect.locally(FiberRef.currentLogAnnotations, HashMap.empty()),
        Effect.locally(FiberRef.currentLogSpan, List.empty())
      )

    /** What ends the fiber, other than its end with the last waiter, ends all. */
    const guarded = (poller: Poller) =>
      Effect.onExit(Effect.raceFirst(poll(poller), poller.deadlines.keep), (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit) || poller.subjects.size === 0) return
          poller.ended = exit
          if (pollers.get(poller.workflowId) === poller) pollers.delete(poller.workflowId)
          for (const { waiters } of poller.subjects.values()) for (const member of waiters) rouse(member, exit)
        })
      )

    // --- those that wait ---

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
      Effect.map(Effect.forkDaemon(Effect.interruptible(onItsOwn(guarded(poller)))), (fiber) => {
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

    /** When the one that looks has done so, or is gone, another may. */
    const stopLooking = (poller: Poller, subject: Subject, member: Member) => {
      if (subject.looker !== member) return
      subject.looker = undefined
      poller.alarm.due(Math.max(firstDue(subject), subject.rest))
    }

    /** Waits for a call. */
    const asleep = (poller: Poller, subject: Subject, member: Member, now: () => number) =>
      Effect.async<Call>((resume) => {
        if (poller.ended !== undefined) return resume(poller.ended)
        if (member.deadline.left(now()) <= 0) return resume(Effect.succeed("late"))
        member.wake = resume
        poller.alarm.due(Math.max(member.due, subject.rest, poller.rest))
        return Effect.sync(() => {
          member.wake = undefined
        })
      })

    /** Gets the job, and shares what comes of it. */
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
        /** Ends a sleep at the deadline, unless one look is due after a timer that ended late. */
        const late = (poller: Poller) => () => {
          const time = now()
          if (poller.sleepsUntil !== undefined) member.deadline.slept(poller.sleepsUntil, 0, time)
          if (member.deadline.left(time) <= 0) return rouse(member, Effect.succeed<Call>("late"))
          member.due = Math.min(member.due, time)
          poller.alarm.due(time)
        }
        const [poller, subject] = yield* Effect.acquireRelease(
          // Found and entered at once, so that no last waiter ends it in between.
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
            const call = yield* asleep(poller, subject, member, now)
            if (call === "late") return Option.none<Job>()
            const looked = call === "look" ? yield* look(poller, subject, ref, now, member) : Option.some(call)
            const time = now()
            if (Option.isNone(looked)) {
              if (member.deadline.left(time) <= 0) return Option.none<Job>()
              // The timer of the deadline ended late: look once more, at once.
              member.due = time
              continue
            }
            member.deadline.looked(time)
            const result = looked.value
            const share = yield* Random.next
            const isUnknown = Either.isLeft(result) && result.left._tag === "NotFound" && mayBeUnknown(ref, time)
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

/**
 * Shared polls: all waits and watches of a client for the items of one list, such as the jobs of a workflow, poll
 * together. One fiber per list requests it when the first waiter is due, and wakes only the waiters whose item has
 * changed; they get their item in their own fibers, under their own retry policies. `pollStep` decides.
 *
 * - A list costs a request and its whole history, and saves the gets of the waiters that stay asleep. It is requested
 *   only while it is cheaper, so a single wait gets its item. After a refusal, lists are given up for good.
 * - After a failed list, one get decides whether only the list fails. If so, no poll has failed, and lists that keep
 *   failing are given up for a while. If not, the polls of all waiters have failed.
 * - Waiters for the same item share its gets: one waiter gets the item, and all receive the outcome.
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
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Snapshot, Waiter } from "../Waiter.js"
import * as Alarm from "./alarm.js"
import type { Dated } from "./call.js"
import * as elapsed from "./elapsed.js"
import * as following from "./following.js"
import * as locals from "./locals.js"
import * as Permits from "./permits.js"
import * as policies from "./policy.js"
import * as pollStep from "./pollStep.js"

/** The number of concurrent gets after a list. */
const concurrentGets = 16

/** A list that serves many waits. */
export interface Shared<Ref> {
  /** The key of the list that shows the item. */
  readonly groupOf: (ref: Ref) => string
  /** The id of the item in that list. */
  readonly idOf: (ref: Ref) => string
  /** Requests the list that shows the item. */
  readonly list: (ref: Ref) => Effect.Effect<Dated<ReadonlyArray<pollStep.Summary>>, HttpError>
}

export interface Calls<Ref, Item extends Snapshot> extends Shared<Ref> {
  readonly get: (ref: Ref) => Effect.Effect<Dated<Item>, HttpError>
  readonly mayBeUnknown: (ref: Ref, now: number) => boolean
}

/** Follows an item with the others of its list while the scope is open. */
export type Join<Ref, Item> = (
  ref: Ref,
  waiter: Waiter,
  detailed: boolean,
  deadline: number
) => Effect.Effect<following.Follower<Item>, never, Scope.Scope>

/** Follows the items of lists together. */
export const make = <Ref, Item extends Snapshot>({
  get,
  groupOf,
  idOf,
  list,
  mayBeUnknown
}: Calls<Ref, Item>): Effect.Effect<Join<Ref, Item>> =>
  Effect.map(Effect.context<never>(), (context) => {
    type Signal = pollStep.Signal<Item>
    type Wake = (signal: Effect.Effect<Signal>) => void
    type Member = pollStep.Member<Wake>
    type Subject = pollStep.Subject<Ref, Wake>
    type Event = pollStep.Event<Ref, Wake, Item>

    interface Poller {
      readonly key: string
      readonly group: pollStep.Group<Ref, Wake>
      readonly permits: Permits.Permits
      /** The wake-up of the fiber. */
      readonly alarm: Alarm.Alarm
      /** The end of the fiber's sleep. */
      sleepsUntil: number | undefined
      readonly deadlines: Alarm.Deadlines
      fiber: Fiber.Fiber<void> | undefined
      /** The abnormal end of the fiber, passed to all waiters. */
      ended: Exit.Exit<never> | undefined
    }

    const pollers = new Map<string, Poller>()
    /** The number of items in the last list of a key. */
    const sizes = new Map<string, number>()

    // --- the fiber of a list ---

    /** Passes an event to the group, and wakes waiters. Returns the requests to make. */
    const tell = ({ group }: Poller, event: Event, now: number) =>
      pollStep.step(group, event, now).filter((command) => {
        if (command._tag !== "Wake") return true
        command.wake(Effect.succeed(command.signal))
        return false
      })

    /** Passes an event to the group, and makes the requests that follow from it. */
    const perform = (poller: Poller, now: () => number, event: Event): Effect.Effect<void> =>
      Effect.gen(function* () {
        for (const command of tell(poller, event, now())) {
          if (command._tag === "List") {
            const { floor, ref } = command
            const result = yield* Effect.either(list(ref))
            const share = yield* Random.next
            if (Either.isRight(result)) sizes.set(poller.key, result.right.value.length)
            const listed = Either.match(result, {
              onLeft: (error) => ({ _tag: "NotListed", floor, error }) as const,
              onRight: (answer) => ({ _tag: "Listed", floor, answer, share }) as const
            })
            yield* perform(poller, now, listed)
          } else if (command._tag === "Check") {
            const { error, subject } = command
            const result = yield* Effect.either(RetryPolicy.withoutRetry(get(subject.ref)))
            yield* perform(poller, now, { _tag: "Checked", subject, result, error, share: yield* Random.next })
          }
        }
      })

    const poll = (poller: Poller) =>
      Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        // Let all waiters that start in this moment join the first poll.
        yield* Effect.yieldNow()
        yield* Effect.sleep(0)
        while (true) {
          const at = pollStep.nextLook(poller.group)
          const from = now()
          if (at <= from) {
            yield* perform(poller, now, { _tag: "Due" })
          } else {
            poller.sleepsUntil = at
            yield* poller.alarm.sleepUntil(at, at - from)
            poller.sleepsUntil = undefined
            overslept(poller, at, now())
          }
        }
      })

    /** Records the fiber's sleep for the deadlines of all waiters. */
    const overslept = ({ group }: Poller, until: number, now: number) => {
      for (const { waiters } of group.subjects.values()) {
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
          if (Exit.isSuccess(exit) || poller.group.subjects.size === 0) return
          poller.ended = exit
          forget(poller)
          for (const { waiters } of poller.group.subjects.values()) {
            for (const { wake } of waiters) wake?.(exit)
          }
        })
      )

    const forget = (poller: Poller) => {
      if (pollers.get(poller.key) === poller) pollers.delete(poller.key)
    }

    // --- waiters ---

    const begin = (key: string): Poller => {
      const poller: Poller = {
        key,
        group: pollStep.begin(sizes.get(key) ?? 0),
        permits: Permits.make(concurrentGets),
        alarm: Alarm.make(),
        sleepsUntil: undefined,
        deadlines: Alarm.deadlines(),
        fiber: undefined,
        ended: undefined
      }
      pollers.set(key, poller)
      return poller
    }

    const start = (poller: Poller) =>
      Effect.map(Effect.forkDaemon(Effect.interruptible(isolated(guarded(poller)))), (fiber) => {
        poller.fiber = fiber
      })

    const enter = ({ group }: Poller, ref: Ref, member: Member, now: number): Subject => {
      const id = idOf(ref)
      const subject = group.subjects.get(id) ?? pollStep.subjectOf<Ref, Wake>(id, ref, now)
      group.subjects.set(id, subject)
      subject.waiters.add(member)
      return subject
    }

    const leave = (poller: Poller, subject: Subject, member: Member) =>
      Effect.suspend(() => {
        const { subjects } = poller.group
        subject.waiters.delete(member)
        stopLooking(poller, subject, member)
        if (subject.waiters.size === 0 && subjects.get(subject.id) === subject) subjects.delete(subject.id)
        if (subjects.size > 0 || poller.fiber === undefined) return Effect.void
        forget(poller)
        return Fiber.interrupt(poller.fiber)
      })

    /** Releases the get of an item for another waiter. */
    const stopLooking = (poller: Poller, subject: Subject, member: Member) => {
      if (subject.looker !== member) return
      subject.looker = undefined
      poller.alarm.due(Math.max(pollStep.firstDue(subject), subject.rest))
    }

    /** Sleeps until a signal. */
    const asleep = (poller: Poller, subject: Subject, member: Member, now: () => number) =>
      Effect.async<Signal>((resume) => {
        if (poller.ended !== undefined) return resume(poller.ended)
        if (member.deadline.left(now()) <= 0) return resume(Effect.succeed("late"))
        member.wake = resume
        poller.alarm.due(Math.max(member.due, subject.rest, poller.group.rest))
        return Effect.sync(() => {
          member.wake = undefined
        })
      })

    /** Gets the item, and shares the outcome. */
    const look = (poller: Poller, subject: Subject, ref: Ref, now: () => number, member: Member) =>
      following.pollOnce(poller.permits.within(Effect.either(get(ref))), member.deadline, now).pipe(
        Effect.tap((result) =>
          Effect.sync(() => {
            if (typeof result === "string") return
            tell(poller, { _tag: "Found", subject, result, waiter: member.waiter }, now())
          })
        ),
        Effect.ensuring(Effect.sync(() => stopLooking(poller, subject, member)))
      )

    return (ref, waiter, detailed, deadline) =>
      Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        const member: Member = { ...following.begin(waiter, deadline, now()), detailed, wake: undefined }
        /** Ends a sleep at the deadline, unless one more poll is due after a late timer. */
        const late = (poller: Poller) => () => {
          const time = now()
          tell(poller, { _tag: "TimedOut", member, sleptUntil: poller.sleepsUntil }, time)
          if (member.deadline.left(time) > 0) poller.alarm.due(time)
        }
        const [poller, subject] = yield* Effect.acquireRelease(
          // Find and enter in one step, so that no last waiter ends the poller in between.
          Effect.suspend(() => {
            const key = groupOf(ref)
            const known = pollers.get(key)
            const poller = known ?? begin(key)
            const callOff = poller.deadlines.at(deadline, late(poller))
            const entered = [poller, enter(poller, ref, member, now()), callOff] as const
            return Effect.as(known === undefined ? start(poller) : Effect.void, entered)
          }),
          ([poller, subject, callOff]) => {
            callOff()
            return leave(poller, subject, member)
          }
        )
        const poll = Effect.flatMap(asleep(poller, subject, member, now), (signal) =>
          signal === "look" ? look(poller, subject, ref, now, member) : Effect.succeed(signal)
        )
        return following.follow(
          member,
          now,
          poll,
          () => subject.track,
          (time) => mayBeUnknown(ref, time)
        )
      })
  })

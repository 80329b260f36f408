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
import * as Tracer from "effect/Tracer"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Snapshot } from "../Waiter.js"
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

export interface Shared<Ref> {
  /** The key of the list that shows the item. */
  readonly groupOf: (ref: Ref) => string
  /** The id of the item in that list. */
  readonly idOf: (ref: Ref) => string
  /** Requests the list that shows the item, and the others that are waited for. */
  readonly list: (ref: Ref, all: ReadonlyArray<Ref>) => Effect.Effect<Dated<ReadonlyArray<pollStep.Summary>>, HttpError>
}

interface Calls<Ref, Item extends Snapshot> extends Shared<Ref> {
  readonly get: (ref: Ref) => Effect.Effect<Dated<Item>, HttpError>
  readonly mayBeUnknown: (ref: Ref, now: number) => boolean
}

export const make = <Ref, Item extends Snapshot>({ get, groupOf, idOf, list, mayBeUnknown }: Calls<Ref, Item>) =>
  Effect.map(Effect.context<never>(), (context) => {
    type Signal = pollStep.Signal<Item>
    type Wake = (signal: Effect.Effect<Signal>) => void
    type Member = pollStep.Member<Wake>
    type Event = pollStep.Event<Ref, Wake, Item>

    /** By the key of a list: enters a waiter among those of its items. */
    const pollers = new Map<string, ReturnType<typeof open>>()
    /** The number of items in the last list of a key. */
    const sizes = new Map<string, number>()

    /** Drops the first waiter's fiber-locals: policy, span, annotations and fetch options. */
    const isolated = <A>(self: Effect.Effect<A>) =>
      self.pipe(
        Effect.mapInputContext((_: Context.Context<never>) => Context.omit(Tracer.ParentSpan)(context)),
        (it) => locals.update(it, policies.current, () => identity),
        locals.withoutLogContext
      )

    const open = (key: string) => {
      const group = pollStep.begin<Ref, Wake>(sizes.get(key) ?? 0)
      const permits = Permits.make(concurrentGets)
      /** The wake-up of the fiber. */
      const alarm = Alarm.make()
      const deadlines = Alarm.deadlines()
      /** The end of the fiber's sleep. */
      let sleepsUntil: number | undefined
      let fiber: Fiber.Fiber<void> | undefined
      let isStarted = false
      /** The abnormal end of the fiber, passed to all waiters. */
      let ended: Exit.Exit<never> | undefined

      const forget = () => {
        if (pollers.get(key) === enter) pollers.delete(key)
      }

      // --- the fiber ---

      /** Passes an event to the group, and wakes waiters. Returns the requests to make. */
      const tell = (event: Event, now: number) =>
        pollStep.step(group, event, now).filter((command) => {
          if (command._tag !== "Wake") return true
          command.wake(Effect.succeed(command.signal))
          return false
        })

      /** Passes an event to the group, and makes the requests that follow from it. */
      const perform = (event: Event, now: () => number): Effect.Effect<void> =>
        Effect.gen(function* () {
          for (const command of tell(event, now())) {
            if (command._tag === "List") {
              const { floor, ref } = command
              const all = Array.from(group.subjects.values(), (it) => it.ref)
              const result = yield* Effect.either(list(ref, all))
              const share = yield* Random.next
              if (Either.isRight(result)) {
                sizes.set(key, result.right.value.length)
                yield* perform({ _tag: "Listed", floor, answer: result.right, share }, now)
              } else yield* perform({ _tag: "NotListed", floor, error: result.left }, now)
            } else if (command._tag === "Check") {
              const { error, subject } = command
              const result = yield* Effect.either(RetryPolicy.withoutRetry(get(subject.ref)))
              yield* perform({ _tag: "Checked", subject, result, error, share: yield* Random.next }, now)
            }
          }
        })

      const poll = Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        // Let all waiters that start in this moment join the first poll.
        yield* Effect.yieldNow()
        yield* Effect.sleep(0)
        while (true) {
          const at = pollStep.nextLook(group)
          const from = now()
          if (at <= from) yield* perform({ _tag: "Due" }, now)
          else {
            sleepsUntil = at
            yield* alarm.sleepUntil(at, at - from)
            sleepsUntil = undefined
            const time = now()
            for (const { waiters } of group.subjects.values()) {
              for (const { deadline } of waiters) deadline.slept(at, 0, time)
            }
          }
        }
      })

      const running = Effect.onExit(Effect.raceFirst(poll, deadlines.keep), (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit) || group.subjects.size === 0) return
          ended = exit
          forget()
          for (const { waiters } of group.subjects.values()) {
            for (const { wake } of waiters) wake?.(exit)
          }
        })
      )

      const start = Effect.suspend(() => {
        if (isStarted) return Effect.void
        isStarted = true
        return Effect.map(Effect.forkDaemon(Effect.interruptible(isolated(running))), (it) => {
          fiber = it
        })
      })

      // --- waiters ---

      /** Enters a waiter, and starts the fiber. */
      const enter = (ref: Ref, member: Member, until: number, now: () => number) => {
        const id = idOf(ref)
        const subject = group.subjects.get(id) ?? pollStep.subjectOf<Ref, Wake>(id, ref, now())
        group.subjects.set(id, subject)
        subject.waiters.add(member)

        /** Ends a sleep at the deadline, unless one more poll is due after a late timer. */
        const callOff = deadlines.at(until, () => {
          const time = now()
          tell({ _tag: "TimedOut", member, sleptUntil: sleepsUntil }, time)
          if (member.deadline.left(time) > 0) alarm.due(time)
        })

        /** Releases the get of an item for another waiter. */
        const stopLooking = () => {
          if (subject.looker !== member) return
          subject.looker = undefined
          alarm.due(Math.max(pollStep.firstDue(subject), subject.rest))
        }

        const asleep = Effect.async<Signal>((resume) => {
          if (ended !== undefined) return resume(ended)
          if (member.deadline.left(now()) <= 0) return resume(Effect.succeed("late"))
          member.wake = resume
          alarm.due(Math.max(member.due, subject.rest, group.rest))
          return Effect.sync(() => {
            member.wake = undefined
          })
        })

        /** Gets the item, and shares the outcome. */
        const look = Effect.suspend(() =>
          following.pollOnce(permits.within(Effect.either(get(ref))), member.deadline, now).pipe(
            Effect.tap((result) => {
              if (typeof result !== "string") tell({ _tag: "Found", subject, result, waiter: member.waiter }, now())
            }),
            Effect.ensuring(Effect.sync(stopLooking))
          )
        )

        const leave = Effect.suspend(() => {
          callOff()
          subject.waiters.delete(member)
          stopLooking()
          if (subject.waiters.size === 0 && group.subjects.get(id) === subject) group.subjects.delete(id)
          if (group.subjects.size > 0 || fiber === undefined) return Effect.void
          forget()
          return Fiber.interrupt(fiber)
        })

        /** Sleeps until the item was polled by another waiter, or polls it. */
        const poll = Effect.flatMap(asleep, (signal) => (signal === "look" ? look : Effect.succeed(signal)))
        return Effect.as(start, { subject, poll, leave })
      }

      pollers.set(key, enter)
      return enter
    }

    /** Follows an item with the others of its list while the scope is open. */
    return (ref: Ref, waiter: following.Patience, detailed: boolean, deadline: number) =>
      Effect.gen(function* () {
        const clock = yield* Effect.clock
        const now = () => elapsed.unsafeNow(clock)
        const member: Member = { ...following.begin(waiter, deadline, now()), detailed, wake: undefined }
        const { poll, subject } = yield* Effect.acquireRelease(
          // Find and enter in one step, so that no last waiter ends the poller in between.
          Effect.suspend(() => {
            const key = groupOf(ref)
            const enter = pollers.get(key) ?? open(key)
            return enter(ref, member, deadline, now)
          }),
          ({ leave }) => leave
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

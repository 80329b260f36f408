/**
 * A world's virtual time as an Effect program sees it: a `Clock`, a `Scheduler` that knows which fibers are
 * runnable, and `busyWhile` for what nobody else can see.
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import { enter, type Foreign, inside, outside } from "./Foreign.js"
import { setImmediate } from "./timers.js"
import type { VirtualTime } from "./VirtualTime.js"
import type { WorldTime } from "./WorldTime.js"

/**
 * An Effect `Clock` that reads and sleeps on this time. It has what tests do with a `TestClock` too, because
 * `TestClock.adjust` calls the clock that the program has: here it is `advance`.
 */
export class ProgramClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  readonly #time: VirtualTime

  constructor(time: VirtualTime) {
    this.#time = time
  }

  // Own properties, so that a clock that is made of this one by `{ ...clock }` has them.
  readonly unsafeCurrentTimeMillis = (): number => this.#time.now

  readonly unsafeCurrentTimeNanos = (): bigint => BigInt(Math.round(this.#time.now * 1_000_000))

  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(this.unsafeCurrentTimeMillis)

  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(this.unsafeCurrentTimeNanos)

  readonly sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.async((resume) => {
      const cancel = this.#time.after(
        Duration.toMillis(duration),
        () => resume(Effect.void),
        (error) => resume(Effect.die(error))
      )
      return Effect.sync(cancel)
    })

  adjust(duration: Duration.DurationInput): Effect.Effect<void> {
    return advance(this.#time, duration)
  }

  adjustWith(duration: Duration.DurationInput) {
    return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.zipLeft(effect, this.adjust(duration), { concurrent: true })
  }

  setTime(instant: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { now } = this.#time
      return instant < now ? Effect.die(new TimeGoesOn(now, instant)) : advance(this.#time, instant - now)
    })
  }

  get sleeps(): Effect.Effect<Chunk.Chunk<number>> {
    return Effect.sync(() => Chunk.fromIterable(this.#time.wakeTimes))
  }

  get save(): Effect.Effect<Effect.Effect<void>> {
    return Effect.map(this.currentTimeMillis, (saved) =>
      Effect.suspend(() => (saved === this.#time.now ? Effect.void : Effect.die(new TimeGoesOn(this.#time.now, saved))))
    )
  }
}

/** A test sets the clock of a world back. */
class TimeGoesOn extends Error {
  override readonly name = "TimeGoesOn"
  constructor(now: number, asked: number) {
    super(
      `the world's clock is at ${now} ms and cannot be set to ${asked} ms: ` +
        "time goes back only with the whole world, by mock.save and mock.restore"
    )
  }
}

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

/**
 * Has each run of a fiber take place in the world's async context. Most runs are tasks of the scheduler, which has them
 * there. The first one of a fiber that is started from a runtime is part of the call that starts it, and a fiber may come
 * into the world in the middle of a run (`Effect.provide(runtime)`): both enter the context, and leave it at their end.
 */
class Presence extends Supervisor.AbstractSupervisor<void> {
  override readonly value = Effect.void
  readonly #foreign: Foreign
  /** Runs that have entered by themselves; one may take place inside of another. */
  readonly #entered: Array<{ readonly fiber: AnyFiber; readonly leave: () => void }> = []

  constructor(foreign: Foreign) {
    super()
    this.#foreign = foreign
  }

  enter(fiber: AnyFiber): void {
    const leave = enter(this.#foreign)
    if (leave === undefined) return
    // a run that leaves the world before its end does not come by here
    while (this.#entered.at(-1)?.fiber.unsafePoll() != null) this.#entered.pop()
    this.#entered.push({ fiber, leave })
  }

  override onResume<A, E>(fiber: Fiber.RuntimeFiber<A, E>): void {
    this.enter(fiber)
  }

  override onSuspend<A, E>(fiber: Fiber.RuntimeFiber<A, E>): void {
    if (this.#entered.at(-1)?.fiber === fiber) this.#entered.pop()?.leave()
  }
}

/** Counts the runnable fibers. Effect asks it before each operation of a fiber whether that one should yield. */
const scheduler = (time: VirtualTime, presence: Presence): Scheduler.Scheduler => {
  // without its own hops, for which it calls a `setTimeout` that tests fake
  const inner = new Scheduler.MixedScheduler(Number.POSITIVE_INFINITY)
  return Scheduler.make(
    (task, priority, fiber) => {
      const ran = time.runnable()
      const run = () => {
        ran()
        inside(time.foreign, task)
      }
      const schedule = () => inner.scheduleTask(run, priority, fiber)
      if (time.crowded) outside(() => setImmediate(schedule))
      else schedule()
    },
    (fiber) => {
      presence.enter(fiber)
      return Scheduler.defaultShouldYield(fiber)
    }
  )
}

/**
 * Keeps time from going on while an effect runs. For what nobody sees: a worker, a child process, a message port, a
 * timer without a reference, a transport that is not the world's own.
 */
export const busyWhile =
  (time: WorldTime) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => time.claim()),
      () => self,
      (release) => Effect.sync(release)
    )

/** Ends when the world is quiet, at the time that it is: no answer is on its way any more. */
export const quiet = (time: WorldTime): Effect.Effect<void> =>
  Effect.async((resume) => Effect.sync(time.after(0, () => resume(Effect.void))))

/** Ends when time has gone on by this much, and all that woke on the way has run. */
export const advance = (time: WorldTime, duration: Duration.DurationInput): Effect.Effect<void> =>
  Effect.async((resume) => {
    const millis = Duration.toMillis(duration)
    if (!Number.isFinite(millis)) {
      resume(Effect.die(new RangeError(`time cannot go on by ${millis} ms: expected a duration that ends`)))
      return
    }
    time.advance(
      millis,
      () => resume(Effect.void),
      (error) => resume(Effect.die(error))
    )
  })

/**
 * Puts a program on this time until its scope ends. The settings are fiber refs: children, daemons, streams and
 * finalizers inherit them. For a layer that does more than that: a layer that is merged with it would have a fiber of
 * its own, and fibers take longer than all the rest of a world.
 */
export const install = (time: VirtualTime): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => {
    const presence = new Presence(time.foreign)
    return Effect.locallyScopedWith(FiberRef.currentSupervisor, (others) => others.zip(presence)).pipe(
      Effect.zipRight(Effect.locallyScoped(FiberRef.currentScheduler, scheduler(time, presence))),
      Effect.zipRight(
        Effect.locallyScopedWith(DefaultServices.currentServices, Context.add(Clock.Clock, new ProgramClock(time)))
      ),
      // puts the fiber under the new scheduler before the first step of its own
      Effect.zipRight(Effect.yieldNow())
    )
  })

export const layer = (time: VirtualTime): Layer.Layer<never> => Layer.scopedDiscard(install(time))

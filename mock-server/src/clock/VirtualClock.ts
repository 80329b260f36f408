/**
 * A world's virtual time as an Effect program sees it: a `Clock`, a `Scheduler` that counts runnable fibers, and
 * `busyWhile` for work that cannot be observed.
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import { enter, type Foreign, inside, outside } from "./Foreign.js"
import { setImmediate } from "./timers.js"
import type { VirtualTime } from "./VirtualTime.js"
import { advanceClock } from "./WorldClock.js"
import type { WorldTime } from "./WorldTime.js"

/**
 * An Effect `Clock` that reads and sleeps on this time. Also implements the methods of `TestClock`, because
 * `TestClock.adjust` calls the program's clock: here it is `advance`.
 */
export class ProgramClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  readonly #time: VirtualTime

  constructor(time: VirtualTime) {
    this.#time = time
  }

  // Own properties, so that a copy made by `{ ...clock }` has them.
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

/** A test tried to set the clock of a world back. */
class TimeGoesOn extends Error {
  override readonly name = "TimeGoesOn"
  constructor(now: number, asked: number) {
    super(
      `the world's clock is at ${now} ms and cannot be set to ${asked} ms: ` +
        "to go back in time, save the whole world with mock.save and restore it with mock.restore"
    )
  }
}

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

/**
 * Runs each fiber in the world's async context. Most runs are tasks of the scheduler, which already sets the context.
 * But the first run of a fiber that a runtime starts is part of the starting call, and a fiber may enter the world in
 * the middle of a run (`Effect.provide(runtime)`): both enter the context here, and leave it at the end of the run.
 */
class ContextSupervisor extends Supervisor.AbstractSupervisor<void> {
  override readonly value = Effect.void
  readonly #foreign: Foreign
  /** Runs that entered the context here; they may be nested. */
  readonly #entered: Array<{ readonly fiber: AnyFiber; readonly leave: () => void }> = []

  constructor(foreign: Foreign) {
    super()
    this.#foreign = foreign
  }

  enter(fiber: AnyFiber): void {
    const leave = enter(this.#foreign)
    if (leave === undefined) return
    // `onSuspend` is not called for a run that leaves the world before its end
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

/** Counts the runnable fibers. Effect calls `shouldYield` before each operation of a fiber. */
const scheduler = (time: VirtualTime, supervisor: ContextSupervisor): Scheduler.Scheduler => {
  // without the yields to the event loop, for which it calls a `setTimeout` that tests fake
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
      supervisor.enter(fiber)
      return Scheduler.defaultShouldYield(fiber)
    }
  )
}

/**
 * Stops time while an effect runs. For work that the world cannot see: a worker, a child process, a message port, an
 * unreferenced timer, a transport other than the world's own.
 */
export const busyWhile =
  (time: WorldTime) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => time.claim()),
      () => self,
      (release) => Effect.sync(release)
    )

/** Waits until the world is quiet, without advancing time: no answer is on the wire any more. */
export const quiet = (time: WorldTime): Effect.Effect<void> =>
  Effect.async((resume) => Effect.sync(time.after(0, () => resume(Effect.void))))

/** Advances time by `duration`; completes after all fibers that woke on the way have run. */
export const advance = (time: WorldTime, duration: Duration.DurationInput): Effect.Effect<void> =>
  Effect.async((resume) => {
    const millis = Duration.toMillis(duration)
    if (!Number.isFinite(millis)) {
      resume(Effect.die(new RangeError(`time cannot go on by ${millis} ms: expected a duration that ends`)))
      return
    }
    advanceClock(
      time,
      millis,
      () => resume(Effect.void),
      (error) => resume(Effect.die(error))
    )
  })

/**
 * Puts a program on this time until its scope closes. The settings are fiber refs, so children, daemons, streams and
 * finalizers inherit them. Call this inside a layer that does more: merging it as a layer of its own would cost another
 * fiber, which takes longer to start than the rest of a world.
 */
export const install = (time: VirtualTime): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => {
    const supervisor = new ContextSupervisor(time.foreign)
    return Effect.locallyScopedWith(FiberRef.currentSupervisor, (others) => others.zip(supervisor)).pipe(
      Effect.zipRight(Effect.locallyScoped(FiberRef.currentScheduler, scheduler(time, supervisor))),
      Effect.zipRight(
        Effect.locallyScopedWith(DefaultServices.currentServices, Context.add(Clock.Clock, new ProgramClock(time)))
      ),
      // moves the fiber to the new scheduler before its next step
      Effect.zipRight(Effect.yieldNow())
    )
  })

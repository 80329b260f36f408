/**
 * A world's virtual time as an Effect program sees it: a `Clock`, a `Scheduler` that knows which fibers are
 * runnable, and `busyWhile` for what nobody else can see.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import { inside } from "./Foreign.js"
import type { VirtualTime } from "./VirtualTime.js"
import type { WorldTime } from "./WorldTime.js"

/** An Effect `Clock` that reads and sleeps on this time. */
export const clock = (time: VirtualTime): Clock.Clock => {
  const unsafeCurrentTimeMillis = () => time.now
  const unsafeCurrentTimeNanos = () => BigInt(Math.round(time.now * 1_000_000))
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis,
    unsafeCurrentTimeNanos,
    currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
    currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
    sleep: (duration) =>
      Effect.async((resume) => {
        const cancel = time.after(
          Duration.toMillis(duration),
          () => resume(Effect.void),
          (error) => resume(Effect.die(error))
        )
        return Effect.sync(cancel)
      })
  }
}

/** Counts the runnable fibers, whatever it takes to run them: after 2,048 microtasks that is a real timer. */
export const scheduler = (time: VirtualTime): Scheduler.Scheduler => {
  const inner = new Scheduler.MixedScheduler(2_048)
  return Scheduler.make((task, priority, fiber) => {
    const ran = time.runnable()
    inner.scheduleTask(
      () => {
        ran()
        inside(time.foreign, task)
      },
      priority,
      fiber
    )
  })
}

/**
 * Keeps time from going on while an effect runs. For what nobody sees: a worker, a child process, a message port, a
 * timer without a reference, a transport that is not the world's own.
 */
export const busyWhile =
  (time: WorldTime) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => time.hold({ busy: true, describe: () => "busyWhile", forget: () => {} })),
      () => self,
      (release) => Effect.sync(release)
    )

/** Ends when the world is quiet, at the time that it is: no answer is on its way any more. */
export const quiet = (time: WorldTime): Effect.Effect<void> =>
  Effect.async((resume) => Effect.sync(time.after(0, () => resume(Effect.void))))

/** Ends when time has gone on by this much, and all that woke on the way has run. */
export const advance = (time: WorldTime, duration: Duration.DurationInput): Effect.Effect<void> =>
  Effect.async((resume) => time.advance(Duration.toMillis(duration), () => resume(Effect.void)))

/**
 * Puts a program on this time until its scope ends. Both settings are fiber refs: children, daemons, streams and
 * finalizers inherit them. For a layer that does more than that: a layer that is merged with it would have a fiber of
 * its own, and fibers take longer than all the rest of a world.
 */
export const install = (time: VirtualTime): Effect.Effect<void, never, Scope.Scope> =>
  Effect.zipRight(
    Effect.zipRight(
      Effect.locallyScoped(FiberRef.currentScheduler, scheduler(time)),
      Effect.locallyScopedWith(DefaultServices.currentServices, Context.add(Clock.Clock, clock(time)))
    ),
    // puts the fiber under the new scheduler before the first step of its own
    Effect.yieldNow()
  )

export const layer = (time: VirtualTime): Layer.Layer<never> => Layer.scopedDiscard(install(time))

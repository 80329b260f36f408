/**
 * Limits the time of an effect, at half the cost of `Effect.timeout`: one fiber instead of two, and a timer of the
 * platform if the clock is that of the platform.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import type * as FiberRefs from "effect/FiberRefs"
import { constVoid, identity } from "effect/Function"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import { clockOf, inherited } from "./locals.js"

/** The longest time of a platform timer, in milliseconds. */
const longest = 2 ** 31 - 1

const platformClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** Calls back after a time of the clock. Returns the cancellation. */
const timer = (runtime: Runtime.Runtime<never>, clock: Clock.Clock, millis: number, call: () => void): (() => void) => {
  if (millis === Infinity) return () => {}
  if (clock === platformClock && millis <= longest) {
    const id = setTimeout(call, millis)
    return () => clearTimeout(id)
  }
  const fiber = Runtime.runFork(runtime)(
    Effect.zipRight(Effect.interruptible(clock.sleep(Duration.millis(millis))), Effect.sync(call))
  )
  return () => fiber.unsafeInterruptAsFork(fiber.id())
}

/** The environment of a fiber of its own, in place of the caller's. */
export interface Isolation {
  readonly context: (context: Context.Context<never>) => Context.Context<never>
  /** Sets the locals of the fiber. */
  readonly prepare: (refs: FiberRefs.FiberRefs, fiberId: FiberId.Single) => void
}

const shared: Isolation = { context: identity, prepare: constVoid }

/** Runs `self` on a fiber of its own, interrupted after `millis`. Fiber-locals that `self` changes reach the caller. */
export const within = <A, E, E2>(
  self: Effect.Effect<A, E>,
  millis: number,
  onTimeout: () => E2,
  { context, prepare }: Isolation = shared
): Effect.Effect<A, E | E2> =>
  Effect.withFiberRuntime<A, E | E2>((parent, { runtimeFlags: flags }) =>
    Effect.async((resume) => {
      const clock = clockOf(parent)
      const around = parent.getFiberRef(FiberRef.currentContext)
      // Metrics of fibers cost as much as the fiber.
      const runtimeFlags = RuntimeFlags.disable(flags, RuntimeFlags.RuntimeMetrics)
      const fiberRefs = parent.getFiberRefs()
      let before = fiberRefs
      let isOver = false
      // Holds the outcome until the caller takes it: Effect's messages and observers live longer than a call, and
      // would keep its answer until the next major garbage collection.
      let outcome: Exit.Exit<A, E> | undefined
      const runtime = Runtime.make({ context: context(around), runtimeFlags, fiberRefs })
      // The fiber itself never fails: Effect would log the error, which may hold the server's text.
      const fiber = Runtime.runFork(runtime)(
        Effect.matchCause(self, {
          onSuccess: (value) => {
            outcome = Exit.succeed(value)
          },
          onFailure: (cause) => {
            outcome = Exit.failCause(cause)
          }
        }),
        {
          updateRefs: (refs, fiberId) => {
            before = refs
            prepare(refs, fiberId)
            return refs
          }
        }
      )
      const cancel = timer(runtime, clock, Math.ceil(Math.max(0, millis)), () => {
        isOver = true
        fiber.unsafeInterruptAsFork(fiber.id())
      })
      fiber.addObserver((ended) => {
        cancel()
        const take = Effect.suspend((): Effect.Effect<A, E | E2> => {
          const exit = outcome ?? Exit.zipRight(ended, Exit.interrupt(fiber.id()))
          outcome = undefined
          return isOver && Exit.isInterrupted(exit) ? Effect.fail(onTimeout()) : exit
        })
        resume(inherited(take, before, fiber.getFiberRefs()))
      })
      return Effect.zipRight(Effect.sync(cancel), Fiber.interrupt(fiber))
    })
  )

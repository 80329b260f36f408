/** Requests that only their own call learns of. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/** Runs an effect to its end: an interruption waits for it, and reports the outcome. */
export const untilAnswered = <A, E>(
  self: Effect.Effect<A, E>,
  report: (exit: Exit.Exit<A, E>) => Effect.Effect<void>
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDaemon(Effect.interruptible(self)), (fiber) =>
      Effect.onInterrupt(restore(Fiber.join(fiber)), () => Effect.flatMap(Fiber.await(fiber), report))
    )
  )

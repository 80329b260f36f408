/** Items that a request has made, or may have made, of which an interrupted caller does not learn otherwise. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"

type Report<A, E> = (exit: Exit.Exit<A, E>) => Effect.Effect<void>

/** Like `untilAnswered`, in an uninterruptible region, in which a timeout would stop nothing without a fork. */
export const answered = <A, E>(
  self: Effect.Effect<A, E>,
  report: Report<A, E>,
  restore: <B, E2>(self: Effect.Effect<B, E2>) => Effect.Effect<B, E2>
): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.forkDaemon(Effect.interruptible(self)), (fiber) =>
    Effect.onInterrupt(restore(Fiber.join(fiber)), () => Effect.flatMap(Fiber.await(fiber), report))
  )

/** Runs an effect to its end: an interruption waits for it, and reports the outcome. */
export const untilAnswered = <A, E>(self: Effect.Effect<A, E>, report: Report<A, E>): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) => answered(self, report, restore))

/** Logs the outcome of an interrupted request, such as `A create on workflow wf-1`. */
export const log = (request: string, known: string): Effect.Effect<void> =>
  Effect.logWarning(`${request} was interrupted after sending. ${known}`)

/**
 * Reports the outcome of an interrupted request: logs an error of these kinds, or a defect, after which `fear` may be
 * true. Any other error is a refusal.
 */
export const reporting = <A>(
  request: string,
  fear: string,
  kinds: ReadonlyArray<abstract new (...args: never) => Error>,
  onSuccess: (made: A) => Effect.Effect<void> = () => Effect.void
): ((exit: Exit.Exit<A, unknown>) => Effect.Effect<void>) =>
  Exit.match({
    onSuccess,
    onFailure: (cause) => {
      const error = Option.getOrUndefined(Cause.failureOption(cause))
      // The defect may contain a secret.
      if (error === undefined) return log(request, `Its transport failed with a defect: ${fear}.`)
      // Every kind is one of errors.
      return kinds.some((kind) => error instanceof kind) ? log(request, (error as Error).message) : Effect.void
    }
  })

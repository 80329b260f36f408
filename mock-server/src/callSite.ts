/**
 * Where a test called the mock. An effect fails when it runs, in the machinery of Effect: the stack of such an error has
 * no line of the test, and a test runner shows none.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"

/** The frames of the present stack that called `callee`. */
const framesAbove = (callee: (...args: Array<never>) => unknown): string => {
  const holder: { stack?: string } = {}
  Error.captureStackTrace?.(holder, callee)
  const { stack = "" } = holder
  const start = stack.indexOf("\n")
  return start < 0 ? "" : stack.slice(start)
}

const point = (error: unknown, frames: string): void => {
  if (frames !== "" && error instanceof Error) error.stack = `${error.name}: ${error.message}${frames}`
}

/** Has the errors that a call of `run` ends with, also as defects, show the line of the call. */
export const pointToCall = <Args extends Array<unknown>, A, E, R>(
  run: (...args: Args) => Effect.Effect<A, E, R>
): ((...args: Args) => Effect.Effect<A, E, R>) => {
  const call = (...args: Args): Effect.Effect<A, E, R> => {
    const frames = framesAbove(call)
    return Effect.tapErrorCause(run(...args), (cause) =>
      Effect.sync(() => {
        for (const error of Cause.failures(cause)) point(error, frames)
        for (const defect of Cause.defects(cause)) point(defect, frames)
      })
    )
  }
  return call
}

/**
 * The reporting of drifts: each shape once, and never at the cost of the call.
 */
import * as Effect from "effect/Effect"
import type { Drift, OnDrift } from "../Drift.js"

export const oncePerShape = (onDrift: OnDrift) => {
  const reported = new Set<string>()
  return (drift: Drift): Effect.Effect<void> =>
    Effect.suspend(() => {
      const shape = JSON.stringify([drift.operation, drift.path, drift.found])
      if (reported.has(shape)) return Effect.void
      reported.add(shape)
      return Effect.suspend(() => onDrift(drift)).pipe(
        // A handler that hangs must not hold a job that is already paid.
        Effect.timeoutOption("1 second"),
        Effect.catchAllCause(() => Effect.void)
      )
    })
}

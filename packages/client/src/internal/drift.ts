/** Reports drifts: each shape once, without affecting the call. */
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
        // A hanging handler must not delay a job that is already billed.
        Effect.timeoutOption("1 second"),
        Effect.catchAllCause(() => Effect.void)
      )
    })
}

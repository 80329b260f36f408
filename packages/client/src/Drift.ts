/**
 * Reports unexpected response shapes. Decoding is lenient: an unexpected field becomes none, an unexpected item is left
 * out of its list, and the call succeeds. A drift reports the difference, once per shape and client.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * One difference between a response and the expected shape. Holds kinds only, never a value, which might be a secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface Drift {
  /** The operation id, as `getJobById`. */
  readonly operation: string
  /** Where in the body, as `tasks[].progress`. */
  readonly path: string
  /** The expected kind, as `a time`. */
  readonly expected: string
  /** The received kind, as `a number`. */
  readonly found: string
}

/**
 * Handles a drift. A handler that fails, dies or hangs never affects the call.
 *
 * @since 0.1.0
 * @category models
 */
export type OnDrift = (drift: Drift) => Effect.Effect<void, unknown>

/**
 * Logs one warning per shape. The default of every client.
 *
 * @since 0.1.0
 * @category handlers
 */
export const logWarning: OnDrift = (drift) =>
  Effect.logWarning(
    `Unexpected response of the Pixxel API: ${drift.operation} returned ${drift.found} at ${drift.path} instead of ${drift.expected}`
  )

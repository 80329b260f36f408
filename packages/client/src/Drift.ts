/**
 * What the server sent otherwise than expected. Reading a response is lenient: an odd field becomes none, an odd item
 * is left out of its list, and the call succeeds. A drift is the report of it, made once per shape for each client.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * One unexpected thing. It never holds a value, which might be a secret, but only kinds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Drift {
  /** The operation id, as `getJobById`. */
  readonly operation: string
  /** Where in the body, as `tasks[].progress`. */
  readonly path: string
  /** What would have been understood, as `a time`. */
  readonly expected: string
  /** What was there, as `a number`. */
  readonly found: string
}

/**
 * What a client does with a drift. Failing, dying or hanging here does not hurt the call.
 *
 * @since 0.1.0
 * @category models
 */
export type OnDrift = (drift: Drift) => Effect.Effect<void, unknown>

/**
 * One warning in the log for each shape: what a client does unless told otherwise.
 *
 * @since 0.1.0
 * @category handlers
 */
export const logWarning: OnDrift = (drift) =>
  Effect.logWarning(
    `The Pixxel API sent something unexpected: ${drift.operation} answered ${drift.found} at ${drift.path}, not ${drift.expected}`
  )

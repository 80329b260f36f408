/**
 * Retries: which failures are repeated, after which delay, and when the client gives up.
 *
 * - **Repeated failures.** Errors whose `isRetryable` is `true`, of repeatable operations (the README lists them).
 *   `JobsApi.create` is not repeatable: the client repeats it only if the request provably never left (`NotSent`), or
 *   was refused by the rate limit (429).
 * - **Delay.** A random time between zero and a bound that doubles with each retry ("full jitter"), so that clients
 *   that failed together do not return together. `Retry-After`, in seconds or as a date, is the minimum delay. A date
 *   is relative to the `Date` of the same answer, so that the clocks need not agree, or to the `Clock` of the client if
 *   the answer has no `Date`. An unreadable value is ignored.
 * - **End.** The client gives up when the attempts are exhausted, the server requests a longer delay than
 *   `maxRetryAfter`, the next attempt would begin after the deadline, or the retry budget shared by all calls of a
 *   client is spent (see `PixxelHttpClient.Options`). The call then fails immediately, without a final delay.
 *
 * The error of a call has all of its `attempts`, each with the status or the reason, the request id, and the delay
 * before it. Each retry is a line in the debug log and an event of the call's span.
 *
 * A policy belongs to a client: `Pixxel.layer({ retry: { maxAttempts: 3 } })`. For a single call or a part of a
 * program, adjust it with `withOptions`, replace it with `withPolicy`, or disable it with `withoutRetry`. A stream uses
 * the policy of the effect that runs it.
 *
 * @example
 * import { JobsApi, RetryPolicy } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const impatient = Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId })).pipe(
 *   RetryPolicy.withOptions({ maxAttempts: 2, timeout: "5 seconds" })
 * )
 *
 * **Gotchas**
 *
 * - The single repeat with a new token after a 401 or 403 (see `Auth.layerEffect`) is no retry: it does not count, and
 *   `withoutRetry` does not disable it.
 * - Your own retries around a call multiply with these. Combine them with `withoutRetry`.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as locals from "./internal/locals.js"
import * as internal from "./internal/policy.js"

/**
 * A complete policy. `Options` documents each setting and the reasons for the defaults.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryPolicy {
  /** The maximum number of attempts. */
  readonly maxAttempts: number
  /** The upper bound of the first delay. */
  readonly baseDelay: Duration.Duration
  /** The upper bound of all delays except those requested by `Retry-After`. */
  readonly maxDelay: Duration.Duration
  /** The longest accepted `Retry-After`. */
  readonly maxRetryAfter: Duration.Duration
  /** The deadline of one attempt. */
  readonly attemptTimeout: Duration.Duration
  /** The deadline of the call. */
  readonly timeout: Duration.Duration
}

/**
 * Changes to a policy. A `RetryPolicy` is assignable to it, and changes every setting.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The maximum number of attempts, including the first: a whole number, at least 1, or `Infinity`.
   *
   * Default: 5. With the delays below, four retries take 3.75 seconds on average and 7.5 at most: enough for a gateway
   * to fail over to another server. A call should not wait for the end of a longer outage.
   */
  readonly maxAttempts?: number | undefined
  /**
   * The upper bound of the delay before the first retry. Doubles with every further retry.
   *
   * Default: 500 milliseconds. The mean delay is half of it, about the time of one slow answer.
   */
  readonly baseDelay?: Duration.DurationInput | undefined
  /**
   * The limit of the doubling bound.
   *
   * Default: 20 seconds, the cap of the AWS SDKs. It matters only with a higher `maxAttempts`: such a call retries
   * every ten seconds on average, which is acceptable to a server and to a user.
   */
  readonly maxDelay?: Duration.DurationInput | undefined
  /**
   * The longest accepted `Retry-After`. For a longer one, the call fails immediately with an error whose `retryAfter`
   * has the requested delay: an earlier retry would be refused again, and the caller can use the time.
   *
   * Default: 1 minute. Windows of rate limits are rarely longer.
   */
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  /**
   * The deadline of one attempt, including its body.
   *
   * Default: 1 minute. Most gateways give up on their server by then, and a list with the whole history of a workflow,
   * possibly megabytes, needs some time.
   */
  readonly attemptTimeout?: Duration.DurationInput | undefined
  /**
   * The deadline of the call, including all attempts, the delays between them, and the wait for a turn if calls are
   * limited (`concurrency`). `Duration.infinity` is no deadline.
   *
   * Default: 3 minutes. Two hanging attempts leave time for a third.
   */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * The default policy of a client.
 *
 * @since 0.1.0
 * @category policies
 */
export const defaults: RetryPolicy = internal.defaults

/**
 * Returns the defaults with changes. Throws a `RangeError` for an invalid setting.
 *
 * @example
 * import { RetryPolicy } from "@effect-pixxel/client"
 *
 * const patient = RetryPolicy.make({ maxAttempts: 10, timeout: "30 minutes" })
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): RetryPolicy => internal.adjust(internal.defaults, options)

/**
 * Sends every call once. The deadlines are those of the defaults.
 *
 * @since 0.1.0
 * @category policies
 */
export const none: RetryPolicy = make({ maxAttempts: 1 })

/**
 * Replaces the policy of all calls in `self`: that of their client and every outer policy.
 *
 * @example
 * import { RetryPolicy } from "@effect-pixxel/client"
 *
 * const quick = pipeline.pipe(RetryPolicy.withPolicy(RetryPolicy.make({ maxAttempts: 2, timeout: "5 seconds" })))
 *
 * @since 0.1.0
 * @category combinators
 */
export const withPolicy: {
  (policy: RetryPolicy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy) => {
  const checked = make(policy)
  return locals.update(self, internal.current, () => () => checked)
})

/**
 * Adjusts the policy of all calls in `self`: that of their client, or an outer policy, with these changes.
 *
 * @example
 * import { RetryPolicy } from "@effect-pixxel/client"
 *
 * const nightly = pipeline.pipe(RetryPolicy.withOptions({ maxAttempts: 10, timeout: "10 minutes" }))
 *
 * @since 0.1.0
 * @category combinators
 */
export const withOptions: {
  (options: Options): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, options: Options) => {
  // Throw here, at the mistake, rather than in the first call.
  make(options)
  return locals.update(
    self,
    internal.current,
    (outer) => (policy: RetryPolicy) => internal.adjust(outer(policy), options)
  )
})

/**
 * Sends every call in `self` once. The deadlines stay unchanged.
 *
 * @example
 * import { RetryPolicy } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Schedule from "effect/Schedule"
 *
 * // Retries of the application instead of those of the client
 * const own = pipeline.pipe(RetryPolicy.withoutRetry, Effect.retry(Schedule.recurs(2)))
 *
 * @since 0.1.0
 * @category combinators
 */
export const withoutRetry: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = withOptions({
  maxAttempts: 1
})

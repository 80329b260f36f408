/**
 * When a call is sent again, how long the client waits before, and when it stops: what stands between one call of
 * yours and several requests.
 *
 * - **What is repeated.** A failure whose `isRetryable` is `true`, of an operation that may be repeated (the README
 *   lists them). One that may not be, `JobsApi.create`, is sent again only when the request provably never left
 *   (`NotSent`), or when the server said that it did not take it (429).
 * - **When.** After a random time between zero and a bound that doubles with each retry ("full jitter"), so that
 *   clients that failed together do not come back together. `Retry-After`, in seconds or as a date, is the least
 *   delay. A date is taken relative to the `Date` of the same answer, so that clocks need not agree; to the `Clock`
 *   of the client only when there is none. What cannot be read is ignored.
 * - **When no more.** The attempts are used up; the server asks for a longer wait than `maxRetryAfter`; the next
 *   attempt would begin after the deadline; or the budget for retries, which all calls of a client share, is spent
 *   (see `PixxelHttpClient.Options`). Then the call fails at once, and does not sleep first.
 *
 * The error of a call has all of its `attempts`: the status or the reason of each, its request id, and the delay
 * before it. Each retry is a line in the debug log and an event of the call's span.
 *
 * A policy belongs to a client: `Pixxel.layer({ retry: { maxAttempts: 3 } })`. For a part of a program, calls and
 * whole pipelines, it is adjusted by `withOptions`, replaced by `withPolicy`, and switched off by `withoutRetry`. A
 * stream takes it from the effect that runs it.
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
 * - The one repeat with a new token, after a 401 or 403 (see `Auth.layerEffect`), is no retry: it is not counted, and
 *   `withoutRetry` leaves it on.
 * - A retry of your own around a call multiplies with this one. Combine it with `withoutRetry`.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as internal from "./internal/policy.js"

/**
 * A whole policy. What its figures mean exactly, and the reasons for the defaults, are in `Options`.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryPolicy {
  /** How often a call is sent at most. */
  readonly maxAttempts: number
  /** The bound of the first delay. */
  readonly baseDelay: Duration.Duration
  /** The bound of all delays but those that `Retry-After` asks for. */
  readonly maxDelay: Duration.Duration
  /** The longest delay that `Retry-After` may ask for. */
  readonly maxRetryAfter: Duration.Duration
  /** How long one attempt may take. */
  readonly attemptTimeout: Duration.Duration
  /** How long the call may take. */
  readonly timeout: Duration.Duration
}

/**
 * What to change of a policy. A `RetryPolicy` is also `Options`, which change all of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * How often a call is sent at most, the first time included: a whole number from 1 on, or `Infinity`.
   *
   * Default: 5. With the delays below, four retries are 3.75 seconds of waiting on average, 7.5 at most: enough for a
   * gateway to change over to another server. What lasts longer is an outage, for which a call is no place to wait.
   */
  readonly maxAttempts?: number | undefined
  /**
   * The bound of the delay before the first retry. It doubles with every further one.
   *
   * Default: 500 milliseconds. The mean is half of it, about one slow answer: nobody notices a dropped connection.
   */
  readonly baseDelay?: Duration.DurationInput | undefined
  /**
   * Where the bound stops doubling.
   *
   * Default: 20 seconds, the cap of the AWS SDKs. It matters to those who raise `maxAttempts`: such a call comes back
   * every ten seconds on average, which is no burden for a server, and soon enough for a person.
   */
  readonly maxDelay?: Duration.DurationInput | undefined
  /**
   * The longest `Retry-After` that is waited for. For a longer one the call fails at once, with the error that says
   * in `retryAfter` how long it would have been: coming back sooner than asked is answered in the same way, and a
   * caller has better uses for the time than a sleep.
   *
   * Default: 1 minute. Windows of rate limits are rarely longer.
   */
  readonly maxRetryAfter?: Duration.DurationInput | undefined
  /**
   * How long one attempt may take, its body included.
   *
   * Default: 1 minute. Most gateways give up on the server behind them by then, so that nothing better comes later; and
   * a list with the whole history of a workflow, which may be megabytes, needs some time.
   */
  readonly attemptTimeout?: Duration.DurationInput | undefined
  /**
   * The deadline of the call: around all attempts, the delays between them, and the waiting for a turn when calls are
   * limited (`concurrency`). `Duration.infinity` is none.
   *
   * Default: 3 minutes. Two attempts that hang leave time for a third.
   */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * What a client does unless told otherwise.
 *
 * @since 0.1.0
 * @category policies
 */
export const defaults: RetryPolicy = internal.defaults

/**
 * The defaults, with changes. A figure that cannot be is a `RangeError` that says what was expected.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): RetryPolicy => internal.adjust(internal.defaults, options)

/**
 * Every call is sent once. The deadlines are those of the defaults.
 *
 * @since 0.1.0
 * @category policies
 */
export const none: RetryPolicy = make({ maxAttempts: 1 })

/**
 * The calls inside follow this policy and nothing else: neither that of their client nor one from further outside.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withPolicy: {
  (policy: RetryPolicy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: RetryPolicy) => {
  const checked = make(policy)
  return Effect.locally(self, internal.current, () => checked)
})

/**
 * The calls inside follow the policy that they would follow otherwise, their client's or the one from further
 * outside, with these changes.
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
  // Checked here, where the mistake is, and not first in a call.
  make(options)
  return Effect.locallyWith(
    self,
    internal.current,
    (outer) => (policy: RetryPolicy) => internal.adjust(outer(policy), options)
  )
})

/**
 * The calls inside are sent once each. Their deadlines stay as they are.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withoutRetry: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = withOptions({
  maxAttempts: 1
})

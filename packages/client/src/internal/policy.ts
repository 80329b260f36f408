/** The settings of the retry policy: defaults, changes, validation, the policy in force for a call, and its delays. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Random from "effect/Random"
import type { Options, RetryPolicy } from "../RetryPolicy.js"
import * as locals from "./locals.js"
import * as settings from "./settings.js"

/** The public documentation has the reasons for these values. */
export const defaults: RetryPolicy = {
  maxAttempts: 5,
  baseDelay: Duration.millis(500),
  maxDelay: Duration.seconds(20),
  maxRetryAfter: Duration.minutes(1),
  attemptTimeout: Duration.minutes(1),
  timeout: Duration.minutes(3)
}

const limit = settings.durationFrom(
  Duration.nanos(1n),
  "a duration longer than zero, or Duration.infinity for no limit"
)

const rules = {
  maxAttempts: settings.wholeOrInfinite(1),
  baseDelay: settings.duration,
  maxDelay: settings.duration,
  maxRetryAfter: settings.duration,
  attemptTimeout: limit,
  timeout: limit
}

/** Applies options. Throws a `RangeError` for an invalid value. */
export const adjust = (policy: RetryPolicy, options: Options): RetryPolicy =>
  settings.change("retry option", rules, policy, options)

/** The adjustment of a client's policy for the calls of this fiber. */
export const current = locals.make<(client: RetryPolicy) => RetryPolicy>("RetryPolicy", identity)

/** The deadline of a call, always finite. */
export const timeoutOf = ({ timeout }: RetryPolicy): Duration.Duration =>
  Duration.isFinite(timeout) ? timeout : defaults.timeout

/** The policy of a client with the adjustments of this fiber. */
export const inForce = (client: RetryPolicy): Effect.Effect<RetryPolicy> =>
  Effect.map(locals.get(current), (adjusted) => adjusted(client))

/**
 * The delay before a retry that follows `retries` others, in whole milliseconds. Exponential backoff with full jitter: a
 * uniformly random delay up to a bound that doubles.
 */
export const backoff = ({ baseDelay, maxDelay }: RetryPolicy, retries: number): Effect.Effect<Duration.Duration> => {
  const bound = Duration.toMillis(Duration.min(maxDelay, Duration.times(baseDelay, 2 ** retries)))
  return Effect.map(Random.next, (share) => Duration.millis(Math.floor(bound * share)))
}

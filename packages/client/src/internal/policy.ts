/** The settings of the retry policy: defaults, changes, validation, and the policy in force for a call. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type { Options, RetryPolicy } from "../RetryPolicy.js"
import * as locals from "./locals.js"

/** The public documentation has the reasons for these values. */
export const defaults: RetryPolicy = {
  maxAttempts: 5,
  baseDelay: Duration.millis(500),
  maxDelay: Duration.seconds(20),
  maxRetryAfter: Duration.minutes(1),
  attemptTimeout: Duration.minutes(1),
  timeout: Duration.minutes(3)
}

const wrong = (name: keyof Options, found: unknown, expected: string) =>
  new RangeError(`The retry option ${name} is ${String(found)}: expected ${expected}`)

const attempts = (found: number): number => {
  if (!(found >= 1) || (Number.isFinite(found) && !Number.isInteger(found))) {
    throw wrong("maxAttempts", found, "a whole number of at least 1, or Infinity")
  }
  return found
}

const duration = (name: keyof Options, found: Duration.DurationInput): Duration.Duration =>
  Option.getOrThrowWith(Duration.decodeUnknown(found), () => wrong(name, found, 'a duration such as "30 seconds"'))

const limit = (name: keyof Options, found: Duration.DurationInput): Duration.Duration => {
  const value = duration(name, found)
  if (Duration.equals(value, Duration.zero)) {
    throw wrong(name, found, "a duration longer than zero, or Duration.infinity for no limit")
  }
  return value
}

/** Applies options. Throws a `RangeError` for an invalid value. */
export const adjust = (policy: RetryPolicy, options: Options): RetryPolicy => {
  const { attemptTimeout, baseDelay, maxAttempts, maxDelay, maxRetryAfter, timeout } = options
  return {
    maxAttempts: maxAttempts === undefined ? policy.maxAttempts : attempts(maxAttempts),
    baseDelay: baseDelay === undefined ? policy.baseDelay : duration("baseDelay", baseDelay),
    maxDelay: maxDelay === undefined ? policy.maxDelay : duration("maxDelay", maxDelay),
    maxRetryAfter: maxRetryAfter === undefined ? policy.maxRetryAfter : duration("maxRetryAfter", maxRetryAfter),
    attemptTimeout: attemptTimeout === undefined ? policy.attemptTimeout : limit("attemptTimeout", attemptTimeout),
    timeout: timeout === undefined ? policy.timeout : limit("timeout", timeout)
  }
}

/** The adjustment of a client's policy for the calls of this fiber. */
export const current = locals.make<(client: RetryPolicy) => RetryPolicy>("RetryPolicy", identity)

/** The policy of a client with the adjustments of this fiber. */
export const inForce = (client: RetryPolicy): Effect.Effect<RetryPolicy> =>
  Effect.map(locals.get(current), (adjusted) => adjusted(client))

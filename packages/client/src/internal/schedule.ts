/** The delays between the attempts of a call, by the policy and by the server. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { HttpError } from "../HttpError.js"
import type { RetryPolicy } from "../RetryPolicy.js"

/** The delay requested by the server, in milliseconds; 0 if none. */
export const askedFor = (answer: HttpError | { readonly retryAfter: Option.Option<Duration.Duration> }): number =>
  "retryAfter" in answer ? Duration.toMillis(Option.getOrElse(answer.retryAfter, () => Duration.zero)) : 0

/** The longest delay before a retry that follows `retries` others. */
export const bound = ({ baseDelay, maxDelay }: RetryPolicy, retries: number): Duration.Duration =>
  Duration.min(maxDelay, Duration.times(baseDelay, 2 ** retries))

/** Exponential backoff with full jitter: a uniformly random delay up to the bound, in whole milliseconds. */
export const backoff = (policy: RetryPolicy, retries: number): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.next, (share) => Duration.millis(Math.floor(Duration.toMillis(bound(policy, retries)) * share)))

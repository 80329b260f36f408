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

/**
 * The delay before a retry that follows `retries` others, in whole milliseconds. Exponential backoff with full jitter: a
 * uniformly random delay up to a bound that doubles.
 */
export const backoff = ({ baseDelay, maxDelay }: RetryPolicy, retries: number): Effect.Effect<Duration.Duration> => {
  const bound = Duration.toMillis(Duration.min(maxDelay, Duration.times(baseDelay, 2 ** retries)))
  return Effect.map(Random.next, (share) => Duration.millis(Math.floor(bound * share)))
}

/**
 * The delays between the attempts of a call, and what the server says of them.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { HttpError } from "../PixxelError.js"
import type { RetryPolicy } from "../RetryPolicy.js"

/** The time that the server asks to stay away for, in milliseconds. */
export const askedFor = (answer: HttpError | { readonly retryAfter: Option.Option<Duration.Duration> }): number =>
  "retryAfter" in answer ? Duration.toMillis(Option.getOrElse(answer.retryAfter, () => Duration.zero)) : 0

/** The longest delay before a retry, of which there were so many before. */
export const bound = ({ baseDelay, maxDelay }: RetryPolicy, retries: number): Duration.Duration =>
  Duration.min(maxDelay, Duration.times(baseDelay, 2 ** retries))

/** Exponential backoff with full jitter: any time up to the bound, in whole milliseconds, each as likely. */
export const backoff = (policy: RetryPolicy, retries: number): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.next, (share) => Duration.millis(Math.floor(Duration.toMillis(bound(policy, retries)) * share)))

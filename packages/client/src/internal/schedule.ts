/**
 * Every delay of the client: between the attempts of a call, and between two polls.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { RetryPolicy } from "../RetryPolicy.js"

// --- attempts ---

/** The longest delay before a retry, of which there were so many before. */
export const bound = ({ baseDelay, maxDelay }: RetryPolicy, retries: number): Duration.Duration =>
  Duration.min(maxDelay, Duration.times(baseDelay, 2 ** retries))

/** Exponential backoff with full jitter: any time up to the bound, in whole milliseconds, each as likely. */
export const backoff = (policy: RetryPolicy, retries: number): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.next, (share) => Duration.millis(Math.floor(Duration.toMillis(bound(policy, retries)) * share)))

// --- polls ---

export const defaultInterval: Duration.DurationInput = "5 seconds"

/** The schedule of a stream of polls, with 20 % of jitter either way. */
export const every = (interval: Duration.DurationInput) => Schedule.jittered(Schedule.spaced(interval))

/** Polls at once, and again after the interval (with 20 % of jitter either way) until the answer will do. */
export const until = <A, E, R>(
  poll: Effect.Effect<A, E, R>,
  interval: Duration.DurationInput,
  enough: (answer: A) => boolean
): Effect.Effect<A, E, R> =>
  Effect.flatMap(poll, (answer) =>
    enough(answer)
      ? Effect.succeed(answer)
      : Effect.flatMap(Random.nextRange(0.8, 1.2), (factor) =>
          Effect.zipRight(Effect.sleep(Duration.times(interval, factor)), until(poll, interval, enough))
        )
  )

/**
 * Polling: the time between two polls, and polls until something is so.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

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

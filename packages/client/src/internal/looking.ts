/** Looks for something that a list or a replica may not show yet. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as elapsed from "./elapsed.js"

/** Repeats a look until its outcome is final or the grace period has passed. Returns the last outcome. */
export const until = <A, E>(
  look: Effect.Effect<A, E>,
  isFinal: (outcome: A) => boolean,
  grace: Duration.Duration,
  pause = 2_000
): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const end = (yield* elapsed.now) + Duration.toMillis(grace)
    while (true) {
      const outcome = yield* look
      const left = end - (yield* elapsed.now)
      if (left <= 0 || isFinal(outcome)) return outcome
      yield* Effect.sleep(Math.min(pause, Math.ceil(left)))
    }
  })

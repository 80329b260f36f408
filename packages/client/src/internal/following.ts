/**
 * Following something by looking at it again and again: what one look after the other has in common, and the follower
 * that does it alone.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { HttpError } from "../PixxelError.js"
import type { Waiter } from "../Waiter.js"
import * as pace from "./pace.js"
import { askedFor } from "./schedule.js"

/** What a follower has seen so far. */
export interface Seen {
  readonly looks: number
  readonly status: Option.Option<string>
  readonly progress: Option.Option<number>
}

export const nothing: Seen = { looks: 0, status: Option.none(), progress: Option.none() }

export const sawMore = (seen: Seen, sight: pace.Sight): Seen => ({
  looks: seen.looks + 1,
  status: sight.status,
  progress: sight.progress ?? Option.none()
})

export interface Follower<A> {
  /** Waits until it is time to look, looks, and says what is there. Fails when a failure is not tolerated. */
  readonly next: Effect.Effect<A, HttpError>
  readonly seen: () => Seen
}

/** Whether a wait goes on after so many failures in a row, of which this is the last. */
export const tolerates = ({ tolerance }: Waiter, failures: number, error: HttpError): boolean =>
  error.isRetryable && failures <= tolerance

/** Looks by itself, the first time at once. */
export const alone = <A extends pace.Sight>(waiter: Waiter, look: Effect.Effect<A, HttpError>) =>
  Effect.map(Effect.clock, (clock): Follower<A> => {
    let seen = nothing
    let track = pace.begin(clock.unsafeCurrentTimeMillis())
    let failures = 0
    let delay = 0

    const next = Effect.gen(function* () {
      while (true) {
        if (delay > 0) yield* Effect.sleep(delay)
        const result = yield* Effect.either(look)
        const now = clock.unsafeCurrentTimeMillis()
        const share = yield* Random.next
        if (result._tag === "Right") {
          failures = 0
          seen = sawMore(seen, result.right)
          track = pace.saw(track, now, result.right)
          delay = pace.delay(waiter, track, now, failures, share)
          return result.right
        }
        if (!tolerates(waiter, ++failures, result.left)) return yield* result.left
        delay = Math.max(pace.delay(waiter, track, now, failures, share), askedFor(result.left))
      }
    })

    return { next, seen: () => seen }
  })

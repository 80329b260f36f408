/** Wraps the current clock, with independent jumps of the wall time and the monotonic time. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export interface Skew {
  /** The offset of the wall clock in milliseconds. */
  wall: number
  /** The milliseconds by which the monotonic clock has jumped. */
  elapsed: number
}

const over = (clock: Clock.Clock, skew: Skew): Clock.Clock => ({
  ...clock,
  unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + skew.wall,
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + skew.wall),
  unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos() + BigInt(skew.elapsed) * 1_000_000n,
  currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now + BigInt(skew.elapsed) * 1_000_000n),
  sleep: (duration) => clock.sleep(duration)
})

/** Runs under such a clock. */
export const skewed = <A, E, R>(self: Effect.Effect<A, E, R>, skew: Skew): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => Effect.withClock(self, over(clock, skew)))

/**
 * Elapsed time. The wall clock can be set, and jumps when a machine wakes up; deadlines and intervals are measured by
 * the monotonic clock of the platform, which only moves forward.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds of the monotonic clock, with fractions. Only differences between two of them mean something. */
export const unsafeNow = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos() / 1_000n) / 1_000

/** The same as an effect, by the clock of the fiber. */
export const now: Effect.Effect<number> = Effect.map(Effect.clock, unsafeNow)

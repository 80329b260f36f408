/**
 * Elapsed time. The wall clock can be set, and jumps when a machine wakes up; deadlines and intervals are measured by
 * the monotonic clock of the platform, which only moves forward. That one may jump forward too: a timer that ends late
 * says nothing about the other side, so one look or attempt comes before a deadline that has passed meanwhile.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * Milliseconds of the monotonic clock, with fractions. Only differences between two of them mean something. Rounded to
 * microseconds, since a clock that counts milliseconds in floating point is off by a few hundred nanoseconds.
 */
export const unsafeNow = (clock: Clock.Clock): number =>
  Number((clock.unsafeCurrentTimeNanos() + 500n) / 1_000n) / 1_000

/** The same as an effect, by the clock of the fiber. */
export const now: Effect.Effect<number> = Effect.map(Effect.clock, unsafeNow)

/** Milliseconds until a time. Less than one is none: timers end up to a millisecond early. */
export const left = (time: number, now: number): number => {
  const millis = time - now
  return millis < 1 ? Math.min(millis, 0) : millis
}

/** A timer of a machine that runs ends earlier than this many milliseconds after its time. */
const latest = 1_000

/** Whether a timer has ended so late that the machine must have been suspended or blocked meanwhile. */
export const isLate = (time: number, now: number): boolean => now - time > latest

/** The deadline of a series of looks. */
export interface Deadline {
  readonly at: number
  /** Milliseconds that a look may take from now. The deadline has passed when there are none. */
  readonly left: (now: number) => number
  /** Records a sleep. If it ended late, one look without a bound is due. */
  readonly slept: (from: number, millis: number, now: number) => void
  /** Records a look that was completed. */
  readonly looked: (now: number) => void
}

export const deadline = (at: number, now: number): Deadline => {
  // A look is due if a timer ended late, here or in what shared the deadline before.
  let look: "none" | "due" | "done" = now > at ? "due" : "none"
  const owe = () => {
    if (look === "none") look = "due"
  }
  return {
    at,
    left: (now) => {
      if (isLate(at, now)) owe()
      return look === "due" ? Number.POSITIVE_INFINITY : left(at, now)
    },
    slept: (from, millis, now) => {
      const until = from + millis
      if (isLate(until, now) || (until < at && now >= at)) owe()
    },
    looked: (now) => {
      // Before the deadline, a later sleep may owe another look.
      if (look === "due") look = now >= at ? "done" : "none"
    }
  }
}

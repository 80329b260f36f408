/**
 * Elapsed time. The wall clock can be set, and jumps when a machine wakes up, so deadlines and intervals use the
 * monotonic clock of the platform, which only moves forward. The monotonic clock may jump forward too: a late timer
 * says nothing about the server, so one more poll or attempt precedes the end by a deadline that has passed meanwhile.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * Milliseconds of the monotonic clock, with fractions. Only differences are meaningful. Rounded to microseconds, since
 * a clock that counts milliseconds in floating point is off by a few hundred nanoseconds.
 */
export const unsafeNow = (clock: Clock.Clock): number =>
  Number((clock.unsafeCurrentTimeNanos() + 500n) / 1_000n) / 1_000

/** `unsafeNow` as an effect, with the clock of the fiber. */
export const now: Effect.Effect<number> = Effect.map(Effect.clock, unsafeNow)

/**
 * The current time of both clocks, in milliseconds: the monotonic clock may stop while a machine sleeps, and the wall
 * clock can be set.
 */
export const bothClocks = Effect.all([now, Clock.currentTimeMillis])

export type Moment = Effect.Effect.Success<typeof bothClocks>

/** The larger difference of both clocks, in milliseconds. */
export const between = (earlier: Moment, later: Moment): number =>
  Math.max(later[0] - earlier[0], later[1] - earlier[1])

/** Milliseconds until a time. Less than one counts as zero: timers end up to a millisecond early. */
export const left = (time: number, now: number): number => {
  const millis = time - now
  return millis < 1 ? Math.min(millis, 0) : millis
}

/** Milliseconds by which a timer of a running machine may be late. */
const latest = 1_000

/** Whether a timer ended so late that the machine must have been suspended or blocked. */
export const isLate = (time: number, now: number): boolean => now - time > latest

export type Deadline = ReturnType<typeof deadline>

/** The deadline of a series of polls. */
export const deadline = (at: number, now: number) => {
  // A poll is due after a late timer, here or in an earlier step under the same deadline.
  let look: "none" | "due" | "done" = now > at ? "due" : "none"
  const owe = () => {
    if (look === "none") look = "due"
  }
  return {
    at,
    /** Milliseconds that a poll may take from now. Zero or less after the deadline. */
    left: (now: number) => {
      if (isLate(at, now)) owe()
      return look === "due" ? Infinity : left(at, now)
    },
    /** Records a sleep. A late end makes one unbounded poll due. */
    slept: (from: number, millis: number, now: number) => {
      const until = from + millis
      if (isLate(until, now) || (until < at && now >= at)) owe()
    },
    /** Records a completed poll. */
    looked: (now: number) => {
      // Before the deadline, a later sleep may make another poll due.
      if (look === "due") look = now >= at ? "done" : "none"
    }
  }
}

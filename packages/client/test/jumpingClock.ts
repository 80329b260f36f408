/** Wraps a clock, with jumps of the wall time and the monotonic time, together or separately. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface JumpingClock extends Clock.Clock {
  /** Sets the wall clock, without affecting timers. */
  readonly setWall: (millis: number) => void
  /** Suspends the machine: both times jump, and timers due meanwhile end afterwards. */
  readonly suspend: (millis: number) => void
}

export const make = (inner: Clock.Clock): JumpingClock => {
  const offset = { wall: 0, monotonic: 0 }
  const sleepers = new Set<() => void>()
  const unsafeCurrentTimeMillis = () => inner.unsafeCurrentTimeMillis() + offset.wall
  const unsafeCurrentTimeNanos = () => inner.unsafeCurrentTimeNanos() + BigInt(offset.monotonic) * 1_000_000n
  const monotonic = () => Number(unsafeCurrentTimeNanos() / 1_000n) / 1_000

  const woken = Effect.async<void>((resume) => {
    const wake = () => resume(Effect.void)
    sleepers.add(wake)
    return Effect.sync(() => sleepers.delete(wake))
  })

  const sleepUntil = (time: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const left = time - monotonic()
      return left <= 0
        ? Effect.void
        : Effect.zipRight(Effect.raceFirst(inner.sleep(Duration.millis(left)), woken), sleepUntil(time))
    })

  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis,
    unsafeCurrentTimeNanos,
    currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
    currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
    sleep: (duration) => Effect.suspend(() => sleepUntil(monotonic() + Duration.toMillis(duration))),
    setWall: (millis) => {
      offset.wall += millis
    },
    suspend: (millis) => {
      offset.wall += millis
      offset.monotonic += millis
      const all = [...sleepers]
      sleepers.clear()
      for (const wake of all) wake()
    }
  }
}

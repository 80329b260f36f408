/** Deadlines, and a sleep that an earlier due time can shorten. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as elapsed from "./elapsed.js"

/** Runs `self`; `None` on timeout. */
export const inTime = <A, E>(self: Effect.Effect<A, E>, millis: number): Effect.Effect<Option.Option<A>, E> => {
  if (millis <= 0) return Effect.succeedNone
  return millis === Infinity ? Effect.asSome(self) : Effect.timeoutOption(self, Math.ceil(millis))
}

export type Alarm = ReturnType<typeof make>

export const make = () => {
  let wakesAt = -Infinity
  let wake = () => {}

  return {
    /** Ends a sleep that would last beyond `time`. No effect without a sleep. */
    due: (time: number): void => {
      if (time >= wakesAt) return
      wakesAt = time
      wake()
    },
    /** Sleeps for `millis`, until `time`. For one fiber at a time. */
    sleepUntil: (time: number, millis: number): Effect.Effect<void> => {
      wakesAt = time
      const rung = Effect.async<void>((resume) => {
        wake = () => resume(Effect.void)
        // `due` may have been called before this registration.
        if (wakesAt < time) wake()
      })
      return Effect.ensuring(
        Effect.asVoid(inTime(rung, millis)),
        Effect.sync(() => {
          wakesAt = -Infinity
          wake = () => {}
        })
      )
    }
  }
}

/** Deadlines of many waiters, kept by one fiber: individual timeouts would cost two more fibers each. */
export const deadlines = () => {
  const alarm = make()
  const all = new Set<{ readonly time: number; readonly call: () => void }>()

  const pass = (now: number) => {
    let next = Infinity
    for (const deadline of all) {
      if (deadline.time > now) {
        next = Math.min(next, deadline.time)
        continue
      }
      all.delete(deadline)
      deadline.call()
    }
    return next
  }

  return {
    /** Runs `call` at `time`. Returns the cancellation. */
    at: (time: number, call: () => void) => {
      const deadline = { time, call }
      if (time !== Infinity) all.add(deadline)
      alarm.due(time)
      return () => {
        all.delete(deadline)
      }
    },
    keep: Effect.flatMap(Effect.clock, (clock) =>
      Effect.forever(
        Effect.suspend(() => {
          const now = elapsed.unsafeNow(clock)
          const next = pass(now)
          return alarm.sleepUntil(next, next - now)
        })
      )
    )
  }
}

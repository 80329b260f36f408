/** Deadlines, and a sleep that an earlier due time can shorten. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as elapsed from "./elapsed.js"

/** Runs `self`; `None` on timeout. */
export const inTime = <A, E>(self: Effect.Effect<A, E>, millis: number): Effect.Effect<Option.Option<A>, E> => {
  if (millis <= 0) return Effect.succeedNone
  return millis === Number.POSITIVE_INFINITY ? Effect.asSome(self) : Effect.timeoutOption(self, Math.ceil(millis))
}

export interface Alarm {
  /** Ends a sleep that would last beyond `time`. No effect without a sleep. */
  readonly due: (time: number) => void
  /** Sleeps for `millis`, until `time`. For one fiber at a time. */
  readonly sleepUntil: (time: number, millis: number) => Effect.Effect<void>
}

export const make = (): Alarm => {
  let wakesAt = Number.NEGATIVE_INFINITY
  let wake = () => {}

  return {
    due: (time) => {
      if (time >= wakesAt) return
      wakesAt = time
      wake()
    },
    sleepUntil: (time, millis) => {
      wakesAt = time
      const rung = Effect.async<void>((resume) => {
        wake = () => resume(Effect.void)
        // `due` may have been called before this registration.
        if (wakesAt < time) wake()
      })
      return Effect.ensuring(
        Effect.asVoid(inTime(rung, millis)),
        Effect.sync(() => {
          wakesAt = Number.NEGATIVE_INFINITY
          wake = () => {}
        })
      )
    }
  }
}

/** Deadlines of many waiters, kept by one fiber: individual timeouts would cost two more fibers each. */
export interface Deadlines {
  /** Runs `call` at `time`. Returns the cancellation. */
  readonly at: (time: number, call: () => void) => () => void
  /** Runs the deadlines. */
  readonly keep: Effect.Effect<never>
}

export const deadlines = (): Deadlines => {
  const alarm = make()
  const all = new Set<{ readonly time: number; readonly call: () => void }>()

  const pass = (now: number) => {
    let next = Number.POSITIVE_INFINITY
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
    at: (time, call) => {
      const deadline = { time, call }
      if (time !== Number.POSITIVE_INFINITY) all.add(deadline)
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

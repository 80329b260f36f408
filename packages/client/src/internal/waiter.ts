/** The settings of waits: defaults, changes and validation. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Options, Waiter } from "../Waiter.js"

/** The public documentation has the reasons for these values. */
export const defaults: Waiter = {
  interval: "adaptive",
  minInterval: Duration.seconds(1),
  maxInterval: Duration.seconds(30),
  tolerance: 5,
  coalesce: true
}

const wrong = (name: keyof Options, found: unknown, expected: string) =>
  new RangeError(`The waiting option ${name} is ${String(found)}: expected ${expected}`)

const duration = (name: keyof Options, found: Duration.DurationInput, least: Duration.Duration, atLeast: string) => {
  const value = Option.getOrThrowWith(Duration.decodeUnknown(found), () =>
    wrong(name, found, 'a duration such as "30 seconds"')
  )
  if (Duration.lessThan(value, least)) throw wrong(name, found, atLeast)
  return value
}

const count = (found: number): number => {
  if (!(found >= 0) || (Number.isFinite(found) && !Number.isInteger(found))) {
    throw wrong("tolerance", found, "a whole number of at least 0, or Infinity")
  }
  return found
}

/** Applies options. Throws a `RangeError` for an invalid value. */
export const adjust = (waiter: Waiter, options: Options): Waiter => {
  const { coalesce, interval, maxInterval, minInterval, tolerance } = options
  const least =
    minInterval === undefined
      ? waiter.minInterval
      : duration("minInterval", minInterval, defaults.minInterval, "1 second or more")
  const most =
    maxInterval === undefined
      ? // Raising the floor above the ceiling raises the ceiling.
        Duration.max(waiter.maxInterval, least)
      : duration("maxInterval", maxInterval, least, `at least minInterval, which is ${Duration.format(least)}`)
  return {
    interval:
      interval === undefined
        ? waiter.interval
        : interval === "adaptive"
          ? interval
          : duration("interval", interval, Duration.millis(1), 'a duration longer than zero, or "adaptive"'),
    minInterval: least,
    maxInterval: most,
    tolerance: tolerance === undefined ? waiter.tolerance : count(tolerance),
    coalesce: coalesce ?? waiter.coalesce
  }
}

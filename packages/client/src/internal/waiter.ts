/** The settings of waits: defaults, changes and validation. */
import * as Duration from "effect/Duration"
import type { Options, Waiter } from "../Waiter.js"
import * as settings from "./settings.js"

/** The public documentation has the reasons for these values. */
export const defaults: Waiter = {
  interval: "adaptive",
  minInterval: Duration.seconds(1),
  maxInterval: Duration.seconds(30),
  tolerance: 5,
  coalesce: true
}

const least = settings.durationFrom(defaults.minInterval, "1 second or more")
const positive = settings.durationFrom(Duration.millis(1), 'a duration longer than zero, or "adaptive"')

const of = settings.changes("waiting option")

/** Applies options. Throws a `RangeError` for an invalid value. */
export const adjust = (waiter: Waiter, { coalesce, interval, ...options }: Options): Waiter => {
  const minInterval = of("minInterval", least, options.minInterval, waiter.minInterval)
  const most = settings.durationFrom(minInterval, `at least minInterval, which is ${Duration.format(minInterval)}`)
  return {
    interval:
      interval === "adaptive"
        ? interval
        : of<Duration.DurationInput, Waiter["interval"]>("interval", positive, interval, waiter.interval),
    minInterval,
    // Raising the floor above the ceiling raises the ceiling.
    maxInterval: of("maxInterval", most, options.maxInterval, Duration.max(waiter.maxInterval, minInterval)),
    tolerance: of("tolerance", settings.wholeOrInfinite(0), options.tolerance, waiter.tolerance),
    coalesce: coalesce ?? waiter.coalesce
  }
}

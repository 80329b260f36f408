/** The settings of waits: defaults, changes and validation. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
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

const positive = settings.durationFrom(Duration.millis(1), 'a duration longer than zero, or "adaptive"')
const interval: settings.Rule<Duration.DurationInput | "adaptive", Waiter["interval"]> = (found) =>
  found === "adaptive" ? Either.right(found) : positive(found)

const rules = {
  minInterval: settings.durationFrom(defaults.minInterval, "1 second or more"),
  interval,
  tolerance: settings.wholeOrInfinite(0),
  coalesce: (found: boolean) => Either.right(found)
}

/** Applies options. Throws a `RangeError` for an invalid value. */
export const adjust = (waiter: Waiter, options: Options): Waiter => {
  const changed = settings.change("waiting option", rules, waiter, options)
  const least = changed.minInterval
  const maxInterval = settings.durationFrom(least, `at least minInterval, which is ${Duration.format(least)}`)
  // Raising the floor above the ceiling raises the ceiling.
  const before = { maxInterval: Duration.max(waiter.maxInterval, least) }
  return { ...changed, ...settings.change("waiting option", { maxInterval }, before, options) }
}

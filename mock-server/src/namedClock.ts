/** Clocks by name, for programs that have no need of the classes. */
import { type ClockMode, fastest, RealClock, VirtualTime, type WorldClock } from "./clock/index.js"
import { didYouMean } from "./core/Problem.js"

/**
 * Kinds of time: `real` passes like the wall clock, `manual` as far as `advance` allows, `auto` like `manual` but over
 * every latency immediately.
 *
 * @since 0.1.0
 * @category models
 */
export type ClockName = "real" | ClockMode

const names: ReadonlyArray<string> = ["real", "auto", "manual"] satisfies ReadonlyArray<ClockName>

/** Throws a `RangeError` for a speed that no `Date` keeps up with. */
export const checkSpeed = (speed: number): void => {
  if (speed > 0 && speed <= fastest) return
  throw new RangeError(`speed is ${speed}: expected a number above 0, at most ${fastest}`)
}

/** Makes clocks of a name. Throws a `RangeError` for a name that no clock has: programs without types choose it too. */
export const clocksOf = (name: ClockName, speed = 1): ((world: string) => WorldClock) => {
  if (!names.includes(name)) {
    const expected = 'expected "real", "auto", "manual", or a function that makes a clock'
    throw new RangeError(`clock is ${JSON.stringify(name)}: ${expected}${didYouMean(name, names)}`)
  }
  return (world) => (name === "real" ? new RealClock({ scale: speed }) : new VirtualTime({ mode: name, name: world }))
}

/** Clocks by name, for programs that have no need of the classes. */
import { didYouMean } from "../core/Problem.js"
import { fastest, RealClock } from "./RealClock.js"
import { type ClockMode, VirtualTime } from "./VirtualTime.js"
import type { WorldClock } from "./WorldClock.js"

/**
 * How the time of a world passes: `real` as on the wall, `manual` only by `advance`, `auto` like `manual`, but without
 * waiting for latencies.
 *
 * @since 0.1.0
 * @category models
 */
export type ClockName = "real" | ClockMode

const names: ReadonlyArray<string> = ["real", "auto", "manual"] satisfies ReadonlyArray<ClockName>

/** Throws a `RangeError` for a name that no clock has: programs without types choose it too. */
export const checkClockName = (name: string): void => {
  if (names.includes(name)) return
  const expected = 'expected "real", "auto", "manual", or a function that makes a clock'
  throw new RangeError(`clock is ${JSON.stringify(name)}: ${expected}${didYouMean(name, names)}`)
}

/** Throws a `RangeError` for a speed that no `Date` keeps up with. */
export const checkSpeed = (speed: number): void => {
  if (speed > 0 && speed <= fastest) return
  throw new RangeError(`speed is ${speed}: expected a number above 0, at most ${fastest}`)
}

/** A new clock of this name for a world. */
export const makeClock = (name: ClockName, world: string, speed = 1): WorldClock => {
  checkClockName(name)
  return name === "real" ? new RealClock({ scale: speed }) : new VirtualTime({ mode: name, name: world })
}

/**
 * Draws the delay of a request from a distribution by the world's seed, so that it is the same in every run.
 */
import { parseDuration } from "../Duration.js"
import type { Latency } from "./Plan.js"

/** Returns milliseconds. `draw` returns a number from 0 to below 1, independent for each name. */
export const delay = (latency: Latency, draw: (name: string) => number): number => {
  if (typeof latency === "string") return parseDuration(latency)
  if ("from" in latency) {
    const from = parseDuration(latency.from)
    return Math.round(from + (parseDuration(latency.to) - from) * draw("latency"))
  }
  const tail = -Math.log(1 - draw("latency"))
  if ("mean" in latency) return Math.round(parseDuration(latency.mean) * tail)
  // lognormal, by Box and Muller
  const normal = Math.sqrt(2 * tail) * Math.cos(2 * Math.PI * draw("angle"))
  return Math.round(parseDuration(latency.median) * Math.exp(latency.sigma * normal))
}

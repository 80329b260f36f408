/** Delays requests. The time of a distribution is drawn by the world's seed, so that it is the same in every run. */
import * as Type from "typebox/type"
import { parseDuration, rangeProblems, waitProblems } from "../../Duration.js"
import { duration, field, object, type Shaped } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

const from = field(duration, "Shortest time.", ["100ms"])
const to = field(duration, "Longest time; more than `from`.", ["2s"])

export const uniform = object({ from, to }, { description: "A time between two, each equally likely." })
export const exponential = object(
  { mean: field(duration, "Mean of the times.", ["800ms"]) },
  { description: "A time of an exponential distribution." }
)
export const lognormal = object(
  {
    median: field(duration, "Median of the times: half of the requests wait longer.", ["800ms"]),
    sigma: field(
      Type.Number({ minimum: 0, maximum: 5, title: "a number from 0 to 5" }),
      "Spread: standard deviation of the logarithm of the times. At 0.6, one request in twenty waits for more " +
        "than 2.7 times the median.",
      [0.6]
    )
  },
  { description: "A time of a lognormal distribution, as latencies of real servers have." }
)

const times = Type.Union([duration, uniform, exponential, lognormal], {
  title: 'a duration such as "90ms", or an object of from and to, of mean, or of median and sigma (0 to 5)'
})

export type Latency = Shaped<typeof times>

const fixed = (value: unknown) => ({ values: [value] })

const description =
  "Time that the request waits before it is handled. It may stand beside another effect. Alone, the answer is right " +
  "and late."

export const kind = faultKind(times, description, ["5s", { median: "800ms", sigma: 0.6 }], {
  weight: 2,
  isHarmless: true,
  draw: {
    any: [
      [3, "time"],
      [1, { fields: { from: fixed("0s"), to: "time" }, needs: ["from", "to"] }],
      [1, { fields: { mean: "time" }, needs: ["mean"] }],
      [
        1,
        {
          fields: { median: "time", sigma: { values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] } },
          needs: ["median", "sigma"]
        }
      ]
    ]
  },
  problems: (value, path) => {
    if (typeof value !== "object") return waitProblems(path, value)
    const { sigma: _, ...times }: Readonly<Record<string, unknown>> = value
    return [
      ...("from" in value ? rangeProblems(value, path) : []),
      ...Object.entries(times).flatMap(([key, time]) => waitProblems([...path, key], String(time)))
    ]
  }
})

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

/**
 * Delays the request by a duration, or a time of a distribution. The answer is correct, but late.
 *
 * @since 0.1.0
 * @category effects
 */
export const latency = (latency: Latency): FaultEffect => ({ latency })

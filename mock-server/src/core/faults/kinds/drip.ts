/** Sends bodies slowly. */
import { parseDuration, waitProblems } from "../../Duration.js"
import { duration, field, numberOf, object } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

export const pace = object(
  {
    bytes: field(numberOf("bytes", 1), "Size of a piece.", [100]),
    every: field(duration, "Time between two pieces.", ["1s"])
  },
  { description: "A slow body." }
)

export const kind = faultKind(pace, "The body comes in pieces.", [{ bytes: 100, every: "1s" }], {
  isHarmless: true,
  draw: { fields: { bytes: { values: [1_000, 100, 10] }, every: "time" }, needs: ["bytes", "every"] },
  problems: ({ every }, path) => waitProblems([...path, "every"], every),
  write: async ({ bytes, every }, wire) => {
    wire.head({ "content-length": wire.length })
    for await (const piece of wire.pieces) {
      for (let at = 0; at < piece.length; at += bytes) {
        await wire.wait(parseDuration(every))
        await wire.send(piece.subarray(at, at + bytes))
      }
    }
    wire.complete()
  }
})

/**
 * Sends the body in chunks of `bytes`, one every `every`.
 *
 * @since 0.1.0
 * @category effects
 */
export const drip = (bytes: number, every: string): FaultEffect => ({ drip: { bytes, every } })

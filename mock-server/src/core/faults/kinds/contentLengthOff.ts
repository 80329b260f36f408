/** Promises another length than that of the body. */
import * as Type from "typebox/type"
import { problem } from "../../Problem.js"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

const title = "a whole number of bytes other than 0"

const description =
  "Number of bytes that `Content-Length` promises beyond the body; below 0, that it leaves out. Then the connection ends."

export const kind = faultKind(Type.Integer({ title }), description, [7, -7], {
  draw: {
    any: [
      [1, { whole: [1, 2_000] }],
      [1, { whole: [-2_000, -1] }]
    ]
  },
  problems: (off, path) => (off === 0 ? [problem(path, "0", title)] : []),
  write: async (off, wire) => {
    const { length } = wire
    if (off > 0) {
      wire.head({ "content-length": length + off })
      await wire.first(length)
      return wire.end("close")
    }
    // the client ends before all bytes are sent: it does not read the rest, which must not reach another request
    wire.head({ "content-length": Math.max(0, length + off), connection: "close" })
    await wire.first(length)
    wire.hangUp()
  }
})

/**
 * Adds this many bytes to `Content-Length`; subtracts when negative.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentLengthOff = (bytes: number): FaultEffect => ({ contentLengthOff: bytes })

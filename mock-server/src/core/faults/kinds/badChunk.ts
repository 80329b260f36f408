/** Breaks the framing of a body. */
import type { FaultEffect } from "../Plan.js"
import { flag } from "./parts.js"

export const kind = flag("After half of the body, a chunk whose size is not a number.", {
  write: async (_, wire) => {
    wire.head({ "transfer-encoding": "chunked" })
    await wire.first(Math.floor(wire.length / 2))
    await wire.wait(0)
    if (!wire.isOnlyHead) wire.raw("no size\r\n")
    await wire.end("close")
  }
})

/**
 * Sends a chunk whose size is not a number.
 *
 * @since 0.1.0
 * @category effects
 */
export const badChunk: FaultEffect = { badChunk: true }

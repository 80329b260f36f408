/** Pads bodies. */
import { numberOf } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Pieces } from "./Kind.js"
import { faultKind } from "./parts.js"

const size = numberOf("bytes", 1, 67_108_864)

async function* behind(first: Buffer, pieces: Pieces): AsyncIterable<Buffer> {
  yield first
  yield* pieces
}

export const kind = faultKind(size, "Length that the body is brought to by white space before it.", [5_000_000], {
  isHarmless: true,
  draw: { whole: [1, 1_000_000] },
  edit: (size, { length, pieces }) => {
    const missing = Math.max(0, size - length)
    return { length: length + missing, pieces: behind(Buffer.alloc(missing, " "), pieces) }
  }
})

/**
 * Pads the body with leading white space to this many bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const oversize = (bytes: number): FaultEffect => ({ oversize: bytes })

/** Changes a byte of a body, which only a checksum detects. */
import { bytes } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { inverted } from "./Pieces.js"
import { faultKind } from "./parts.js"

const description = "Place of a byte of the body, from 0, that is sent inverted. Beyond the end nothing changes."

export const kind = faultKind(bytes, description, [10], {
  draw: { whole: [0, 1_000_000] },
  edit: (at, { length, pieces }) => ({ length, pieces: inverted(pieces, (offset) => offset === at) })
})

/**
 * Changes the byte at this offset of the body, from 0.
 *
 * @since 0.1.0
 * @category effects
 */
export const flip = (at: number): FaultEffect => ({ flip: at })

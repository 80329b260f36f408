/** Changes a byte of a body, which only a checksum detects. */
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { inverted } from "./Pieces.js"
import { bytes, none } from "./parts.js"

const shape = field(
  optional(bytes),
  `Place of a byte of the body, from 0, that is sent inverted. Beyond the end nothing changes. ${none}`,
  [10]
)

export const kind: Kind<number> = {
  shape,
  draw: { whole: [0, 1_000_000] },
  edit: (at, { length, pieces }) => ({ length, pieces: inverted(pieces, (offset) => offset === at) })
}

/**
 * Changes the byte at this offset of the body, from 0.
 *
 * @since 0.1.0
 * @category effects
 */
export const flip = (at: number): FaultEffect => ({ flip: at })

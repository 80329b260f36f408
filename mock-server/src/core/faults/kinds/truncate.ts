/** Shortens bodies. */
import { bytes } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { firstOf } from "./Pieces.js"
import { faultKind } from "./parts.js"

const description = "Length of the body that is sent; the head says that this is all."

export const kind = faultKind(bytes, description, [10], {
  draw: { whole: [0, 2_000] },
  edit: (most, { length, pieces }) => ({ length: Math.min(length, most), pieces: firstOf(pieces, most) })
})

/**
 * Sends only the first bytes of the body, as a complete answer.
 *
 * @since 0.1.0
 * @category effects
 */
export const truncate = (bytes: number): FaultEffect => ({ truncate: bytes })

/** Shortens bodies. */
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { firstOf } from "./Pieces.js"
import { bytes, none } from "./parts.js"

const shape = field(optional(bytes), `Length of the body that is sent; the head says that this is all. ${none}`, [10])

export const kind: Kind<number> = {
  shape,
  draw: { whole: [0, 2_000] },
  edit: (most, { length, pieces }) => ({ length: Math.min(length, most), pieces: firstOf(pieces, most) })
}

/**
 * Sends only the first bytes of the body, as a complete answer.
 *
 * @since 0.1.0
 * @category effects
 */
export const truncate = (bytes: number): FaultEffect => ({ truncate: bytes })

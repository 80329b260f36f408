/** Replaces the body of an answer. */
import { oneOf } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Pieces } from "./Kind.js"
import { inverted } from "./Pieces.js"
import { faultKind } from "./parts.js"

const comma = Buffer.from(",")

/** Inserts a comma after the first byte, which makes JSON invalid. */
async function* malformed(pieces: Pieces): AsyncIterable<Buffer> {
  let before = 0
  for await (const piece of pieces) {
    yield before === 0 ? Buffer.concat([piece.subarray(0, 1), comma, piece.subarray(1)]) : piece
    before += piece.length
  }
  if (before === 0) yield comma
}

const description =
  "Another body, in valid HTTP. `empty`: none. `malformed`: no JSON any more. `scrambled`: the same length, with other bytes."

export const kind = faultKind(oneOf("empty", "malformed", "scrambled"), description, ["malformed"], {
  weight: 2,
  draw: { values: ["empty", "malformed", "scrambled"] },
  edit: (other, { length, pieces }) => {
    if (other === "empty") return { length: 0, pieces: [] }
    if (other === "scrambled") return { length, pieces: inverted(pieces, (offset) => offset % 16 === 8) }
    return { length: length + comma.length, pieces: malformed(pieces) }
  }
})

/**
 * Replaces the body. `empty`: none. `malformed`: invalid JSON. `scrambled`: the same length, different bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const body = (kind: NonNullable<FaultEffect["body"]>): FaultEffect => ({ body: kind })

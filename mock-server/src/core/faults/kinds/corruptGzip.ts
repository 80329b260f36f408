/** Announces a compression that a body does not have. */
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { none, on } from "./parts.js"

const shape = field(optional(on), `\`Content-Encoding: gzip\` on a body that is not compressed. ${none}`, {
  examples: [true]
})

export const kind: Kind<true> = {
  shape,
  draw: { values: [true] },
  headers: () => ({ "content-encoding": "gzip" })
}

/**
 * Sends `content-encoding: gzip` with a body that is not gzip.
 *
 * @since 0.1.0
 * @category effects
 */
export const corruptGzip: FaultEffect = { corruptGzip: true }

/** Lets the store ignore `Range`. */
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { none, on } from "./parts.js"

const shape = field(optional(on), `The store ignores \`Range\`: it sends the whole package. ${none}`, {
  examples: [true]
})

export const kind: Kind<true> = {
  shape,
  isHarmless: true,
  operations: ["getPackage"],
  draw: { values: [true] },
  hides: ["range", "if-range"],
  headers: () => ({ "accept-ranges": undefined })
}

/**
 * Makes `getPackage` ignore `Range`.
 *
 * @since 0.1.0
 * @category effects
 */
export const noRange: FaultEffect = { noRange: true }

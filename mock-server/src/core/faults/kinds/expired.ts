/** Lets signed URLs expire early. */
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { none, on } from "./parts.js"

const shape = field(optional(on), `The signed URL has expired. ${none}`, { examples: [true] })

export const kind: Kind<true> = {
  shape,
  operations: ["getPackage"],
  draw: { values: [true] },
  before: () => ({ refusal: "expired" })
}

/**
 * Treats the signed URL of `getPackage` as expired.
 *
 * @since 0.1.0
 * @category effects
 */
export const expired: FaultEffect = { expired: true }

/** Lets the store ignore `Range`. */
import type { FaultEffect } from "../Plan.js"
import { flag } from "./parts.js"

export const kind = flag("The store ignores `Range`: it sends the whole package.", {
  isHarmless: true,
  operations: ["getPackage"],
  hides: ["range", "if-range"],
  headers: () => ({ "accept-ranges": undefined })
})

/**
 * Makes `getPackage` ignore `Range`.
 *
 * @since 0.1.0
 * @category effects
 */
export const noRange: FaultEffect = { noRange: true }

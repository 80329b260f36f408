/** Lets signed URLs expire early. */
import type { FaultEffect } from "../Plan.js"
import { flag } from "./parts.js"

export const kind = flag("The signed URL has expired.", {
  operations: ["getPackage"],
  before: () => ({ refusal: "expired" })
})

/**
 * Treats the signed URL of `getPackage` as expired.
 *
 * @since 0.1.0
 * @category effects
 */
export const expired: FaultEffect = { expired: true }

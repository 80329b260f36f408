/** Announces a compression that a body does not have. */
import type { FaultEffect } from "../Plan.js"
import { flag } from "./parts.js"

export const kind = flag("`Content-Encoding: gzip` on a body that is not compressed.", {
  headers: () => ({ "content-encoding": "gzip" })
})

/**
 * Sends `content-encoding: gzip` with a body that is not gzip.
 *
 * @since 0.1.0
 * @category effects
 */
export const corruptGzip: FaultEffect = { corruptGzip: true }

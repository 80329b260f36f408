/** Labels bodies with another content type. */
import * as Type from "typebox/type"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

const label = Type.String({ pattern: "^[!-~][ -~]*$", title: "a content type" })

export const kind = faultKind(label, "Content type that is sent in place of the body's.", ["text/html"], {
  isHarmless: true,
  draw: { values: ["text/html", "text/plain; charset=utf-16", "application/octet-stream", "image/png"] },
  headers: (type) => ({ "content-type": type })
})

/**
 * Replaces the content type; the body stays.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentType = (contentType: string): FaultEffect => ({ contentType })

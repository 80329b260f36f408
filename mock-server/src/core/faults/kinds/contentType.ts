/** Labels bodies with another content type. */
import * as Type from "typebox/type"
import { field, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { none } from "./parts.js"

const shape = field(
  optional(Type.String({ pattern: "^[!-~][ -~]*$", title: "a content type" })),
  `Content type that is sent in place of the body's. ${none}`,
  ["text/html"]
)

export const kind: Kind<string> = {
  shape,
  isHarmless: true,
  draw: { values: ["text/html", "text/plain; charset=utf-16", "application/octet-stream", "image/png"] },
  headers: (type) => ({ "content-type": type })
}

/**
 * Replaces the content type; the body stays.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentType = (contentType: string): FaultEffect => ({ contentType })

/** Redirects requests. */
import * as Type from "typebox/type"
import { field, object, optional } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

export const target = object(
  {
    to: field(
      Type.Union([Type.Literal("loop"), Type.String({ pattern: "^https?://[!-~]+$" })], {
        title: '"loop" or a URL of http or https'
      }),
      "Target. `loop`: the URL of the request itself.",
      ["loop", "http://elsewhere.test/"]
    ),
    status: field(
      optional(
        Type.Union([Type.Literal(301), Type.Literal(302), Type.Literal(303), Type.Literal(307), Type.Literal(308)], {
          title: "one of 301, 302, 303, 307, 308"
        }),
        302
      ),
      "HTTP status of the answer.",
      [307]
    )
  },
  { description: "A redirect in place of the API's answer." }
)

export const kind = faultKind(target, "A redirect; the request is not handled.", [{ to: "loop" }], {
  draw: {
    fields: { to: { values: ["loop", "https://elsewhere.invalid/"] }, status: { values: [301, 302, 303, 307, 308] } },
    needs: ["to"]
  },
  before: ({ status = 302, to }, { url }) => ({ status, headers: { location: to === "loop" ? url : to } })
})

/**
 * Redirects to the same URL (`"loop"`), or to another one.
 *
 * @since 0.1.0
 * @category effects
 */
export const redirect = (to: string, status: 301 | 302 | 303 | 307 | 308 = 302): FaultEffect => ({
  redirect: { to, status }
})

/** Parts that several kinds of faults share. */
import * as Type from "typebox/type"
import { field, oneOf, optional } from "../../Shape.js"

export const bytes = Type.Integer({ minimum: 0, title: "a whole number of bytes from 0" })
const on = Type.Literal(true, { title: "true" })

export const retryAfterAs = field(
  optional(oneOf("seconds", "date"), "seconds"),
  "Form of `Retry-After`: seconds from now, or a date. Both name a time on the world's clock.",
  ["date"]
)

/** The form of `Retry-After` that a simple plan does without. */
export const asDate = { values: ["date"] }

/** Formats `Retry-After` in the world's time. */
export const retryAfter = (now: number, millis: number, as: "seconds" | "date" | undefined): string =>
  as === "date" ? new Date(now + millis).toUTCString() : String(Math.ceil(millis / 1_000))

/** The end of a description. */
export const none = "Default: none."

/** A kind that is on or off. */
export const flag = (description: string) => ({
  shape: field(optional(on), `${description} ${none}`, [true]),
  draw: { values: [true] }
})

/** Parts that several kinds of faults share. */
import type * as Type from "typebox/type"
import { choice, field, optional, type Shaped, yes } from "../../Shape.js"
import type { Schema } from "../../ShapeCheck.js"
import type { Kind } from "./Kind.js"

export const retryAfterAs = choice(
  ["seconds", "date"],
  "Form of `Retry-After`: seconds from now, or a date. Both name a time on the world's clock."
)

/** The form of `Retry-After` that a simple plan does without. */
export const asDate = { values: ["date"] }

/** Formats `Retry-After` in the world's time. */
export const retryAfter = (now: number, millis: number, as: "seconds" | "date" | undefined): string =>
  as === "date" ? new Date(now + millis).toUTCString() : String(Math.ceil(millis / 1_000))

/** A kind whose values have this shape. */
export const faultKind = <S extends Type.TSchema>(
  value: S,
  description: string,
  examples: readonly [unknown, ...ReadonlyArray<unknown>],
  behaviour: Omit<Kind<Shaped<S>>, "shape">
): Kind<Shaped<S>> => ({
  shape: field(optional(value), `${description} Default: none.`, examples) as Schema, // TypeBox has its keywords
  ...behaviour
})

export const flag = (description: string, behaviour: Omit<Kind<true>, "shape" | "draw">): Kind<true> =>
  faultKind(yes, description, [true], { draw: { values: [true] }, ...behaviour })

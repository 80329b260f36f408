/** The fields of every error about a call. */
import * as Schema from "effect/Schema"
import { Attempt } from "../Attempt.js"
import { listOf } from "./schema.js"

export const call = {
  operation: Schema.String,
  method: Schema.String,
  route: Schema.String,
  /** All attempts of the call in order. This error is about the last. */
  attempts: listOf(Attempt)
}

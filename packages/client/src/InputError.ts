/**
 * The error of an input that the client does not send.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { failure, listOf } from "./internal/schema.js"

/**
 * A difference between an input and the form that an operation needs: its place, the value there, and the expected form.
 *
 * @since 0.1.0
 * @category models
 */
export interface Difference {
  readonly path: string
  readonly found: string
  readonly expected: string
}

/**
 * An input that the API would refuse or misunderstand. Nothing was sent. `path` is the location in the input, such as
 * `geometry.coordinates[0]`; `found` and `expected` describe its value. `others` are further problems of the same input.
 * Correct the call.
 *
 * @since 0.1.0
 * @category input errors
 */
export class PixxelInvalidInput extends failure<PixxelInvalidInput>()("PixxelInvalidInput", false, {
  operation: Schema.String,
  path: Schema.String,
  found: Schema.String,
  expected: Schema.String,
  others: listOf(Schema.Struct({ path: Schema.String, found: Schema.String, expected: Schema.String }))
}) {}

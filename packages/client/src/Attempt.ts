/**
 * The facts about the attempts of a call.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { maybeNumber, maybeString, Seconds } from "./internal/schema.js"

/**
 * One attempt of a call: the status of its answer, or the reason for the missing answer, or both if the connection
 * broke within the answer.
 *
 * @since 0.1.0
 * @category models
 */
export const Attempt = Schema.Struct({
  status: maybeNumber,
  reason: maybeString,
  requestId: maybeString,
  /** The delay before this attempt: zero for the first, and for a repeat with a new token. */
  delay: Seconds
})
export type Attempt = typeof Attempt.Type

/**
 * One error in the cause chain of a broken connection, as plain text without secrets.
 *
 * @since 0.1.0
 * @category models
 */
export const CauseFact = Schema.Struct({
  name: Schema.String,
  code: maybeString,
  message: Schema.String
})
export type CauseFact = typeof CauseFact.Type

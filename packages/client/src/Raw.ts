/**
 * Gives access to the JSON behind a model, including unknown keys and values that could not be decoded.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import * as internal from "./internal/raw.js"

/**
 * Returns the JSON that the object was decoded from; none for an object that does not come from a response. Works on
 * models, on nested models, and on the list that a call returned.
 *
 * **Gotchas**
 *
 * The JSON is the unchanged body: that of a download package contains the signed URL in the clear.
 *
 * @example
 * import { JobsApi, Raw } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const jobs = yield* JobsApi
 *   const job = yield* jobs.get({ workflowId, jobId })
 *   return Raw.of(job)
 * })
 *
 * @since 0.1.0
 * @category accessors
 */
export const of: (model: object) => Option.Option<unknown> = internal.of

/**
 * The JSON that a model was read from, for what the model does not show: unknown keys, and values that could not be
 * read.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import * as internal from "./internal/raw.js"

/**
 * The JSON that this object was read from; none for one that was not read from a response. It works on models, on
 * the models inside of them, and on the list that a call answered.
 *
 * **Gotchas**
 *
 * It is the body as it came: that of a download package has the signed URL in the clear.
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

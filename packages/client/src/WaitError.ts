/**
 * The error of a wait that took too long.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { JobId, WorkflowId } from "./Ids.js"
import { constant, error, maybeNumber, maybeString, Seconds } from "./internal/schema.js"

/**
 * The total deadline passed before the job had ended, or before its download package was ready. The job continues: wait
 * again with the same ids. `lastStatus` and `lastProgress` are those of the last successful poll; `polls` is the number
 * of successful polls.
 *
 * @example
 * import { JobsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const waited = Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId, timeout: "2 hours" })).pipe(
 *   Effect.catchTag("WaitTimeout", ({ jobId, message }) => Effect.logWarning(`${jobId} is not done yet: ${message}`))
 * )
 *
 * @since 0.1.0
 * @category job errors
 */
export class WaitTimeout extends error(
  Schema.TaggedError<WaitTimeout>("PixxelWaitTimeout")("WaitTimeout", {
    workflowId: WorkflowId,
    jobId: JobId,
    waitingFor: Schema.Literal("job", "download"),
    lastStatus: maybeString,
    /** From 0 to 100. */
    lastProgress: maybeNumber,
    polls: Schema.Number,
    timeout: Seconds,
    message: Schema.String,
    isRetryable: constant(false)
  })
) {}

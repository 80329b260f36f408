/**
 * The error of a wait that took too long.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { failure, maybeNumber, maybeString, Seconds } from "./internal/schema.js"
import { Subject } from "./Subject.js"

/**
 * The total deadline passed before the subject had ended, or before its download package was ready. The work continues:
 * wait again with the same ids. `lastStatus` and `lastProgress` are those of the last successful poll; `polls` is the number
 * of successful polls.
 *
 * @example
 * import { JobsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const waited = Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId, timeout: "2 hours" })).pipe(
 *   Effect.catchTag("WaitTimeout", ({ subject, message }) => Effect.logWarning(`${subject.jobId} is not done yet: ${message}`))
 * )
 *
 * @since 0.1.0
 * @category wait errors
 */
export class WaitTimeout<S extends Subject = Subject> extends failure<WaitTimeout>()("WaitTimeout", false, {
  subject: Subject,
  /** The end of the subject's work, or its download package. */
  waitingFor: Schema.Literal("end", "download"),
  lastStatus: maybeString,
  /** From 0 to 100. */
  lastProgress: maybeNumber,
  polls: Schema.Number,
  timeout: Seconds
}) {
  declare readonly subject: S
}

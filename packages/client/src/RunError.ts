/**
 * The error of a run that lost its subject.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { HttpError } from "./HttpError.js"
import { failure } from "./internal/schema.js"
import { Subject } from "./Subject.js"

/**
 * A run created its subject, which exists (a job is billed), and then could not follow it. `failure` is the error. Never
 * repeat the run for this: continue with `wait` or `download` and the ids given here.
 *
 * @since 0.1.0
 * @category run errors
 */
export class RunIncomplete<S extends Subject = Subject> extends failure<RunIncomplete>()("RunIncomplete", false, {
  subject: Subject,
  phase: Schema.Literal("wait", "download"),
  failure: HttpError
}) {
  declare readonly subject: S
}

/**
 * The error of a create of a unique name whose outcome is unknown.
 *
 * @since 0.1.0
 */
import { HttpError } from "./HttpError.js"
import { failure } from "./internal/schema.js"
import { Subject } from "./Subject.js"

/**
 * A create of a thing with a unique name, such as a store, was sent, and its outcome is unknown: a list did not show the
 * thing, or failed. `target` names it, and `failure` is the error of the last create. Look for the name before you
 * create it again.
 *
 * @since 0.1.0
 * @category create errors
 */
export class CreateUnconfirmed extends failure<CreateUnconfirmed>()("CreateUnconfirmed", false, {
  target: Subject,
  failure: HttpError
}) {}

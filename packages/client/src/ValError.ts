/**
 * Errors in the wiring of a workflow, which workflows and their jobs show.
 *
 * @since 0.1.0
 */
import { text } from "./internal/field.js"
import { model } from "./internal/model.js"

/**
 * A validation error in the wiring of a workflow, between two of its components.
 *
 * @since 0.1.0
 * @category models
 */
export class ValError extends model<ValError>("ValError")({
  /** The source component. */
  from: text("from"),
  /** The target component. */
  to: text("to"),
  /** The error message. */
  err: text("err"),
  /** The reason of the error. */
  reason: text("reason"),
  /** The name of the component. */
  componentName: text("component_name")
}) {}

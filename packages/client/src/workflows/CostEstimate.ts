/**
 * The estimated cost of a workflow.
 *
 * @since 0.1.0
 */
import { number } from "../internal/field.js"
import { model } from "../internal/model.js"

/**
 * The estimated cost of one run of a workflow.
 *
 * @since 0.1.0
 * @category models
 */
export class CostEstimate extends model<CostEstimate>("CostEstimate")({
  /**
   * The cost in tokens. None if the server's number is missing or unreadable: treat none as "do not run" when spending
   * depends on it.
   */
  estimatedCost: number("estimated_cost")
}) {}

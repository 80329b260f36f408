/**
 * An insight is one run of a block on an AOI, outside of any workflow.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AoiId } from "../Ids.js"
import { dataTypes } from "../internal/dataTypes.js"
import { id, labels, minutes, need, number, percent, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { type Outcome, outcomeOf } from "../Status.js"

/**
 * The id of an insight.
 *
 * @since 0.1.0
 * @category ids
 */
export const InsightId = Schema.NonEmptyString.pipe(Schema.brand("InsightId"))
export type InsightId = typeof InsightId.Type

/**
 * An insight, as a list shows it: the API gets no single one (documented by absence). Only the id is guaranteed, and the
 * answer of a create has nothing else.
 *
 * @since 0.1.0
 * @category models
 */
export class Insight extends model<Insight>("Insight")({
  /** The id of the insight. */
  id: need(InsightId, "id"),
  /** The AOI that the block runs on. */
  aoiId: id(AoiId, "aoi_id"),
  /** The name. */
  name: text("name"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["created", "inprogress", "running", "completed", "failed"], "status"),
  /** The progress from 0 to 100. */
  progress: percent("progress"),
  /** The cost in tokens. */
  cost: number("cost"),
  /** The predicted duration. */
  estimatedDuration: minutes("estimated_time_in_min"),
  /** The message of a failure. */
  errMsg: text("err_msg"),
  /** The inputs of the block. */
  inputs: dataTypes("input"),
  /** The results of the block, once it has succeeded. */
  outputs: dataTypes("output"),
  /** The texts that the create gave to the insight. A block may replace them while it runs (inferred). */
  metadata: labels("metadata"),
  /** The id of the user who created the insight. */
  createdBy: text("created_by"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the deletion, if a list shows deleted insights (inferred). */
  deletedAt: time("deleted_at")
}) {
  /** The outcome of the status word. A deleted insight will bring no result, so it has failed unless it succeeded. */
  get outcome(): Outcome {
    const outcome = outcomeOf(this.status)
    return outcome === "pending" && Option.isSome(this.deletedAt) ? "failed" : outcome
  }
}

/**
 * The answer to a create or an estimate, which share a path: an insight that was created has an id (documented with 201),
 * and one that was only estimated has an estimate (documented with 200).
 *
 * @since 0.1.0
 * @category models
 */
export class InsightAnswer extends model<InsightAnswer>("InsightAnswer")({
  /** The id of the created insight. */
  id: id(InsightId, "id"),
  /** The server's words about a created insight. */
  message: text("message"),
  /** The estimated cost in tokens. */
  estimate: number("estimate")
}) {}

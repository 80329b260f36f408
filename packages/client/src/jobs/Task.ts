/**
 * A task is one block at work inside a job. Tasks appear only within a job; the API has no call that lists them.
 *
 * @since 0.1.0
 */
import { TaskId } from "../Ids.js"
import { duration, json, need, percent, ref, seconds, text, texts, textsOrMap, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { type Outcome, outcomeOf } from "../Status.js"

/**
 * The block that a task runs.
 *
 * @since 0.1.0
 * @category models
 */
export class BlockInfo extends model<BlockInfo>("BlockInfo")({
  /** The id of the block. */
  id: text("id"),
  /** The name of the block, as `cropclassification`. */
  name: text("name"),
  /** The semantic version of the block, as `1.0.0`. */
  version: text("version")
}) {}

/**
 * A task of a job. The encoded form is JSON with the same names, times in ISO 8601, durations in seconds, and without
 * absent values. JSON values (`inputs`, `result`, `infoLogs`) are unchanged to a depth of 100 levels, like the `spec` of
 * a `Job`.
 *
 * @since 0.1.0
 * @category models
 */
export class Task extends model<Task>("Task")({
  /** The id of the task. */
  id: need(TaskId, "id"),
  /** The name of the task, unique within its job (inferred). */
  name: text("name"),
  /** The names, not the ids, of the tasks that must end first (documented). */
  dependsOn: texts("depends_on"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["created", "inprogress", "completed", "failed"], "status"),
  /** More about the status. */
  stateMsg: text("state_msg"),
  /** The progress from 0 to 100. A failed task may show 100 (inferred). */
  progress: percent("progress"),
  /** The predicted duration. */
  estimatedTimeDuration: seconds("estimated_time_duration"),
  /** The actual duration; none if `timeTakenText` cannot be parsed. */
  timeTaken: duration("time_taken"),
  /** The actual duration, as the server wrote it. */
  timeTakenText: text("time_taken"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The time of the end. */
  finishedAt: time("finished_at"),
  /** The time at which the request for the task was received. */
  recvTime: time("recv_time"),
  /** The time at which the task was sent for execution. */
  sendTime: time("send_time"),
  /** The start of the block's inference. */
  blockInfStartTime: time("block_inf_start_time"),
  /** The end of the block's inference. */
  blockInfEndTime: time("block_inf_end_time"),
  /** The block that the task runs. */
  blockInfo: ref(BlockInfo, "block_info"),
  /** The inputs, any JSON. The documentation's `integer[]` is an artefact of its generator (inferred). */
  inputs: json("inputs"),
  /** The result, any JSON like `inputs`. */
  result: json("result"),
  /** Debugging information, any JSON like `inputs`. */
  infoLogs: json("info_logs"),
  /** Warnings about the result. */
  disclaimer: textsOrMap("disclaimer"),
  /** The error message. May be missing although the task failed (inferred). */
  errMsg: text("err_msg"),
  /** The category of the error, as `bad_request` or `runtime_exception` (inferred). */
  failureType: text("failure_type")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

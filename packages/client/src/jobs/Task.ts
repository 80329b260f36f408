/**
 * A task is one block at work inside a job. Tasks appear only within a job; the API has no call that lists them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { TaskId } from "../Ids.js"
import {
  listOf,
  maybe,
  maybeInstant,
  maybeJson,
  maybeNumber,
  maybeSeconds,
  maybeString,
  model
} from "../internal/schema.js"
import { type Outcome, outcomeOf } from "../Status.js"

/**
 * The block that a task runs.
 *
 * @since 0.1.0
 * @category models
 */
export class BlockInfo extends model(
  Schema.Class<BlockInfo>("PixxelBlockInfo")({
    id: maybeString,
    name: maybeString,
    version: maybeString
  })
) {}

/**
 * A task of a job. The encoded form is JSON with the same names, times in ISO 8601, durations in seconds, and without
 * absent values.
 *
 * - `progress` is a number from 0 to 100. A failed task may show 100 (inferred).
 * - `dependsOn` holds the names, not the ids, of the tasks that must end first (documented).
 * - `timeTakenText` is the duration as the server wrote it; `timeTaken` is none if that text cannot be parsed.
 * - `inputs`, `result` and `infoLogs` are any JSON, unchanged to a depth of 100 levels, like the `spec` of a `Job`. The
 *   documentation's `integer[]` is an artefact of its generator (inferred).
 * - `errMsg` may be missing although the task failed (inferred).
 *
 * @since 0.1.0
 * @category models
 */
export class Task extends model(
  Schema.Class<Task>("PixxelTask")({
    id: TaskId,
    name: maybeString,
    dependsOn: listOf(Schema.String),
    status: maybeString,
    stateMsg: maybeString,
    progress: maybeNumber,
    estimatedTimeDuration: maybeSeconds,
    timeTaken: maybeSeconds,
    timeTakenText: maybeString,
    createdAt: maybeInstant,
    updatedAt: maybeInstant,
    finishedAt: maybeInstant,
    recvTime: maybeInstant,
    sendTime: maybeInstant,
    blockInfStartTime: maybeInstant,
    blockInfEndTime: maybeInstant,
    blockInfo: maybe(BlockInfo),
    inputs: maybeJson,
    result: maybeJson,
    infoLogs: maybeJson,
    disclaimer: listOf(Schema.String),
    errMsg: maybeString,
    failureType: maybeString
  })
) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }
}

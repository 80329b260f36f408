/**
 * The errors about insights.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { HttpError } from "../HttpError.js"
import { failure, maybeString } from "../internal/schema.js"
import type { WaitTimeout } from "../WaitError.js"
import { InsightSubject } from "./Subject.js"

/**
 * The block of an insight failed, or the insight was deleted before its end. `errMsg` is the reason that the server
 * gives. Whether a failed insight is billed is not documented.
 *
 * @since 0.1.0
 * @category insight errors
 */
export class InsightFailed extends failure<InsightFailed>()("InsightFailed", false, {
  subject: InsightSubject,
  status: Schema.String,
  errMsg: maybeString
}) {}

/**
 * The errors of `InsightsApi.wait`. `PixxelNotFound`: three lists in a row lacked the insight.
 *
 * @since 0.1.0
 * @category unions
 */
export type InsightWaitError = HttpError | InsightFailed | WaitTimeout<InsightSubject>

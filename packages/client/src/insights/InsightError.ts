/**
 * The errors about insights.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CreateError } from "../CreateError.js"
import { CreateIntent } from "../CreateIntent.js"
import type { DownloadError } from "../DownloadError.js"
import type { HttpError, NotCreated } from "../HttpError.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { call } from "../internal/callFields.js"
import { failure, maybeNumber, maybeString } from "../internal/schema.js"
import type { RunIncomplete } from "../RunError.js"
import type { WaitTimeout } from "../WaitError.js"
import { InsightId } from "./Insight.js"
import { InsightSubject, InsightTarget } from "./Subject.js"

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
 * An estimate was answered like a create: **the insight runs and is billed.** An estimate and a create share a path and
 * differ by a flag, which the server ignored. The client never repeats it: `wait` for the insight.
 *
 * @since 0.1.0
 * @category insight errors
 */
export class EstimateCreated extends failure<EstimateCreated>()("EstimateCreated", false, {
  target: InsightTarget,
  insightId: InsightId,
  /** The server's words about the insight. */
  serverMessage: maybeString
}) {}

/**
 * An estimate was sent, or may have been sent, and its answer was lost. An insight runs and is billed if the server
 * ignored the flag of the estimate, so the client never repeats it. `intent` is the record of the request, which carried
 * a mark: `InsightsApi.resolve` finds an insight by it. Without one, estimate again.
 *
 * @since 0.1.0
 * @category insight errors
 */
export class EstimateUnknown extends failure<EstimateUnknown>()("EstimateUnknown", false, {
  ...call,
  target: InsightTarget,
  status: maybeNumber,
  reason: Schema.String,
  intent: CreateIntent
}) {}

/**
 * A create was answered like an estimate: nothing was started, and nothing is billed (documented: a create is answered
 * 201, an estimate 200).
 *
 * @since 0.1.0
 * @category insight errors
 */
export class NotStarted extends failure<NotStarted>()("NotStarted", false, {
  target: InsightTarget,
  /** The estimated cost in tokens. */
  estimate: maybeNumber
}) {}

/**
 * The errors of `InsightsApi.estimate`: a certain refusal, a request that never left, or an estimate that may have run.
 *
 * @since 0.1.0
 * @category unions
 */
export type EstimateError = PixxelInvalidInput | NotCreated | EstimateCreated | EstimateUnknown

/**
 * The errors of `InsightsApi.create`: those of every create that costs money, and those of insights. With `maxCost`, the
 * errors of the estimate too.
 *
 * @since 0.1.0
 * @category unions
 */
export type InsightCreateError =
  | CreateError<InsightTarget>
  | PixxelInvalidInput
  | NotStarted
  | EstimateCreated
  | EstimateUnknown

/**
 * The errors of `InsightsApi.wait`. `PixxelNotFound`: three lists in a row lacked the insight.
 *
 * @since 0.1.0
 * @category unions
 */
export type InsightWaitError = HttpError | InsightFailed | WaitTimeout<InsightSubject>

/**
 * The errors of `InsightsApi.run`. After the create, none of them is retryable.
 *
 * @since 0.1.0
 * @category unions
 */
export type InsightRunError =
  | InsightCreateError
  | InsightFailed
  | WaitTimeout<InsightSubject>
  | DownloadError<InsightSubject>
  | RunIncomplete<InsightSubject>

/**
 * Runs blocks on AOIs, and follows them to their end.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { HttpError } from "../HttpError.js"
import type { AoiId } from "../Ids.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type * as Waiter from "../Waiter.js"
import type { Insight, InsightId } from "./Insight.js"
import type { InsightWaitError } from "./InsightError.js"
import * as internal from "./internal/insightsApi.js"

/**
 * The insight operations of the API.
 *
 * @example
 * import { AoiId, InsightId, InsightsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const insights = yield* InsightsApi
 *   const insight = yield* insights.wait({ aoiId: AoiId.make("aoi-1"), insightId: InsightId.make("insight-1") })
 *   return insight.outputs
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class InsightsApi extends Context.Tag("@effect-pixxel/client/InsightsApi")<InsightsApi, InsightsApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<InsightsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * The types of `InsightsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace InsightsApi {
  /** An AOI. */
  export interface AoiRef {
    readonly aoiId: AoiId
  }

  /** An insight. The API needs its AOI too (documented). */
  export interface InsightRef extends AoiRef {
    readonly insightId: InsightId
  }

  /** The filters of a list. The exact meaning of `createdOn` (that day, or since) is not documented. */
  export interface ListInput extends AoiRef {
    readonly id?: InsightId | undefined
    /** The server's status word, such as `running`. */
    readonly status?: string | undefined
    /** The id of a user. */
    readonly createdBy?: string | undefined
    readonly createdOn?: DateTime.DateTime | undefined
  }

  /** The insight to watch, and the intervals. */
  export interface WatchInput extends InsightRef, Waiter.Options {}

  /** The options of a wait. Default deadline: 24 hours. */
  export interface WaitOptions extends Waiter.WaitOptions<Insight> {}

  /** The insight to wait for, and the options of the wait. */
  export interface WaitInput extends InsightRef, WaitOptions {}

  /** The insight operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /** Lists the insights of an AOI in one answer: the API has no pages here (documented by absence). */
    readonly list: (input: ListInput) => Effect.Effect<ReadonlyArray<Insight>, HttpError>
    /** Reads an insight, by its list: no operation gets a single one. `PixxelNotFound`: the list lacks it. */
    readonly get: (input: InsightRef) => Effect.Effect<Insight, HttpError>
    /**
     * Emits the current insight, and then the insight after each change of its status or progress. The stream ends after
     * the insight has ended, successfully or not. No deadline.
     */
    readonly watch: (input: WatchInput) => Stream.Stream<Insight, HttpError>
    /**
     * Polls until the insight has succeeded. A failed or deleted insight is `InsightFailed`. One list serves all waits
     * for insights of an AOI (see `Waiter`). A list may lack an insight for a moment (inferred), so only the third list
     * in a row without it is `PixxelNotFound`. An interruption stops the wait immediately and logs the id of the
     * insight, which continues.
     */
    readonly wait: (input: WaitInput) => Effect.Effect<Insight, InsightWaitError>
  }
}

/**
 * Runs blocks on AOIs, and follows them to their end.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import type { DataType } from "../DataType.js"
import type * as Download from "../Download.js"
import type { HttpError } from "../HttpError.js"
import type { AoiId, ProjectId } from "../Ids.js"
import type { PixxelInvalidInput } from "../InputError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type * as Waiter from "../Waiter.js"
import type { Insight, InsightId } from "./Insight.js"
import type { EstimateError, InsightCreateError, InsightRunError, InsightWaitError } from "./InsightError.js"
import type { InsightPackage } from "./InsightPackage.js"
import type * as InsightRunAll from "./InsightRunAll.js"
import * as internal from "./internal/insightsApi.js"
import { source } from "./internal/source.js"
import type { InsightSelection, InsightSubject, InsightTarget } from "./Subject.js"

/**
 * The insight operations of the API.
 *
 * @example
 * import { AoiId, type Asset, BlocksApi, DataTypes, InsightsApi, ProjectId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * declare const asset: Asset
 *
 * const program = Effect.gen(function* () {
 *   const blocks = yield* BlocksApi
 *   const insights = yield* InsightsApi
 *   const aoiId = AoiId.make("aoi-1")
 *   const block = { name: "cropclassification", version: "1.0.0" }
 *   const { inputs: template } = yield* blocks.get(block)
 *   const inputs = yield* DataTypes.fill(
 *     template,
 *     { input_image: asset, start_date: "2025-06-01", end_date: "2025-06-30" },
 *     { aoiId }
 *   )
 *   const { id } = yield* insights.create({
 *     aoiId,
 *     projectId: ProjectId.make("my-project"),
 *     block,
 *     inputs,
 *     maxCost: 100
 *   })
 *   return yield* insights.wait({ aoiId, insightId: id, timeout: "2 hours" })
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class InsightsApi extends Context.Tag("@effect-pixxel/client/InsightsApi")<InsightsApi, InsightsApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<InsightsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)

  /**
   * The package of an insight, or of a selection of its inputs and outputs, for `Download`. Its format is not documented;
   * probably it is a ZIP (inferred).
   *
   * @example
   * import { Download, type Insight, InsightsApi } from "@effect-pixxel/client"
   *
   * declare const aoiId: InsightsApi.AoiRef["aoiId"]
   * declare const insight: Insight
   *
   * const source = InsightsApi.source({ aoiId, insightId: insight.id, outputs: ["result"] })
   * const program = Download.toFile({ source, path: "result.zip" })
   * // over NodeContext.layer for the files, and NodeHashing.layer for the checksums
   */
  static readonly source: (ref: InsightsApi.PackageRef) => Download.Source<InsightSubject | InsightSelection> = source
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

  /** A block, by its name and version. */
  export interface Block {
    readonly name: string
    readonly version: string
    /** The id of the block. Default: none; the API requires only the version (documented). */
    readonly id?: string | undefined
  }

  /** The AOI, the project to bill, and the block to run, with its inputs. */
  export interface EstimateInput extends AoiRef {
    /** The project that the insight is billed to. The API requires it only to delete the insight (documented). */
    readonly projectId: ProjectId
    readonly block: Block
    /** The inputs of the block: its templates, as `DataTypes.fill` fills and checks them. */
    readonly inputs: ReadonlyArray<DataType>
    /** The name of the insight. Default: the name of the block, and the mark of the create. */
    readonly name?: string | undefined
    /** Texts that the list shows. The client adds its mark, as `effect-pixxel`. Default: none. */
    readonly metadata?: Readonly<Record<string, string>> | undefined
  }

  /** The insight to create, and the safety of the create. */
  export interface CreateInput extends EstimateInput {
    /**
     * How to handle a lost answer, after which an insight may or may not exist. `"marked"` (default) looks for the mark
     * of the request in the list. `"never"` sends no mark, and makes no list.
     */
    readonly adopt?: "marked" | "never" | undefined
    /**
     * The time by which a list may lag behind a create. The client searches that long before it decides. Default: 30
     * seconds. The API documents no figure.
     */
    readonly grace?: Duration.DurationInput | undefined
    /**
     * The highest accepted estimate in tokens, at least 0. The client estimates first. Above the limit, or without a
     * readable cost, the create fails with `CostLimitExceeded` and starts nothing. An invalid number is a defect.
     */
    readonly maxCost?: number | undefined
    /**
     * Runs with an insight whose id arrives after the interruption of the caller. The interruption waits for it. Without
     * it, only a warning in the log has the id.
     */
    readonly onOrphan?: ((insight: Insight) => Effect.Effect<void>) | undefined
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

  /** The data of an insight. Whether its parts have names or ids is not documented. */
  export interface PackageRef extends InsightRef {
    /** The inputs to download. Default: all (documented). */
    readonly inputs?: ReadonlyArray<string> | undefined
    /** The outputs to download. Default: all (documented). */
    readonly outputs?: ReadonlyArray<string> | undefined
  }

  /** The ended insight and its download package, which is ready. */
  export interface RunResult {
    readonly insight: Insight
    readonly download: InsightPackage
  }

  /** The options shared by all runs of a batch. */
  export interface RunAllOptions<E = never>
    extends Pick<CreateInput, "adopt" | "grace" | "maxCost">,
      Omit<WaitOptions, "createdAt"> {
    /**
     * The events of earlier runs of this batch, in order. The batch skips inputs that have ended, waits for inputs with
     * an insight, and searches for the insights of creates without an outcome.
     */
    readonly seen?: Iterable<InsightRunAll.Event> | undefined
    /**
     * Runs before the request of a create leaves, and delays it: append the event, which has the mark of the request, to
     * a ledger, and succeed when the event is on the disk. Without `keep`, a killed batch may pay twice. If `keep` fails,
     * the request is not sent, the batch takes no further input, and the stream fails with that error after the runs in
     * progress have ended.
     */
    readonly keep?: ((event: InsightRunAll.Intended) => Effect.Effect<void, E>) | undefined
    /**
     * Runs with the outcome of a create that arrives after the stream was stopped, as the event that the stream can no
     * longer emit. Store it with the other events.
     */
    readonly onOrphan?: ((event: InsightRunAll.Created | InsightRunAll.Failed) => Effect.Effect<void>) | undefined
    /** The number of concurrent insights, from the create to the package: a whole number, at least 1. */
    readonly concurrency: number
  }

  /** The insight operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /**
     * Estimates the cost in tokens; none if the answer has no readable cost. Free, and never repeated after it may have
     * arrived: an estimate and a create are one operation that differs by a flag, and a server that ignores the flag
     * starts the insight. If the answer says so, the error is `EstimateCreated`, which has the id of the insight; if the
     * answer was lost, it is `EstimateUnknown`. An interruption waits for the answer, and logs these errors.
     */
    readonly estimate: (input: EstimateInput) => Effect.Effect<Option.Option<number>, EstimateError>
    /**
     * Starts an insight. **It costs money**, and the API has no idempotency key. The client repeats the request only if
     * the request never left, was refused by the rate limit (429), or was refused with a token that has since been
     * replaced. The answer has only the id; `get` shows the rest.
     *
     * When the answer is lost, an insight may or may not exist. The request carried a mark, in the metadata and, unless
     * the caller gave a name, in the name. So the client lists the insights of the AOI until one has the mark or the
     * `grace` period has passed, and never takes another insight for its own. Otherwise the create fails with
     * `CreateOutcomeUnknown`, which is not retryable: search again with `resolve`. Its `candidates` are the insights
     * without a mark that have this name, if the caller gave one, and were created in the window of the create by the
     * local clock. An answer that has no insight, only an estimate, is `NotStarted`.
     *
     * After sending, an interruption waits for the create. See `onOrphan`.
     *
     * **Gotchas**
     *
     * - That a list shows the metadata and the name of a create is documented. A block may replace the metadata while it
     *   runs (inferred), so give no `name` if a lost answer must be found then.
     * - A wrong input fails after the money is spent: `DataTypes.fill` checks the inputs against the block before.
     */
    readonly create: (input: CreateInput) => Effect.Effect<Insight, InsightCreateError>
    /**
     * Searches again for the insight of a create or an estimate whose outcome is unknown, from the error or from its
     * record (`CreateIntent`), in another process too. Never creates an insight. Returns the insight with the mark of the
     * record; otherwise fails with `CreateOutcomeUnknown` and the current candidates.
     */
    readonly resolve: (
      target: CreateOutcomeUnknown | CreateIntent
    ) => Effect.Effect<Insight, CreateOutcomeUnknown<InsightTarget> | HttpError>
    /** Lists the insights of an AOI in one answer: the API has no pages here (documented by absence). */
    readonly list: (input: ListInput) => Effect.Effect<ReadonlyArray<Insight>, HttpError | PixxelInvalidInput>
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
    /** Requests the download package of an insight, once. Repeat until the package is ready. */
    readonly download: (input: PackageRef) => Effect.Effect<InsightPackage, HttpError | PixxelInvalidInput>
    /**
     * Creates an insight, waits for it, and polls its download package until it is ready. **It costs money.** One
     * deadline covers all steps after the create. Every error after the create names the insight and is not retryable.
     */
    readonly run: (input: CreateInput & WaitOptions) => Effect.Effect<RunResult, InsightRunError>
    /**
     * Runs many insights. Each input emits `Created` as soon as its insight has an id, then `Succeeded` or `Failed`. **It
     * costs money.** A failure stops only its own input. With `keep` and `seen`, no input is paid twice, even if the
     * process is killed: see `InsightRunAll` for how to resume a batch. The inputs of the stream are pulled when
     * `concurrency` leaves room for them.
     */
    readonly runAll: <E, R, E2 = never>(
      inputs: Stream.Stream<InsightRunAll.Input, E, R>,
      options: RunAllOptions<E2>
    ) => Stream.Stream<InsightRunAll.Update, E | E2, R>
    /**
     * Deletes an insight and its results, which are paid. If an answer is lost, the client repeats the call, and an
     * insight that no longer exists counts as deleted.
     */
    readonly delete: (input: InsightRef & { readonly projectId: ProjectId }) => Effect.Effect<void, HttpError>
  }
}

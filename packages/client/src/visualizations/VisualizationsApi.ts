/**
 * Creates visualizations, the images of an index over an AOI, and waits for them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { AssetId } from "../assets/Asset.js"
import type { AoiId, IndexId, VisualizationId } from "../Ids.js"
import { all, page, service } from "../internal/service.js"
import type * as Waiter from "../Waiter.js"
import * as endpoints from "./internal/endpoints.js"
import * as internal from "./internal/visualizationsApi.js"
import type { VisualizationSummary } from "./Visualization.js"
import type { VisualizationWaitError } from "./VisualizationError.js"

/**
 * The visualization operations of the API.
 *
 * @example
 * import { AoiId, IndexId, VisualizationsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const visualizations = yield* VisualizationsApi
 *   const aoiId = AoiId.make("aoi-1")
 *   const indexId = IndexId.make("index-ndvi")
 *   const { id: visualizationId } = yield* visualizations.create({ aoiId, indexId })
 *   yield* visualizations.wait({ aoiId, visualizationId, timeout: "10 minutes" })
 *   const dates = yield* visualizations.dates({ aoiId, visualizationId })
 *   return yield* Effect.forEach(dates, (date) =>
 *     visualizations.png({ aoiId, visualizationId, indexId, date, mode: "dynamic" })
 *   )
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class VisualizationsApi extends service<VisualizationsApi>()(
  "VisualizationsApi",
  Effect.map(internal.make, ({ create, waits }) => ({
    /** Lists one page of the visualizations of an AOI: 10 without a `limit` (documented). */
    list: page(endpoints.listVisualizations),
    /** Streams the visualizations of all pages from `offset` on, each once. Fetches pages of `limit` on demand. */
    listAll: all(endpoints.listVisualizations),
    /**
     * Creates a visualization. The server then makes its images: `wait` for the end.
     *
     * No page of the documentation names a price. The client never repeats the request blindly: after a lost answer or
     * a 409 it looks for visualizations of this index that were not there before. It adopts a single one, and fails with
     * `CreateUnconfirmed` if there are several, since a list does not show their assets.
     */
    create: () => create,
    /**
     * Waits until a visualization has ended, by its list: no operation gets a single one. A partial success is a success
     * with `isPartial`; a failure is `VisualizationFailed`. `PixxelNotFound`: the list lacks it.
     */
    wait:
      () =>
      (input: VisualizationsApi.WaitInput): Effect.Effect<VisualizationSummary, VisualizationWaitError> =>
        waits.wait(input),
    /**
     * Finds the days of the images of a visualization that has ended, in order, each once: those of its assets that have
     * not failed. Each is a `date` of `png`. Reads all pages of the assets of the AOI.
     */
    dates: internal.dates,
    /**
     * Draws the image of a day as PNG. `date` is a day of `dates`, such as `2025-06-14`, or a key of a legend, such as
     * `2025_06_14`; `indexId` is the index of the visualization, which the API requires. A custom index has only the mode
     * `dynamic` (inferred). Drawing takes its time: a longer `attemptTimeout` may be needed (see `RetryPolicy`).
     */
    png: internal.png,
    /**
     * Makes the styles of images, for a map server: at least one of `dates`, as for `png`, and of `modes`. The styles of a
     * mode that the visualization lacks are missing (inferred).
     */
    sld: internal.sld,
    /**
     * Sets the legends of some days in one mode, and answers those of all days and modes. The days are those of `png`.
     * Further images have the new colours.
     */
    setLegend: internal.setLegend,
    /**
     * Computes the legends of some days in one mode again: the legends that were set are lost. Answers the visualization with its
     * legends, which no other operation shows later than the create.
     */
    resetLegend: internal.resetLegend
  }))
) {}

/**
 * The types of `VisualizationsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace VisualizationsApi {
  /** A visualization, by its AOI and its id. */
  export interface VisualizationRef {
    readonly aoiId: AoiId
    readonly visualizationId: VisualizationId
  }

  /** A visualization to create. */
  export interface CreateInput {
    readonly aoiId: AoiId
    readonly indexId: IndexId
    /** The assets of the AOI to show, each once. Default: not documented, probably all of them (inferred). */
    readonly assetIds?: ReadonlyArray<AssetId> | undefined
    /** The size of a pixel, probably in metres (inferred). */
    readonly resolution?: number | undefined
  }

  /** A colour of a theoretical legend, and its values: above those of the item before. */
  export interface TheoreticalItem {
    /** The colour, such as `#1a9850`. */
    readonly color: string
    readonly label: string
    readonly min: number
    readonly max: number
  }

  /** A colour of a dynamic legend, whose values the server finds if they are missing or null (documented). */
  export interface DynamicItem extends Pick<TheoreticalItem, "color" | "label"> {
    readonly min?: number | null | undefined
    readonly max?: number | null | undefined
  }

  /** The legends to set by day, such as `2025-06-14`. Only a dynamic legend has `bins`, from 1 to 15. */
  export type SetLegendInput = VisualizationRef &
    (
      | {
          readonly mode: "theoretical"
          readonly legend: Readonly<Record<string, ReadonlyArray<TheoreticalItem>>>
          readonly bins?: never
        }
      | {
          readonly mode: "dynamic"
          readonly legend: Readonly<Record<string, ReadonlyArray<DynamicItem>>>
          readonly bins: number
        }
    )

  /** The visualization to wait for, and the options of the wait. Default deadline: 24 hours. */
  export interface WaitInput extends VisualizationRef, Omit<Waiter.WaitOptions<VisualizationSummary>, "coalesce"> {}
}

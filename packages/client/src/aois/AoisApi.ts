/**
 * Creates AOIs, reads them, and waits until their images are prepared.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Geometry from "../Geometry.js"
import type { AoiId, ProjectId, SatelliteId } from "../Ids.js"
import { all, page, service } from "../internal/service.js"
import type * as Waiter from "../Waiter.js"
import type { Aoi } from "./Aoi.js"
import type { AoiWaitError } from "./AoiError.js"
import * as internal from "./internal/aoisApi.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The AOI operations of the API.
 *
 * @example
 * import { AoisApi, ProjectId, SatelliteId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const aois = yield* AoisApi
 *   const aoi = yield* aois.createAndWait({
 *     name: "North field",
 *     description: "Wheat, 2025.",
 *     satelliteId: SatelliteId.make("sat-firefly-1"),
 *     provider: "pixxel",
 *     projectId: ProjectId.make("my-project"),
 *     geometry: { type: "Polygon", coordinates: [[[79, 21], [79.1, 21], [79.1, 21.1], [79, 21]]] },
 *     itemIds: ["FF01_000321_20250614_L2A_20250616_00501135"],
 *     timeout: "1 hour"
 *   })
 *   if (aoi.isPartial) yield* Effect.logWarning("Some images are missing.")
 *   return aoi
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class AoisApi extends service<AoisApi>()(
  "AoisApi",
  Effect.map(internal.make, ({ create, createAndWait, waits }) => ({
    /**
     * Lists one page of AOIs: 10 without a `limit` (documented). A server may answer an empty list with `PixxelNotFound`
     * (inferred from its description).
     */
    list: page(endpoints.listAois),
    /** Streams the AOIs of all pages from `offset` on, each AOI once. Fetches pages of `limit` on demand. */
    listAll: all(endpoints.listAois),
    /**
     * Creates an AOI. The server then prepares its images: `wait` for the end.
     *
     * No page of the documentation names a price. The client never repeats the request blindly: after a lost answer or
     * a 409 it looks for the AOI by its name, and adopts it only if it is new and has the same project, satellite,
     * description and geometry. An AOI that was there before is never adopted.
     */
    create: () => create,
    /**
     * Creates an AOI, and waits until it has ended. `onChange` gets the new AOI first. If it can no longer be followed,
     * the error is `RunIncomplete`, whose `subject` has the id: continue with `wait`.
     */
    createAndWait: () => createAndWait,
    /** Reads an AOI. */
    get: () => waits.get,
    /** Streams the states of an AOI, the first one immediately, then after each change until its end. */
    watch: () => (input: AoisApi.WatchInput) => waits.watch(input),
    /** Waits until an AOI has ended. A partial success is a success with `isPartial`; a failure is `AoiFailed`. */
    wait:
      () =>
      (input: AoisApi.WaitInput): Effect.Effect<Aoi, AoiWaitError> =>
        waits.wait(input)
  }))
) {}

/**
 * The types of `AoisApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace AoisApi {
  /** An AOI, by its id. */
  export interface AoiRef {
    readonly aoiId: AoiId
  }

  /** An AOI to create. */
  export interface CreateInput {
    /** The name, which no other AOI has (documented). */
    readonly name: string
    readonly description: string
    readonly satelliteId: SatelliteId
    /** The provider of the images: `pixxel`, `planetary` or another. */
    readonly provider: string
    readonly projectId: ProjectId
    /** The area: one polygon (documented: see `Geometry.Input`), checked as by `Geometry.parse`. */
    readonly geometry: Geometry.Input
    /** The ids of the images, as a search for this satellite shows them. */
    readonly itemIds: ReadonlyArray<string>
  }

  /** The options of a wait. Default deadline: 24 hours. */
  export interface WaitOptions extends Omit<Waiter.WaitOptions<Aoi>, "coalesce"> {}

  /** The AOI to wait for, and the options of the wait. */
  export interface WaitInput extends AoiRef, WaitOptions {}

  /** The AOI to watch, and the intervals. */
  export interface WatchInput extends AoiRef, Omit<Waiter.Options, "coalesce"> {}
}

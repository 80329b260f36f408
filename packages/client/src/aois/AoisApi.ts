/**
 * Creates AOIs, reads them, and waits until their images are prepared.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type * as Geometry from "../Geometry.js"
import type { HttpError } from "../HttpError.js"
import type { AoiId, ProjectId, SatelliteId } from "../Ids.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type * as Waiter from "../Waiter.js"
import type { Aoi, AoiPage } from "./Aoi.js"
import type { AoiCreateError, AoiWaitError } from "./AoiError.js"
import * as internal from "./internal/aoisApi.js"

/**
 * The AOI operations of the API.
 *
 * @example
 * import { AoisApi, ProjectId, SatelliteId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const aois = yield* AoisApi
 *   const { id } = yield* aois.create({
 *     name: "North field",
 *     description: "Wheat, 2025.",
 *     satelliteId: SatelliteId.make("sat-firefly-1"),
 *     provider: "pixxel",
 *     projectId: ProjectId.make("my-project"),
 *     geometry: { type: "Polygon", coordinates: [[[79, 21], [79.1, 21], [79.1, 21.1], [79, 21]]] },
 *     itemIds: ["FF01_000321_20250614_L2A_20250616_00501135"]
 *   })
 *   const aoi = yield* aois.wait({ aoiId: id, timeout: "1 hour" })
 *   if (aoi.isPartial) yield* Effect.logWarning("Some images are missing.")
 *   return aoi
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class AoisApi extends Context.Tag("@effect-pixxel/client/AoisApi")<AoisApi, AoisApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<AoisApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

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

  /** The filters and the page of a list. `offset` counts from 0; `limit` defaults to 10 (documented). */
  export interface ListInput {
    readonly projectIds?: ReadonlyArray<ProjectId> | undefined
    readonly id?: AoiId | undefined
    readonly name?: string | undefined
    readonly createdAt?: DateTime.DateTime | undefined
    readonly updatedAt?: DateTime.DateTime | undefined
    readonly offset?: number | undefined
    readonly limit?: number | undefined
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
    /** The area: a polygon, as the API accepts no other geometry (documented). See `Geometry.parse` for its checks. */
    readonly geometry: Geometry.Input
    /** The ids of the images, as a search for this satellite shows them. */
    readonly itemIds: ReadonlyArray<string>
  }

  /** The AOI to wait for, and the options of the wait. Default deadline: 24 hours. */
  export interface WaitInput extends AoiRef, Omit<Waiter.WaitOptions<Aoi>, "coalesce"> {}

  /** The AOI to watch, and the intervals. */
  export interface WatchInput extends AoiRef, Omit<Waiter.Options, "coalesce"> {}

  /** The AOI operations. */
  export interface Service {
    /** Lists one page of AOIs. A server may answer an empty list with `PixxelNotFound` (inferred from its description). */
    readonly list: (input?: ListInput) => Effect.Effect<AoiPage, HttpError>
    /** Streams the AOIs of all pages from `offset` on, each AOI once. Fetches pages on demand. */
    readonly listAll: (input?: ListInput) => Stream.Stream<Aoi, HttpError>
    /**
     * Creates an AOI. The server then prepares its images: `wait` for the end.
     *
     * No page of the documentation names a price. The client never repeats the request blindly: after a lost answer it
     * looks for the AOI by its name, and adopts it only if it is new and has the same project, satellite, description
     * and geometry. An AOI that was there before is never adopted.
     */
    readonly create: (input: CreateInput) => Effect.Effect<Aoi, AoiCreateError>
    /** Reads an AOI. */
    readonly get: (input: AoiRef) => Effect.Effect<Aoi, HttpError>
    /** Streams the states of an AOI, the first one immediately, then after each change until its end. */
    readonly watch: (input: WatchInput) => Stream.Stream<Aoi, HttpError>
    /** Waits until an AOI has ended. A partial success is a success with `isPartial`; a failure is `AoiFailed`. */
    readonly wait: (input: WaitInput) => Effect.Effect<Aoi, AoiWaitError>
  }
}

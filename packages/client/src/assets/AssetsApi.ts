/**
 * Downloads assets of AOIs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Download from "../Download.js"
import type { HttpError } from "../HttpError.js"
import type { AoiId } from "../Ids.js"
import type { PixxelInvalidInput } from "../InputError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type { AssetDownload, AssetDownloadId, AssetId, AssetsSubject } from "./Asset.js"
import * as internal from "./internal/assetsApi.js"

/**
 * The operations of assets. `AssetsApi.source` gives their package to `Download.toFile`, which requests a download,
 * waits until it has succeeded, and requests another when its URL is refused.
 *
 * @example
 * import { AoiId, AssetId, AssetsApi, Download } from "@effect-pixxel/client"
 *
 * const program = Download.toFile({
 *   source: AssetsApi.source({ aoiId: AoiId.make("aoi-1"), assetIds: [AssetId.make("asset-1")] }),
 *   path: "field.zip"
 * })
 * // over NodeContext.layer for the files, and NodeHashing.layer for the checksums
 *
 * @since 0.1.0
 * @category services
 */
export class AssetsApi extends Context.Tag("@effect-pixxel/client/AssetsApi")<AssetsApi, AssetsApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<AssetsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)

  /** The package of assets, for `Download`. Its format is not documented; probably it is a ZIP (inferred). */
  static readonly source: (assets: AssetsApi.AssetsRef) => Download.Source<AssetsSubject> = internal.packageOf
}

/**
 * The types of `AssetsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace AssetsApi {
  /** Assets of one AOI: at least one. */
  export interface AssetsRef {
    readonly aoiId: AoiId
    readonly assetIds: ReadonlyArray<AssetId>
  }

  /** The operations of assets. Their errors are documented in `PixxelError`. */
  export interface Service {
    /**
     * Requests a download of assets. A repeat after a lost answer requests another one, which costs nothing (inferred:
     * no page names a price).
     */
    readonly requestDownload: (input: AssetsRef) => Effect.Effect<AssetDownload, PixxelInvalidInput | HttpError>
    /** Reads the state of a requested download. */
    readonly getDownload: (input: {
      readonly aoiId: AoiId
      readonly downloadId: AssetDownloadId
    }) => Effect.Effect<AssetDownload, HttpError>
  }
}

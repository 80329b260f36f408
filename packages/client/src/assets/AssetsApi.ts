/**
 * Lists and downloads the assets of AOIs.
 *
 * @since 0.1.0
 */
import type * as Download from "../Download.js"
import type { AoiId } from "../Ids.js"
import { badIds } from "../internal/invalid.js"
import { all, checked, one, page, service } from "../internal/service.js"
import type { AssetId } from "./Asset.js"
import type { AssetDownloadId } from "./AssetDownload.js"
import * as endpoints from "./internal/endpoints.js"
import { packageOf } from "./internal/source.js"
import type { AssetsSubject } from "./Subject.js"

/**
 * The operations of assets. `AssetsApi.source` gives their package to `Download.toFile`, which requests a download,
 * waits until it has succeeded, and requests another when its URL is refused.
 *
 * @example
 * import { AoiId, AssetsApi, Download } from "@effect-pixxel/client"
 * import * as Chunk from "effect/Chunk"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function* () {
 *   const aoiId = AoiId.make("aoi-1")
 *   const assets = yield* AssetsApi
 *   const mosaics = assets.listAll({ aoiId }).pipe(
 *     Stream.filter(({ outcome, type }) => outcome === "succeeded" && Option.contains(type, "mosaic")),
 *     Stream.map(({ id }) => id)
 *   )
 *   const assetIds = Chunk.toReadonlyArray(yield* Stream.runCollect(mosaics))
 *   return yield* Download.toFile({ source: AssetsApi.source({ aoiId, assetIds }), path: "field.zip" })
 * })
 * // over NodeContext.layer for the files, and NodeHashing.layer for the checksums
 *
 * @since 0.1.0
 * @category services
 */
export class AssetsApi extends service<AssetsApi>()("AssetsApi", {
  /** Lists one page of the assets of an AOI: 10 without a `limit` (documented). There are none until it has ended. */
  list: page(endpoints.listAssets),
  /** Streams the assets of all pages from `offset` on, each asset once. Fetches pages of `limit` on demand. */
  listAll: all(endpoints.listAssets),
  /**
   * Requests a download of assets. A repeat after a lost answer requests another one, which costs nothing (inferred: no
   * page names a price).
   */
  requestDownload: checked(endpoints.createDownload, ({ assetIds }) => badIds({ assetIds })),
  /** Reads the state of a requested download. */
  getDownload: one(endpoints.getDownload)
}) {
  /** The package of assets, for `Download`. Its format is not documented; probably it is a ZIP (inferred). */
  static readonly source: (assets: AssetsApi.AssetsRef) => Download.Source<AssetsSubject> = packageOf
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

  /** A requested download, by its id. */
  export interface DownloadRef {
    readonly aoiId: AoiId
    readonly downloadId: AssetDownloadId
  }
}

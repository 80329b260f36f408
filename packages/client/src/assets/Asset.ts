/**
 * The assets of AOIs: files of images, which are downloaded together.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AoiId } from "../Ids.js"
import {
  id,
  many,
  need,
  number,
  numbers,
  object,
  percent,
  ref,
  secret,
  text,
  texts,
  time,
  url,
  word
} from "../internal/field.js"
import { model } from "../internal/model.js"
import { tagged } from "../internal/tagged.js"
import { vocabulary } from "../internal/vocabulary.js"
import { Pagination } from "../Pagination.js"
import { type Outcome, outcomeOf } from "../Status.js"

/**
 * The id of an asset.
 *
 * @since 0.1.0
 * @category ids
 */
export const AssetId = Schema.NonEmptyString.pipe(Schema.brand("AssetId"))
export type AssetId = typeof AssetId.Type

/**
 * The id of a download of assets.
 *
 * @since 0.1.0
 * @category ids
 */
export const AssetDownloadId = Schema.NonEmptyString.pipe(Schema.brand("AssetDownloadId"))
export type AssetDownloadId = typeof AssetDownloadId.Type

/**
 * An asset: one image of an AOI, a mosaic of the images of a day, or a picture of them by an index. Only the id is
 * guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class Asset extends model<Asset>("Asset")({
  /** The id of the asset. */
  id: need(AssetId, "id"),
  /** The AOI that it belongs to. */
  aoiId: id(AoiId, "aoi_id"),
  /** The name. */
  name: text("name"),
  /** The description. */
  description: text("description"),
  /** The kind: `mosaic`, `stac_item` (one image) or `visualization`. */
  type: word(["mosaic", "stac_item", "visualization"], "asset_type"),
  /** The server's status word, unchanged. `outcome` classifies it: only a success can be downloaded. */
  status: word(["success", "failed", "started", "creating"], "status"),
  /** The progress from 0 to 100. */
  progress: percent("progress"),
  /** The day of the images, at its beginning in UTC. */
  date: time("date"),
  /** The visualization that it is a picture of. */
  visualizationId: text("visualization_id"),
  /**
   * The place of the file in a cloud. Whether it gives access is not documented, so the encoded form is the text
   * `<redacted>`: to get the file, request a download.
   */
  path: secret("path"),
  /** The names of the bands. */
  bands: texts("band_list"),
  /** The size of a pixel, probably in metres (inferred). */
  resolution: number("resolution"),
  /** The area on the ground, GeoJSON. */
  geometry: object("geometry"),
  /** The size of the area in square metres. */
  squareMetres: number("area_in_sq_m"),
  /** Longitude and latitude of the centre. */
  centroid: numbers("centroid"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return vocabulary.outcomeOf(this.status)
  }
}

/**
 * One page of a list of assets.
 *
 * @since 0.1.0
 * @category models
 */
export class AssetPage extends model<AssetPage>("AssetPage")({
  /** The assets of the page. */
  assets: many(Asset, "assets"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

/**
 * The state of a requested download: it can be fetched once it has a signed URL.
 *
 * @since 0.1.0
 * @category models
 */
export class AssetDownload extends model<AssetDownload>("AssetDownload")({
  /** The id of the download. */
  id: need(AssetDownloadId, "download_id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["created", "in_progress", "SUCCESS", "failed"], "status"),
  /**
   * Gives access to the package without a token for a limited time, so the encoded form is the text `<redacted>`. Fetch
   * it with a plain client, never with the API token: the URL belongs to another host.
   */
  signedUrl: url("signed_url")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }

  /** Whether the package can be fetched: it is a success with a signed URL. */
  get isReady(): boolean {
    return Option.isSome(this.signedUrl) && this.outcome === "succeeded"
  }
}

/**
 * Assets of an AOI, as the errors of their download name them: `assetIds` are the ids with commas between them.
 *
 * @since 0.1.0
 * @category models
 */
export const AssetsSubject = tagged("Assets", { aoiId: AoiId, assetIds: Schema.String })
export type AssetsSubject = typeof AssetsSubject.Type

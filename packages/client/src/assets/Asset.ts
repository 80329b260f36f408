/**
 * The assets of AOIs: files of images, which are downloaded together.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AoiId, VisualizationId } from "../Ids.js"
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
  word
} from "../internal/field.js"
import { model } from "../internal/model.js"
import { vocabulary } from "../internal/vocabulary.js"
import { Pagination } from "../Pagination.js"
import type { Outcome } from "../Status.js"

/**
 * The id of an asset.
 *
 * @since 0.1.0
 * @category ids
 */
export const AssetId = Schema.NonEmptyString.pipe(Schema.brand("AssetId"))
export type AssetId = typeof AssetId.Type

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
  visualizationId: id(VisualizationId, "visualization_id"),
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

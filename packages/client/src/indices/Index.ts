/**
 * An index turns the bands of a satellite into one image, such as NDVI: a preset of the platform, or one of your own.
 *
 * @since 0.1.0
 */
import { IndexId, SatelliteId } from "../Ids.js"
import { id, many, need, numbers, ref, text, texts, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"

/**
 * An index. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class Index extends model<Index>("Index")({
  /** The id of the index. */
  id: need(IndexId, "id"),
  /** The name, which no other index has. */
  name: text("name"),
  /** The description. */
  description: text("description"),
  /** Whether it is a `preset` of the platform or a `custom` one. */
  type: word(["custom", "preset"], "type"),
  /** The formula over the bands, such as `(B8 - B4) / (B8 + B4)`. */
  expression: text("expression"),
  /** The kind of image: `index`, `composite` or `grayscale`. */
  expressionType: word(["index", "composite", "grayscale"], "expression_type"),
  /** The name of the colours. */
  colormap: text("colormap"),
  /** The values of the first and the last colour. */
  rescale: numbers("rescale"),
  /** The bands in the formula. */
  bands: texts("bands"),
  /** The satellite of the bands. */
  satelliteId: id(SatelliteId, "satellite_id", "lens_satellite_id"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at")
}) {}

/**
 * One page of a list of indices.
 *
 * @since 0.1.0
 * @category models
 */
export class IndexPage extends model<IndexPage>("IndexPage")({
  /** The indices of the page. */
  indices: many(Index, "indices"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

/**
 * A visualization shows the values of an index over an AOI: one image for each day.
 *
 * @since 0.1.0
 */
import { Asset } from "../assets/Asset.js"
import { AoiId, IndexId, VisualizationId } from "../Ids.js"
import { id, labelMaps, many, map, need, number, numbers, percent, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { vocabulary } from "../internal/vocabulary.js"
import { Pagination } from "../Pagination.js"
import type { Outcome } from "../Status.js"

/**
 * The mode of a legend: `theoretical` covers all values that the index can have, `dynamic` those of the image.
 *
 * @since 0.1.0
 * @category models
 */
export type Mode = "dynamic" | "theoretical"

const summary = {
  /** The id of the visualization. */
  id: need(VisualizationId, "id"),
  /** The id of the AOI. */
  aoiId: id(AoiId, "aoi_id"),
  /** The id of the index. */
  indexId: id(IndexId, "index_id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["creating", "success", "failed", "partial_success"], "status"),
  /** The progress from 0 to 100. */
  progress: percent("progress"),
  /** The id of the user who created the visualization. */
  userId: text("user_id"),
  /** The id of the tenant. */
  tenantId: text("tenant_id"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at")
}

/**
 * A visualization, as a list shows it: without its legend. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class VisualizationSummary extends model<VisualizationSummary>("VisualizationSummary")(summary) {
  /** The outcome of the status word; `partial_success` is a success. */
  get outcome(): Outcome {
    return vocabulary.outcomeOf(this.status)
  }

  /** Whether a success left something out. */
  get isPartial(): boolean {
    return vocabulary.isPartial(this.status)
  }
}

/**
 * A colour of a legend, and the values that it stands for.
 *
 * @since 0.1.0
 * @category models
 */
export class LegendItem extends model<LegendItem>("LegendItem")({
  /** The colour, such as `#1a9850`. */
  color: text("color"),
  /** The text beside the colour. */
  label: text("label"),
  /** The smallest value; none in a dynamic legend without values (documented). */
  min: number("min"),
  /** The largest value; none in a dynamic legend without values (documented). */
  max: number("max"),
  /** The area of these values; its unit is not documented. */
  area: number("area"),
  /** The share of these values in the area, from 0 to 100. */
  areaPercentage: percent("area_percentage")
}) {}

/**
 * The legends of one day: `theoretical` over all values that the index can have, `dynamic` over those of the image.
 * The legend of a mode that a visualization lacks is empty.
 *
 * @since 0.1.0
 * @category models
 */
export class Legends extends model<Legends>("Legends")({
  /** The colours of the mode `dynamic`. */
  dynamic: many(LegendItem, "dynamic"),
  /** The colours of the mode `theoretical`. */
  theoretical: many(LegendItem, "theoretical")
}) {}

/**
 * The legends of a visualization.
 *
 * @since 0.1.0
 * @category models
 */
export class VisualizationMetadata extends model<VisualizationMetadata>("VisualizationMetadata")({
  /** The legends by the days of their images, such as `2025_06_14`. */
  legend: map(Legends, "legend")
}) {}

/**
 * A visualization with its legends. Only the id is guaranteed, and all that a list does not show is missing after a
 * create whose answer was lost.
 *
 * @since 0.1.0
 * @category models
 */
export class Visualization extends model<Visualization>("Visualization")({
  ...summary,
  /** The name of the index. */
  indexName: text("index_name"),
  /** The kind of the index: `custom`. */
  type: word(["custom"], "type"),
  /** The formula of the index. */
  expression: text("expression"),
  /** The kind of the images: `index`, `composite` or `grayscale`. */
  expressionType: word(["index", "composite", "grayscale"], "expression_type"),
  /** The values of the first and the last colour. */
  rescale: numbers("rescale"),
  /** Its images: of a new visualization, those that the server will make. `VisualizationsApi.dates` has their days. */
  assets: many(Asset, "assets"),
  /** The legends: of a new visualization, those that exist already. */
  metadata: ref(VisualizationMetadata, "metadata")
}) {}

/**
 * One page of a list of visualizations.
 *
 * @since 0.1.0
 * @category models
 */
export class VisualizationPage extends model<VisualizationPage>("VisualizationPage")({
  /** The visualizations of the page. */
  visualizations: many(VisualizationSummary, "visualization"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

/**
 * The styles of the images of a visualization, for a map server.
 *
 * @since 0.1.0
 * @category models
 */
export class VisualizationStyles extends model<VisualizationStyles>("VisualizationStyles")({
  /** The Styled Layer Descriptors, XML: by mode, then by day, such as `2025_06_14`. A mode may be missing. */
  sld: labelMaps("sld")
}) {}

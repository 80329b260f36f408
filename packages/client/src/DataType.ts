/**
 * The values that blocks take and give: images, shapes, tables, days, numbers and texts. One form serves for the inputs of
 * a block, for those of a task or an insight, and for their results (documented).
 *
 * A template, as a block has it, has no value yet: `DataTypes.fill` fills it.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { boolean, json, labels, number, object, ref, tag, text, time, word } from "./internal/field.js"
import { model } from "./internal/model.js"
import { unionOf } from "./internal/schema.js"
import * as wire from "./internal/wire.js"

/**
 * The asset, or the insight, that a raster comes from.
 *
 * @since 0.1.0
 * @category models
 */
export class AssetSource extends model<AssetSource>("AssetSource")({
  /** The id of the asset. */
  id: text("id"),
  /** The kind of asset. The documentation shows `raw_mosaic`, where an asset itself has `mosaic`. */
  type: text("type"),
  /** The name of a layer of the asset. */
  layerName: text("layer_name")
}) {}

const described = {
  /** The name, by which a block knows the value. */
  name: text("name"),
  /** The name for people. */
  displayName: text("display_name"),
  /** The description. */
  description: text("description"),
  /** The server's word for the kind, unchanged. `_tag` classifies it. */
  format: word(["raster", "vector", "tabular", "date", "number", "string"], "format"),
  /** How to read the value on the wire: `url`, `string`, `number`, or another word. */
  type: text("type"),
  /** The group of values that it belongs to. */
  group: text("group"),
  /** The version of this form, such as `v2`. */
  version: text("version"),
  /** Whether the value is a file. */
  isArtifact: boolean("is_artifact"),
  /** The size of an area. The unit is not documented. */
  area: number("area"),
  /** Texts by name, such as the name of the block that made it. */
  metadata: labels("metadata"),
  /** The rules for the value in a template, such as `min_value`, by their names on the wire. */
  validation: object("validation"),
  /** More about the value, by the names on the wire. They depend on the kind. */
  properties: object("properties")
}

const file = {
  /** The URL of the file, such as `s3://bucket/result.tif` for a result. */
  value: text("value"),
  /** The URL of a file that serves without a value. */
  default: text("default"),
  /** The URL of an item of the STAC catalogue, instead of a value, for an image of an AOI (documented). */
  stacUrl: text("stac_url"),
  /** The asset that it comes from. */
  assetSource: ref(AssetSource, "asset_source")
}

/**
 * An image: a GeoTIFF by its URL, or an item of the STAC catalogue.
 *
 * @since 0.1.0
 * @category models
 */
export class RasterData extends model<RasterData>("RasterData")({
  /** The kind of data. */
  _tag: tag("Raster", "format"),
  ...described,
  ...file
}) {
  /** The names of its bands; in a template, of those that the block needs. */
  get bands(): ReadonlyArray<string> {
    return Option.getOrElse(wire.property(this, "bands", wire.texts), () => [])
  }

  /** The collection of its satellite, such as `sentinel-2-l2a`. */
  get collection(): Option.Option<string> {
    return wire.property(this, "collection", wire.text)
  }

  /** The day of the image, at its beginning in UTC. */
  get date(): Option.Option<DateTime.Utc> {
    return wire.property(this, "date", wire.time)
  }
}

/**
 * Shapes: a file by its URL, or a geometry in the properties.
 *
 * @since 0.1.0
 * @category models
 */
export class VectorData extends model<VectorData>("VectorData")({
  /** The kind of data. */
  _tag: tag("Vector", "format"),
  ...described,
  ...file
}) {
  /** The geometry, GeoJSON. */
  get geometry(): Option.Option<unknown> {
    return wire.property(this, "geometry", wire.object)
  }
}

/**
 * A table: a file by its URL.
 *
 * @since 0.1.0
 * @category models
 */
export class TabularData extends model<TabularData>("TabularData")({
  /** The kind of data. */
  _tag: tag("Tabular", "format"),
  ...described,
  ...file
}) {
  /** The kind of file, such as `csv`. */
  get fileType(): Option.Option<string> {
    return wire.property(this, "file_type", wire.text)
  }
}

/**
 * A day, or a point in time.
 *
 * @since 0.1.0
 * @category models
 */
export class DateData extends model<DateData>("DateData")({
  /** The kind of data. */
  _tag: tag("Date", "format"),
  ...described,
  /** The day at its beginning in UTC, or the time. */
  value: time("value"),
  /** The day or the time that serves without a value. */
  default: time("default")
}) {
  /** Whether the day is that of the AOI's images. */
  get isFromAoi(): boolean {
    return Option.contains(wire.property(this, "from_aoi", wire.boolean), true)
  }
}

/**
 * A number. The wire format has it as a text (documented).
 *
 * @since 0.1.0
 * @category models
 */
export class NumberData extends model<NumberData>("NumberData")({
  /** The kind of data. */
  _tag: tag("Number", "format"),
  ...described,
  /** The number. */
  value: number("value"),
  /** The number that serves without a value. */
  default: number("default")
}) {}

/**
 * A text.
 *
 * @since 0.1.0
 * @category models
 */
export class TextData extends model<TextData>("TextData")({
  /** The kind of data. */
  _tag: tag("Text", "format"),
  ...described,
  /** The text. */
  value: text("value"),
  /** The text that serves without a value. */
  default: text("default")
}) {}

/**
 * Data of a format that this client does not know, or without one. Its value is any JSON.
 *
 * @since 0.1.0
 * @category models
 */
export class OtherData extends model<OtherData>("OtherData")({
  /** The kind of data. */
  _tag: tag("Other", "format"),
  ...described,
  /** The value, any JSON. */
  value: json("value"),
  /** The value that serves without one, any JSON. */
  default: json("default")
}) {}

/**
 * A value that a block takes or gives, or its template. The union is open: data of an unknown format is `OtherData`.
 *
 * @since 0.1.0
 * @category models
 */
export const DataType = unionOf(
  "PixxelDataType",
  RasterData,
  VectorData,
  TabularData,
  DateData,
  NumberData,
  TextData,
  OtherData
)
export type DataType = typeof DataType.Type

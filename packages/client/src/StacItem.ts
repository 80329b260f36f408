/**
 * An image in the form of a STAC item, as the search of images, the archive and the catalog answer it.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { BBox, Feature, GeoJsonProperties, Geometry } from "geojson"
import { many, need, numbersOrTexts, object, text, texts } from "./internal/field.js"
import { model } from "./internal/model.js"
import * as wire from "./internal/wire.js"

/**
 * The id of an item: an image.
 *
 * @since 0.1.0
 * @category ids
 */
export const StacItemId = Schema.NonEmptyString.pipe(Schema.brand("StacItemId"))
export type StacItemId = typeof StacItemId.Type

/**
 * A link of an item.
 *
 * @since 0.1.0
 * @category models
 */
export class StacLink extends model<StacLink>("StacLink")({
  /** The URL of the target. */
  href: text("href"),
  /** The relation to the target, such as `self`. */
  rel: text("rel"),
  /** The media type of the target. */
  type: text("type"),
  /** The title of the target. */
  title: text("title")
}) {}

const geometries = new Set<unknown>([
  "Point",
  "MultiPoint",
  "LineString",
  "MultiLineString",
  "Polygon",
  "MultiPolygon",
  "GeometryCollection"
])

const isGeometry = (value: unknown): value is Geometry => wire.isObject(value) && geometries.has(value["type"])

/** Two or three coordinates for each of two corners. */
const isBox = (values: ReadonlyArray<number>): boolean => values.length === 4 || values.length === 6

/**
 * An item. Only the id is guaranteed. `properties` has all properties as they are; `datetime`, `clouds`, `gsd` and
 * `platform` read those that most programs use.
 *
 * @since 0.1.0
 * @category models
 */
export class StacItem extends model<StacItem>("StacItem")({
  /** The id of the item: an AOI is created of such ids. */
  id: need(StacItemId, "id"),
  /** The type of GeoJSON: `Feature`. */
  type: text("type"),
  /** The id of the collection. */
  collection: text("collection"),
  /** The version of STAC. */
  stacVersion: text("stac_version"),
  /** The URLs of the extensions of STAC in use. */
  stacExtensions: texts("stac_extensions"),
  /** The bounds in degrees: west, south, east and north. */
  bbox: numbersOrTexts("bbox"),
  /** The outline of the image on the ground, GeoJSON. */
  geometry: object("geometry"),
  /** The properties by their names in STAC, such as `eo:cloud_cover`. */
  properties: object("properties"),
  /** The files of the image by their names, in the form of STAC. */
  assets: object("assets"),
  /** The links. */
  links: many(StacLink, "links")
}) {
  /** The time of the image. */
  get datetime(): Option.Option<DateTime.Utc> {
    return wire.property(this, "datetime", wire.time)
  }

  /** The share of clouds in percent: `eo:cloud_cover`. */
  get clouds(): Option.Option<number> {
    return wire.property(this, "eo:cloud_cover", wire.number)
  }

  /** The size of a pixel on the ground in metres. */
  get gsd(): Option.Option<number> {
    return wire.property(this, "gsd", wire.number)
  }

  /** The name of the satellite. */
  get platform(): Option.Option<string> {
    return wire.property(this, "platform", wire.text)
  }

  /** The item as a feature for maps: with `null` for a geometry that is missing or unknown to GeoJSON. */
  toGeoJson(): Feature<Geometry | null, GeoJsonProperties> {
    return {
      type: "Feature",
      id: this.id,
      ...(isBox(this.bbox) ? { bbox: [...this.bbox] as BBox } : {}), // of four or six numbers
      geometry: Option.getOrNull(Option.filter(this.geometry, isGeometry)),
      properties: Option.match(this.properties, { onNone: () => null, onSome: (all) => ({ ...Object(all) }) })
    }
  }
}

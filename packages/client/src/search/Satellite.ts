/**
 * A satellite whose images can be searched, with its bands and its collections.
 *
 * @since 0.1.0
 */
import { CollectionId, SatelliteId } from "../Ids.js"
import { labels, many, need, number, numbers, text, texts } from "../internal/field.js"
import { model } from "../internal/model.js"
import type { SearchApi } from "./SearchApi.js"

/**
 * A band of a satellite.
 *
 * @since 0.1.0
 * @category models
 */
export class SatelliteBand extends model<SatelliteBand>("SatelliteBand")({
  /** The name in the expressions of indices, such as `B4`. */
  name: text("name"),
  /** The wavelength: its unit is not documented. */
  wavelength: number("wavelength"),
  /** The size of a pixel on the ground: metres (inferred). */
  resolution: number("spatial_resolution"),
  /** The factor from a stored value to a physical one. */
  scale: number("scale"),
  /** The amount added after `scale`. */
  offset: number("offset")
}) {}

/**
 * A collection of a satellite's images.
 *
 * @since 0.1.0
 * @category models
 */
export class SatelliteCollection extends model<SatelliteCollection>("SatelliteCollection")({
  /** The id of the collection. */
  id: need(CollectionId, "id"),
  /** The name of the collection. */
  name: text("name"),
  /** The provider of the images, such as `pixxel`. */
  provider: text("provider"),
  /** The properties that the filters of a search may use, such as `eo:cloud_cover`. */
  queryables: texts("queryables"),
  /** The values of the first and the last colour. */
  rescale: numbers("rescale")
}) {}

/**
 * A satellite. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class Satellite extends model<Satellite>("Satellite")({
  /** The id of the satellite. */
  id: need(SatelliteId, "id"),
  /** The name of the satellite. */
  name: text("name"),
  /** The bands. */
  bands: many(SatelliteBand, "bands"),
  /** The collections of its images. A search names one of them. */
  collections: many(SatelliteCollection, "collections"),
  /** The names of the bands that are `red`, `green` and `blue` in an image of natural colours. */
  rgbComposite: labels("rgb_composite")
}) {
  /** Its collections, as a search names them. */
  get sources(): ReadonlyArray<SearchApi.Source> {
    return this.collections.map(({ id, queryables }) => ({ satelliteId: this.id, collectionId: id, queryables }))
  }
}

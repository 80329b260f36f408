/**
 * The collections of the archive.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { CollectionId } from "../Ids.js"
import { json, many, need, text, texts, time } from "../internal/field.js"
import { model } from "../internal/model.js"
import * as wire from "../internal/wire.js"
import { StacLink } from "../StacItem.js"
import type * as StacSearch from "../StacSearch.js"

/**
 * An organisation behind a collection.
 *
 * @since 0.1.0
 * @category models
 */
export class CollectionProvider extends model<CollectionProvider>("CollectionProvider")({
  /** The name of the organisation. */
  name: text("name"),
  /** Its description. */
  description: text("description"),
  /** Its roles, such as `producer`. */
  roles: texts("roles"),
  /** Its page. */
  url: text("url")
}) {}

const listAt = (extent: Option.Option<unknown>, kind: string, list: string): ReadonlyArray<unknown> => {
  const found: unknown = Object(Object(Option.getOrUndefined(extent))[kind])[list]
  return Array.isArray(found) ? found : []
}

const timeOf = (value: unknown): DateTime.Utc | undefined =>
  wire.isAbsent(value) ? undefined : Option.getOrUndefined(wire.time(value, "", []))

/**
 * A collection of the archive. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class Collection extends model<Collection>("Collection")({
  /** The id of the collection. */
  id: need(CollectionId, "id"),
  /** The title. */
  title: text("title"),
  /** The description. */
  description: text("description"),
  /** The type of STAC: `Collection`. */
  type: text("type"),
  /** The version of STAC. */
  stacVersion: text("stac_version"),
  /** The URLs of the extensions of STAC in use. */
  stacExtensions: texts("stac_extensions"),
  /** The license of the images. */
  license: text("license"),
  /** The organisations behind the images. */
  providers: many(CollectionProvider, "providers"),
  /** The bounds in space and time, in the form of STAC. `boxes` and `intervals` read them. */
  extent: json("extent"),
  /** Summaries of the images' properties: any JSON. */
  summaries: json("summaries"),
  /** The links. */
  links: many(StacLink, "links"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at")
}) {
  /** The bounds of the images in degrees, the first around all of them. */
  get boxes(): ReadonlyArray<StacSearch.Box> {
    return listAt(this.extent, "spatial", "bbox").flatMap((value) => {
      const corners = Option.getOrElse(wire.numbers(value, "", []), () => [])
      // a box of six numbers has heights
      const [west, south, east, north] = corners.length === 6 ? corners.filter((_, at) => at % 3 !== 2) : corners
      if (west === undefined || south === undefined || east === undefined || north === undefined) return []
      return [[west, south, east, north] as const]
    })
  }

  /** The times of the images, the first around all of them. An end may be missing: the collection grows. */
  get intervals(): ReadonlyArray<StacSearch.Interval> {
    return listAt(this.extent, "temporal", "interval").flatMap((value) =>
      Array.isArray(value) ? [{ start: timeOf(value[0]), end: timeOf(value[1]) }] : []
    )
  }
}

/**
 * Pages of the archive.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { many, text } from "../internal/field.js"
import { model } from "../internal/model.js"
import { StacItem, StacLink } from "../StacItem.js"

/**
 * One page of images. It has no total: more may follow a page that is as long as its limit, or has a link `next`.
 *
 * @since 0.1.0
 * @category models
 */
export class ArchivePage extends model<ArchivePage>("ArchivePage")({
  /** The type of GeoJSON: `FeatureCollection`. */
  type: text("type"),
  /** The images of the page. */
  items: many(StacItem, "features"),
  /** The links. */
  links: many(StacLink, "links")
}) {
  /** Whether a link leads to the next page. Without one, more may follow too. */
  get hasNext(): boolean {
    return this.links.some(({ rel }) => Option.contains(rel, "next"))
  }
}

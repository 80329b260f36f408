/**
 * The answer to a search of images.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { keyed, ref, text } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"
import { StacItem } from "../StacItem.js"
import { isAll } from "./internal/isAll.js"

/**
 * The images that a search found, at most as many as its limit.
 *
 * @since 0.1.0
 * @category models
 */
export class ImageSearch extends model<ImageSearch>("ImageSearch")({
  /** The images, in the order of the answer. */
  items: keyed(StacItem, "items"),
  /** The server's data about the answer. */
  pagination: ref(Pagination, "pagination"),
  /** The token of the next part: announced by the documentation, but in none of its forms. */
  nextToken: text("next_token")
}) {
  /** The number of images that match the search. */
  get total(): Option.Option<number> {
    return Option.flatMap(this.pagination, ({ total }) => total)
  }

  /** Whether the answer shows that it has all images that match the search. Otherwise `imagesAll` finds the others. */
  get isComplete(): boolean {
    return Option.isNone(this.nextToken) && isAll(this.pagination, this.items.length, this.items.length)
  }
}

/**
 * Pages of lists.
 *
 * @since 0.1.0
 */
import { number } from "./internal/field.js"
import { model } from "./internal/model.js"

/**
 * The server's data about a page.
 *
 * @since 0.1.0
 * @category models
 */
export class Pagination extends model<Pagination>("Pagination")({
  /** The maximum number of items on the page. */
  limit: number("limit"),
  /** The number of items before the page. */
  offset: number("offset", "skip"),
  /** The number of items on all pages. */
  total: number("total")
}) {}

/**
 * The errors of searches.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { HttpError } from "../HttpError.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { failure, maybeNumber } from "../internal/schema.js"

/**
 * More images match a search at one instant than the server answers at once, so no narrower time range finds the rest.
 * `at` is the instant, to the millisecond; `received` is the number of its images that the server answered, of `total`.
 *
 * @since 0.1.0
 * @category search errors
 */
export class SearchLimitExceeded extends failure<SearchLimitExceeded>()("SearchLimitExceeded", false, {
  at: Schema.DateTimeUtc,
  received: Schema.Number,
  total: maybeNumber
}) {}

/**
 * The errors of `SearchApi.imagesAll`.
 *
 * @since 0.1.0
 * @category unions
 */
export type SearchError = HttpError | PixxelInvalidInput | SearchLimitExceeded

/**
 * The errors about visualizations.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CreateUnconfirmed } from "../CreateUnconfirmed.js"
import type { HttpError } from "../HttpError.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { failure } from "../internal/schema.js"
import type { WaitTimeout } from "../WaitError.js"
import { VisualizationSubject } from "./Subject.js"

/**
 * The server could not make a visualization. The API gives no reason (documented by absence).
 *
 * @since 0.1.0
 * @category visualization errors
 */
export class VisualizationFailed extends failure<VisualizationFailed>()("VisualizationFailed", false, {
  subject: VisualizationSubject,
  status: Schema.String
}) {}

/**
 * The errors of `VisualizationsApi.create`. `CreateUnconfirmed`: the answer was lost, and neither the new visualization
 * nor its absence could be shown. `PixxelConflict`: the AOI has such a visualization.
 *
 * @since 0.1.0
 * @category unions
 */
export type VisualizationCreateError = PixxelInvalidInput | HttpError | CreateUnconfirmed

/**
 * The errors of `VisualizationsApi.wait`.
 *
 * @since 0.1.0
 * @category unions
 */
export type VisualizationWaitError = HttpError | VisualizationFailed | WaitTimeout<VisualizationSubject>

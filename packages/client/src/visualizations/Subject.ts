/**
 * The subject of the errors about visualizations.
 *
 * @since 0.1.0
 */
import { AoiId, VisualizationId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * A visualization.
 *
 * @since 0.1.0
 * @category models
 */
export const VisualizationSubject = tagged("Visualization", { aoiId: AoiId, visualizationId: VisualizationId })
export type VisualizationSubject = typeof VisualizationSubject.Type

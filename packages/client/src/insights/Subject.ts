/**
 * The subject of the errors about insights.
 *
 * @since 0.1.0
 */
import { AoiId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"
import { InsightId } from "./Insight.js"

/**
 * An insight.
 *
 * @since 0.1.0
 * @category models
 */
export const InsightSubject = tagged("Insight", { aoiId: AoiId, insightId: InsightId })
export type InsightSubject = typeof InsightSubject.Type

/**
 * The subject of the errors about insights, and the target of the errors before there is an insight.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AoiId, ProjectId } from "../Ids.js"
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

/**
 * A part of an insight's data, as the errors of its download name it: `inputs` and `outputs` are the names with commas
 * between them, or `*` for all.
 *
 * @since 0.1.0
 * @category models
 */
export const InsightSelection = tagged("InsightSelection", {
  aoiId: AoiId,
  inputs: Schema.String,
  outputs: Schema.String,
  insightId: InsightId
})
export type InsightSelection = typeof InsightSelection.Type

/**
 * The target of an insight's create: the AOI, the project to bill, the block as `name@version`, and the name, which is
 * empty if the caller gave none.
 *
 * @since 0.1.0
 * @category models
 */
export const InsightTarget = tagged("Insight", {
  aoiId: AoiId,
  projectId: ProjectId,
  block: Schema.String,
  name: Schema.String
})
export type InsightTarget = typeof InsightTarget.Type

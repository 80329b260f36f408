/**
 * The ids of the Pixxel API. Each has its own brand, so that a job id is no task id to the compiler.
 *
 * An id is any non-empty text: most are UUIDs, but the documentation also shows `1234567890` and `user-123456`, so the
 * client parses none (inferred). The content of an id never changes the route of a call: see `PixxelHttpClient`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The id of a workflow, as built in the Aurora application.
 *
 * @example
 * import { WorkflowId } from "@effect-pixxel/client"
 *
 * const workflowId = WorkflowId.make("wf-crop-classification")
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkflowId = Schema.NonEmptyString.pipe(Schema.brand("WorkflowId"))
export type WorkflowId = typeof WorkflowId.Type

/**
 * The id of a job: one run of a workflow.
 *
 * @since 0.1.0
 * @category ids
 */
export const JobId = Schema.NonEmptyString.pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

/**
 * The id of a task: one block at work inside a job, or one capture or delivery of an order item.
 *
 * @since 0.1.0
 * @category ids
 */
export const TaskId = Schema.NonEmptyString.pipe(Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

/**
 * The id of the project that a job runs in and is billed to.
 *
 * @since 0.1.0
 * @category ids
 */
export const ProjectId = Schema.NonEmptyString.pipe(Schema.brand("ProjectId"))
export type ProjectId = typeof ProjectId.Type

/**
 * The id of an AOI, an area of interest.
 *
 * @since 0.1.0
 * @category ids
 */
export const AoiId = Schema.NonEmptyString.pipe(Schema.brand("AoiId"))
export type AoiId = typeof AoiId.Type

/**
 * The id of a satellite.
 *
 * @since 0.1.0
 * @category ids
 */
export const SatelliteId = Schema.NonEmptyString.pipe(Schema.brand("SatelliteId"))
export type SatelliteId = typeof SatelliteId.Type

/**
 * The id of an index.
 *
 * @since 0.1.0
 * @category ids
 */
export const IndexId = Schema.NonEmptyString.pipe(Schema.brand("IndexId"))
export type IndexId = typeof IndexId.Type

/**
 * The id of a visualization.
 *
 * @since 0.1.0
 * @category ids
 */
export const VisualizationId = Schema.NonEmptyString.pipe(Schema.brand("VisualizationId"))
export type VisualizationId = typeof VisualizationId.Type

/**
 * The id of a collection of images.
 *
 * @since 0.1.0
 * @category ids
 */
export const CollectionId = Schema.NonEmptyString.pipe(Schema.brand("CollectionId"))
export type CollectionId = typeof CollectionId.Type

/**
 * The id of an order.
 *
 * @since 0.1.0
 * @category ids
 */
export const OrderId = Schema.NonEmptyString.pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type

/**
 * The id of an order item.
 *
 * @since 0.1.0
 * @category ids
 */
export const OrderItemId = Schema.NonEmptyString.pipe(Schema.brand("OrderItemId"))
export type OrderItemId = typeof OrderItemId.Type

/**
 * The id of a bandset.
 *
 * @since 0.1.0
 * @category ids
 */
export const BandsetId = Schema.NonEmptyString.pipe(Schema.brand("BandsetId"))
export type BandsetId = typeof BandsetId.Type

/**
 * The id of a store.
 *
 * @since 0.1.0
 * @category ids
 */
export const StoreId = Schema.NonEmptyString.pipe(Schema.brand("StoreId"))
export type StoreId = typeof StoreId.Type

/**
 * The id of an entry of the catalog.
 *
 * @since 0.1.0
 * @category ids
 */
export const CatalogId = Schema.NonEmptyString.pipe(Schema.brand("CatalogId"))
export type CatalogId = typeof CatalogId.Type

/**
 * The id of a delivery.
 *
 * @since 0.1.0
 * @category ids
 */
export const DeliveryId = Schema.NonEmptyString.pipe(Schema.brand("DeliveryId"))
export type DeliveryId = typeof DeliveryId.Type

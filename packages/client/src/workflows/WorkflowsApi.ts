/**
 * Finds and reads workflows, and estimates the cost of their runs.
 *
 * @since 0.1.0
 */
import { all, one, page, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The workflow operations of the API.
 *
 * @example
 * import { ProjectId, WorkflowsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const names = Effect.gen(function* () {
 *   const workflows = yield* WorkflowsApi
 *   return yield* workflows.listAll({ projectId: ProjectId.make("my-project") }).pipe(
 *     Stream.map((workflow) => workflow.name),
 *     Stream.runCollect
 *   )
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class WorkflowsApi extends service<WorkflowsApi>()("WorkflowsApi", {
  /** Lists one page of workflows. `offset` counts from 0; `limit` defaults to 50 (documented). */
  list: page(endpoints.listWorkflows),
  /**
   * Streams the workflows of all pages from `offset` on, each workflow once. Fetches pages on demand. `limit` is the
   * page size.
   */
  listAll: all(endpoints.listWorkflows),
  /** Reads a workflow with its specification. The API requires the project too (documented). */
  get: one(endpoints.getWorkflowsById),
  /** Estimates the cost of one run, in tokens. */
  estimate: one(endpoints.getWorkflowCostEstimate)
}) {}

/**
 * The types of `WorkflowsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace WorkflowsApi {
  /** The workflow operations. Their errors are documented in `PixxelError`. */
  export type Service = typeof WorkflowsApi.Service
}

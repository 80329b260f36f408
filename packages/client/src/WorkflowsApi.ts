/**
 * Workflows: find one, read it, and ask what a run of it would cost.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { ProjectId, WorkflowId } from "./Ids.js"
import * as internal from "./internal/workflowsApi.js"
import type { HttpError } from "./PixxelError.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"
import type { CostEstimate, Workflow, WorkflowPage, WorkflowSummary } from "./Workflow.js"

/**
 * The calls about workflows.
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
export class WorkflowsApi extends Context.Tag("@effect-pixxel/client/WorkflowsApi")<
  WorkflowsApi,
  WorkflowsApi.Service
>() {
  /** The calls over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<WorkflowsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace WorkflowsApi {
  /**
   * The filters of a list, and the page. `offset` counts from 0; `limit` is 50 unless given, as documented.
   *
   * @since 0.1.0
   * @category models
   */
  export interface ListInput {
    readonly projectId?: ProjectId | undefined
    readonly id?: WorkflowId | undefined
    readonly name?: string | undefined
    readonly createdBy?: string | undefined
    readonly createdOn?: DateTime.DateTime | undefined
    readonly updatedAt?: DateTime.DateTime | undefined
    readonly offset?: number | undefined
    readonly limit?: number | undefined
  }

  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /** One page. */
    readonly list: (input?: ListInput) => Effect.Effect<WorkflowPage, HttpError>
    /**
     * The workflows of all pages from `offset` on, each once, page after page as they are asked for. `limit` is the
     * size of a page.
     */
    readonly listAll: (input?: ListInput) => Stream.Stream<WorkflowSummary, HttpError>
    /** A workflow with its specification. The API needs the project too (documented). */
    readonly get: (input: {
      readonly workflowId: WorkflowId
      readonly projectId: ProjectId
    }) => Effect.Effect<Workflow, HttpError>
    /** What one run would cost. */
    readonly estimate: (input: { readonly workflowId: WorkflowId }) => Effect.Effect<CostEstimate, HttpError>
  }
}

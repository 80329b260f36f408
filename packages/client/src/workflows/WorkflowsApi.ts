/**
 * Finds and reads workflows, and estimates the cost of their runs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { HttpError } from "../HttpError.js"
import type { ProjectId, WorkflowId } from "../Ids.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type { CostEstimate } from "./CostEstimate.js"
import * as internal from "./internal/workflowsApi.js"
import type { Workflow, WorkflowPage, WorkflowSummary } from "./Workflow.js"

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
export class WorkflowsApi extends Context.Tag("@effect-pixxel/client/WorkflowsApi")<
  WorkflowsApi,
  WorkflowsApi.Service
>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<WorkflowsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * The types of `WorkflowsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace WorkflowsApi {
  /** The filters and the page of a list. `offset` counts from 0; `limit` defaults to 50 (documented). */
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

  /** The workflow operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /** Lists one page of workflows. */
    readonly list: (input?: ListInput) => Effect.Effect<WorkflowPage, HttpError>
    /**
     * Streams the workflows of all pages from `offset` on, each workflow once. Fetches pages on demand. `limit` is the
     * page size.
     */
    readonly listAll: (input?: ListInput) => Stream.Stream<WorkflowSummary, HttpError>
    /** Reads a workflow with its specification. The API requires the project too (documented). */
    readonly get: (input: {
      readonly workflowId: WorkflowId
      readonly projectId: ProjectId
    }) => Effect.Effect<Workflow, HttpError>
    /** Estimates the cost of one run, in tokens. */
    readonly estimate: (input: { readonly workflowId: WorkflowId }) => Effect.Effect<CostEstimate, HttpError>
  }
}

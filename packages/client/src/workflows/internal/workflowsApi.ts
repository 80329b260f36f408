/** The workflow operations. */
import * as Effect from "effect/Effect"
import { call, callAll } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { WorkflowsApi } from "../WorkflowsApi.js"
import * as endpoints from "./endpoints.js"

export const make: Effect.Effect<WorkflowsApi.Service, never, PixxelHttpClient> = Effect.map(Connection, (http) => ({
  list: (input = {}) => Effect.map(call(http, endpoints.listWorkflows, input), ({ page }) => page),
  listAll: (input = {}) => callAll(http, endpoints.listWorkflows, input),
  get: (input) => call(http, endpoints.getWorkflowsById, input),
  estimate: (input) => call(http, endpoints.getWorkflowCostEstimate, input)
}))

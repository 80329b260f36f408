/** The project operations. */
import * as Effect from "effect/Effect"
import { call, callAll } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { ProjectsApi } from "../ProjectsApi.js"
import * as endpoints from "./endpoints.js"

export const make: Effect.Effect<ProjectsApi.Service, never, PixxelHttpClient> = Effect.map(Connection, (http) => ({
  list: (input = {}) => Effect.map(call(http, endpoints.listProjects, input), ({ page }) => page),
  listAll: (input = {}) => callAll(http, endpoints.listProjects, input),
  get: (input) => call(http, endpoints.getProjectById, input)
}))

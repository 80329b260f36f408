/**
 * Routes that list and get the workflows of the fixtures. They are the same in every world: no operation changes them.
 */
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { WorkflowFixture } from "../core/Fixture.js"
import { estimateBody, workflowBody, workflowListItem } from "../core/Wire.js"
import type { World } from "../core/World.js"
import { maySee } from "./access.js"
import { ApiError } from "./envelope.js"
import { route } from "./operations.js"
import { day, integer, optional, optionalDay, pathId, required } from "./parameters.js"
import { worldOf } from "./requests.js"

const codes = { 400: "bad_request", 403: "forbidden", 404: "not_found" } as const

/** Makes the error of an unknown id. A client must handle all three statuses. */
export const notFound = ({ quirks: { unknownIds = 404 } }: World, what: string, id: string): ApiError =>
  new ApiError(unknownIds, codes[unknownIds], `There is no ${what} ${JSON.stringify(id.slice(0, 80))}.`)

/** Encodes a list by the world's quirks. */
export const listOf = <A>({ quirks }: World, items: ReadonlyArray<A>): ReadonlyArray<A> | null =>
  quirks.emptyLists === "null" && items.length === 0 ? null : items

/** Returns the workflow that the path names. */
export const workflowOf = (world: World, request: FastifyRequest): WorkflowFixture => {
  const id = pathId(request, "workflow_id")
  const workflow = world.fixtures.workflows.get(id)
  if (workflow === undefined) throw notFound(world, "workflow", id)
  return workflow
}

const isOn = (time: unknown, date: string | undefined): boolean => {
  if (date === undefined) return true
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN
  return !Number.isNaN(at) && day(at) === date
}

/** Filters compare exactly (inferred: the documentation does not say). */
const list = (request: FastifyRequest): unknown => {
  const equal = ["project_id", "id", "name", "created_by"].map((name) => [name, optional(request, name)] as const)
  const createdOn = optionalDay(request, "created_on")
  const updatedAt = optionalDay(request, "updated_at")
  const offset = integer(request, "offset", 0, 0)
  const limit = integer(request, "limit", 1, 50) // documented defaults
  const world = worldOf(request)
  const matching = [...world.fixtures.workflows.values()]
    .filter(({ project_id }) => maySee(request, project_id))
    .map(workflowListItem)
    .filter((item) => equal.every(([name, value]) => value === undefined || item[name] === value))
    .filter((item) => isOn(item["created_at"], createdOn) && isOn(item["updated_at"], updatedAt))
  return {
    workflows: listOf(world, matching.slice(offset, offset + limit)),
    pagination: { limit, offset, total: matching.length }
  }
}

/** Accepts any project: the answer for a project other than the workflow's is not documented. */
export const requireProject = (request: FastifyRequest): string =>
  required(request, "project_id", "the id of a project")

export const workflowRoutes = (api: FastifyInstance): void => {
  route(api, "listWorkflows", list)
  // one page of the documentation writes the path with a trailing slash
  route(api, "listWorkflows", list, "/v0/workflows/")
  route(api, "getWorkflowsById", (request) => {
    requireProject(request)
    return workflowBody(workflowOf(worldOf(request), request))
  })
  route(api, "getWorkflowCostEstimate", (request) => estimateBody(workflowOf(worldOf(request), request)))
}

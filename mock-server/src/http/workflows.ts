/**
 * The workflows of the fixtures, as the API lists and shows them. They are the same in every world: no operation
 * changes one.
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

/** What an id that nobody knows is answered with. A client must be ready for all three statuses. */
export const notFound = ({ quirks: { unknownIds = 404 } }: World, what: string, id: string): ApiError =>
  new ApiError(unknownIds, codes[unknownIds], `There is no ${what} ${JSON.stringify(id.slice(0, 80))}.`)

/** A list of everything, as this world writes one. */
export const listOf = <A>({ quirks }: World, items: ReadonlyArray<A>): ReadonlyArray<A> | null =>
  quirks.emptyLists === "null" && items.length === 0 ? null : items

/** The workflow that the path names. */
export const workflowOf = (world: World, request: FastifyRequest): WorkflowFixture => {
  const id = pathId(request, "workflow_id")
  const workflow = world.fixtures.workflows.get(id)
  if (workflow === undefined) throw notFound(world, "workflow", id)
  return workflow
}

const isOn = (time: unknown, wanted: string | undefined): boolean => {
  if (wanted === undefined) return true
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN
  return !Number.isNaN(at) && day(at) === wanted
}

/** Filters are exact: documented is neither that nor the opposite. */
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

/** Any project will do: what the API answers for another one than the workflow's is not documented. */
export const requireProject = (request: FastifyRequest): string =>
  required(request, "project_id", "the id of a project")

export const workflowRoutes = (api: FastifyInstance): void => {
  route(api, "listWorkflows", list)
  // one page of the documentation writes it with a slash at the end
  route(api, "listWorkflows", list, "/v0/workflows/")
  route(api, "getWorkflowsById", (request) => {
    requireProject(request)
    return workflowBody(workflowOf(worldOf(request), request))
  })
  route(api, "getWorkflowCostEstimate", (request) => estimateBody(workflowOf(worldOf(request), request)))
}

/**
 * Routes that list and get the workflows of the fixtures. They are the same in every world: no operation changes them.
 */
import type { FastifyRequest } from "fastify"
import type { World } from "../../core/World.js"
import { maySee, requireProject } from "../../http/access.js"
import { listOf, notFound } from "../../http/answers.js"
import { day, integer, optional, optionalDay, pathId } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { WorkflowFixture } from "./fixture.js"
import type { operations } from "./operations.js"
import { estimateBody, workflowBody, workflowListItem } from "./wire.js"

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

export const handlers: Handlers<typeof operations> = {
  listWorkflows: list,
  getWorkflowsById: (request) => {
    requireProject(request)
    return workflowBody(workflowOf(worldOf(request), request))
  },
  getWorkflowCostEstimate: (request) => estimateBody(workflowOf(worldOf(request), request))
}

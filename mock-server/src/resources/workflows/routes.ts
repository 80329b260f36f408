/**
 * Routes that list and get the workflows of the fixtures, with their values and quirks. They are the same in every
 * world: no operation changes them.
 */
import type { FastifyRequest } from "fastify"
import { type Fields, pick, withoutUndefined } from "../../core/Fields.js"
import { maySee, requireProject } from "../../http/access.js"
import { named } from "../../http/answers.js"
import { filtered, is, isOn, paged } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { WorkflowFixture } from "./fixture.js"
import type { operations } from "./index.js"

const common = ["id", "project_id", "name", "description", "created_by", "created_at", "updated_at"] as const

/** Applies `set` of a workflow's quirks to the fields that a body has anyway. */
const withSet = ({ quirks = { set: {} } }: WorkflowFixture, fields: Fields): Fields => {
  const set = Object.entries(quirks.set).filter(([field]) => Object.hasOwn(fields, field))
  return withoutUndefined({ ...fields, ...Object.fromEntries(set) })
}

export const workflowListItem = (fixture: WorkflowFixture): Fields =>
  withSet(fixture, pick(fixture, ...common, "legacy_project_id"))

/** Encodes a workflow, with any fields of its quirks. */
export const workflowBody = (fixture: WorkflowFixture): Fields =>
  withoutUndefined({
    ...pick(fixture, ...common, "estimated_cost", "spec", "val_errors"),
    ...fixture.quirks?.set
  })

export const estimateBody = (fixture: WorkflowFixture): Fields => withSet(fixture, pick(fixture, "estimated_cost"))

export const workflowOf = (request: FastifyRequest): WorkflowFixture =>
  named(request, "workflow_id", "workflow", (id, { fixtures }) => fixtures.workflows.get(id))

const list = (request: FastifyRequest): unknown => {
  const visible = [...worldOf(request).fixtures.workflows.values()].filter(({ project_id }) =>
    maySee(request, project_id)
  )
  const matching = filtered(request, visible.map(workflowListItem), {
    project_id: is((item) => item["project_id"]),
    id: is((item) => item["id"]),
    name: is((item) => item["name"]),
    created_by: is((item) => item["created_by"]),
    created_on: isOn((item) => item["created_at"]),
    updated_at: isOn((item) => item["updated_at"])
  })
  return paged(request, "workflows", matching, 50, (item) => item)
}

export const handlers: Handlers<typeof operations> = {
  listWorkflows: list,
  getWorkflowsById: (request) => {
    requireProject(request)
    return workflowBody(workflowOf(request))
  },
  getWorkflowCostEstimate: (request) => estimateBody(workflowOf(request))
}

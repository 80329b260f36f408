/** Encodes workflows as the API does: the values of the fixture, with its quirks. */
import { type Fields, withoutUndefined } from "../../core/Fields.js"
import type { WorkflowFixture } from "./fixture.js"

/** Applies `set` of a workflow's quirks: to any field, or only to those that the body has anyway. */
const withSet = ({ quirks = { set: {} } }: WorkflowFixture, taken: "any" | "those it has", fields: Fields): Fields => {
  const set = Object.entries(quirks.set).filter(([field]) => taken === "any" || Object.hasOwn(fields, field))
  return withoutUndefined({ ...fields, ...Object.fromEntries(set) })
}

export const workflowListItem = (fixture: WorkflowFixture): Fields => {
  const { created_at, created_by, description, id, legacy_project_id, name, project_id, updated_at } = fixture
  return withSet(fixture, "those it has", {
    id,
    project_id,
    legacy_project_id,
    name,
    created_by,
    description,
    created_at,
    updated_at
  })
}

export const workflowBody = (fixture: WorkflowFixture): Fields => {
  const { created_at, created_by, description, estimated_cost, id, name, project_id, spec, updated_at, val_errors } =
    fixture
  return withSet(fixture, "any", {
    id,
    project_id,
    name,
    description,
    created_by,
    created_at,
    updated_at,
    estimated_cost,
    spec,
    val_errors
  })
}

export const estimateBody = (fixture: WorkflowFixture): Fields =>
  withSet(fixture, "those it has", { estimated_cost: fixture.estimated_cost })

/** Encodes workflows as the API does: the values of the fixture, with its quirks. */
import { type Fields, pick, withoutUndefined } from "../../core/Fields.js"
import type { WorkflowFixture } from "./fixture.js"

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

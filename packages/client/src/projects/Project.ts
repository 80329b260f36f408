/**
 * A project groups the workflows, areas and orders of a team, and is billed for its jobs. Projects are made in the Aurora
 * application; the API only reads them.
 *
 * @since 0.1.0
 */
import { ProjectId } from "../Ids.js"
import { many, need, number, object, ref, text, time } from "../internal/field.js"
import { model } from "../internal/model.js"
import { Pagination } from "../Pagination.js"

/**
 * A project. The reference and the guide of the API document different fields: any except the id may be missing.
 *
 * @since 0.1.0
 * @category models
 */
export class Project extends model<Project>("Project")({
  /** The id of the project. */
  id: need(ProjectId, "id"),
  /** The name in URLs. */
  name: text("name"),
  /** The display name. Only in the reference. */
  title: text("title"),
  /** The description. Only in the guide. */
  description: text("description"),
  /** The id of the workspace. */
  orgId: text("org_id"),
  /** The number of members. Only in lists. */
  membersCount: number("members_count"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** Any JSON object, unchanged to 100 levels. Deeper values are `<too deep>`; `Raw` has them. */
  metadata: object("metadata")
}) {}

/**
 * One page of a list of projects. It has a `count` (reference) or a `pagination` (guide).
 *
 * @since 0.1.0
 * @category models
 */
export class ProjectPage extends model<ProjectPage>("ProjectPage")({
  /** The projects of the page. */
  projects: many(Project, "projects"),
  /** The number of projects on all pages. */
  count: number("count"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}

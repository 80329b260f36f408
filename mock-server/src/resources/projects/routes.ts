/** Routes that list and get the projects of the fixtures, in either documented form. */
import type { FastifyRequest } from "fastify"
import { pick } from "../../core/Fields.js"
import { maySee } from "../../http/access.js"
import { named } from "../../http/answers.js"
import { listed } from "../../http/lists.js"
import { integer } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { ProjectFixture } from "./fixture.js"
import type { operations } from "./index.js"

/** Size of a page (inferred: it is not documented). */
const pageSize = 50

/** Encodes a project as the reference describes it. */
const asReferred = (project: ProjectFixture) =>
  pick(project, "id", "name", "title", "org_id", "created_at", "updated_at", "metadata")

/** Encodes a project as the guide shows it; a list leaves `updated_at` out. */
const asGuided = (project: ProjectFixture) => pick(project, "id", "name", "description", "created_at")

const list = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const { pageBase = 1, projects: form } = world.quirks
  const page = integer(request, "page_num", pageBase, pageBase) - pageBase
  const size = integer(request, "page_size", 1, pageSize)
  const seen = [...(world.fixtures.projects?.values() ?? [])].filter(({ id }) => maySee(request, id))
  const shown = seen.slice(page * size, (page + 1) * size)
  if (form === "guide") {
    const pagination = { limit: size, offset: page * size, total: seen.length }
    return { ...listed(request, "projects", shown, asGuided), pagination }
  }
  const encode = (project: ProjectFixture) => ({ ...asReferred(project), members_count: project.members_count })
  return { count: seen.length, ...listed(request, "projects", shown, encode) }
}

export const handlers: Handlers<typeof operations> = {
  ListProjects: list,
  GetProjectById: (request) => {
    const project = named(request, "id", "project", (id, { fixtures }) => fixtures.projects?.get(id))
    const isGuided = worldOf(request).quirks.projects === "guide"
    return isGuided ? { ...asGuided(project), updated_at: project.updated_at } : { project: asReferred(project) }
  }
}

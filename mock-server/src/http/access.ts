/**
 * Whether a token may do what it asks for. Documented: 401 for one that is malformed or not known, 403 for none at
 * all, for one that has expired or was revoked, and for one without the right.
 */
import type { FastifyRequest } from "fastify"
import { type Grant, type ProjectRoles, roleIn } from "../core/Rights.js"
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import type { Operation } from "./operations.js"

type Asked = Pick<Operation, "id" | "query" | "needs">

const unauthorized = (message: string) => new ApiError(401, "unauthorized", message)
const forbidden = (message: string) => new ApiError(403, "forbidden", message)

/** What the token of a request may do in its world. Throws what the API would answer; nothing of the token is in it. */
const rolesOf = ({ credential, world }: FastifyRequest): ProjectRoles => {
  if (credential.kind === "missing") throw forbidden("The Authorization header is missing: expected an API token.")
  if (credential.kind === "refused") {
    throw unauthorized(
      "The token is malformed: expected mock_<world>_<role>, as it is or behind Bearer. " +
        "If it is a real one: it was sent to a mock, which has kept nothing of it."
    )
  }
  if (world === undefined || credential.world !== world.name) {
    throw unauthorized("The token is not known: it names another world, or one that does not exist.")
  }
  return usable(world.grantOf(credential.role))
}

const usable = (grant: Grant | undefined): ProjectRoles => {
  switch (grant) {
    case undefined:
      throw unauthorized(
        "The token is not known: its role is none of owner, viewer, expired and revoked, nor one of this world's own."
      )
    case "expired":
      throw forbidden("The token has expired.")
    case "revoked":
      throw forbidden("The token was revoked.")
    default:
      return grant
  }
}

/** The projects that a request is about: the one that it names, and the one that its workflow belongs to. */
const projectsOf = (request: FastifyRequest, world: World | undefined, operation: Asked): ReadonlyArray<string> => {
  const params: Readonly<Record<string, unknown>> = Object(request.params)
  const query: Readonly<Record<string, unknown>> = Object(request.query)
  const named = operation.query.includes("project_id") ? query["project_id"] : undefined
  const workflow = world?.fixtures.workflows.get(String(params["workflow_id"]))
  return [named, workflow?.project_id].filter((id): id is string => typeof id === "string" && id !== "")
}

const quoted = (id: string) => JSON.stringify(id.slice(0, 80))

/** Throws what the API would answer when this request may not do what it asks for. */
export const authorize = (request: FastifyRequest, operation: Asked): void => {
  if (operation.needs === "nothing") return
  const roles = rolesOf(request)
  const all = Object.values(roles)
  if (operation.needs === "run" && !all.includes("owner")) {
    throw forbidden(`A viewer may not run workflows: ${operation.id} needs an owner.`)
  }
  for (const project of projectsOf(request, request.world, operation)) {
    const role = roleIn(roles, project)
    if (role === undefined) throw forbidden(`The token has no role in the project ${quoted(project)}.`)
    if (operation.needs === "run" && role !== "owner") {
      throw forbidden(
        `A viewer may not run workflows: ${operation.id} needs an owner of the project ${quoted(project)}.`
      )
    }
  }
}

/** Whether the token of an authorized request may see what belongs to a project; what belongs to none, everybody may. */
export const maySee = (request: FastifyRequest, project: string | undefined): boolean =>
  project === undefined || project === "" || roleIn(rolesOf(request), project) !== undefined

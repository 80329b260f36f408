/**
 * Authorizes requests by their tokens. Documented: 401 for a malformed or unknown token, 403 for a missing, expired or
 * revoked one, and for one without the right.
 */
import type { FastifyRequest } from "fastify"
import { type Grant, type ProjectRoles, roleIn } from "../core/Rights.js"
import type { World } from "../core/World.js"
import type { Operation } from "../resources/Resource.js"
import { ApiError } from "./envelope.js"
import { required } from "./parameters.js"

type Access = Pick<Operation, "id" | "query" | "needs">

const unauthorized = (message: string) => new ApiError(401, "unauthorized", message)
const forbidden = (message: string) => new ApiError(403, "forbidden", message)

/**
 * Returns the roles of a request's token in its world. Throws the API's answer, which contains no part of the token.
 */
const rolesOf = ({ credential, world }: FastifyRequest): ProjectRoles => {
  if (credential.kind === "missing") throw forbidden("The Authorization header is missing: expected an API token.")
  if (credential.kind === "refused") {
    throw unauthorized(
      "The token is malformed: expected mock_<world>_<role>, bare or after Bearer. " +
        "If it is a real one: it was sent to a mock, which did not store it."
    )
  }
  if (world === undefined || credential.world !== world.name) {
    throw unauthorized("The token is unknown: it names another world, or one that does not exist.")
  }
  return usable(world.grantOf(credential.role))
}

const usable = (grant: Grant | undefined): ProjectRoles => {
  switch (grant) {
    case undefined:
      throw unauthorized(
        "The token is unknown: its role is neither owner, viewer, expired or revoked, nor one of this world's own."
      )
    case "expired":
      throw forbidden("The token has expired.")
    case "revoked":
      throw forbidden("The token was revoked.")
    default:
      return grant
  }
}

/** Returns the projects of a request: the one that it names, and that of its workflow. */
const projectsOf = (request: FastifyRequest, world: World | undefined, operation: Access): ReadonlyArray<string> => {
  const params: Readonly<Record<string, unknown>> = Object(request.params)
  const query: Readonly<Record<string, unknown>> = Object(request.query)
  const named = operation.query.includes("project_id") ? query["project_id"] : undefined
  const workflow = world?.fixtures.workflows.get(String(params["workflow_id"]))
  return [named, workflow?.project_id].filter((id): id is string => typeof id === "string" && id !== "")
}

const quoted = (id: string) => JSON.stringify(id.slice(0, 80))

/** Throws the API's answer when the token lacks the right to this operation. */
export const authorize = (request: FastifyRequest, operation: Access): void => {
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

/** Whether the token of an authorized request may see objects of a project; any token may see objects without one. */
export const maySee = (request: FastifyRequest, project: string | undefined): boolean =>
  project === undefined || project === "" || roleIn(rolesOf(request), project) !== undefined

/** Accepts any project: the answer for a project other than the workflow's is not documented. */
export const requireProject = (request: FastifyRequest): string =>
  required(request, "project_id", "the id of a project")

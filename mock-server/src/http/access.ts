/**
 * Authorizes requests by their tokens. Documented: 401 for a malformed or unknown token, 403 for a missing, expired or
 * revoked one, and for one without the right.
 */
import type { FastifyRequest } from "fastify"
import { grantOf, type ProjectRoles, roleIn } from "../core/Rights.js"
import type { Operation } from "../resources/Resource.js"
import { notFound } from "./answers.js"
import { ApiError } from "./envelope.js"
import { required } from "./parameters.js"
import { worldOf } from "./requests.js"

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
  const grant = grantOf(world.tokens, credential.role)
  if (grant === undefined) {
    throw unauthorized(
      "The token is unknown: its role is neither owner, viewer, expired or revoked, nor one of this world's own."
    )
  }
  if (typeof grant === "string")
    throw forbidden(grant === "expired" ? "The token has expired." : "The token was revoked.")
  return grant
}

const forOwners = { run: "run anything", change: "change anything" } as const

const quoted = (id: string) => JSON.stringify(id.slice(0, 80))

/** Throws the API's answer when the token is unusable, or lacks the right to this operation in every project. */
export const authenticate = (request: FastifyRequest, { id, needs }: Operation): ProjectRoles | undefined => {
  if (needs === "nothing") return undefined
  const roles = rolesOf(request)
  if (needs !== "view" && !Object.values(roles).includes("owner")) {
    throw forbidden(`A viewer may not ${forOwners[needs]}: ${id} needs an owner.`)
  }
  return roles
}

/** Throws the API's answer when roles lack the right of an operation in a project. */
const requireRight = (roles: ProjectRoles, { id, needs }: Operation, project: string): void => {
  const role = roleIn(roles, project)
  if (role === undefined) throw forbidden(`The token has no role in the project ${quoted(project)}.`)
  if ((needs === "run" || needs === "change") && role !== "owner") {
    throw forbidden(`A viewer may not ${forOwners[needs]}: ${id} needs an owner of the project ${quoted(project)}.`)
  }
}

/** Throws the API's answer when the token of an authorized request lacks the right of its operation in a project. */
export const requireRole = (request: FastifyRequest, project: string): void => {
  const { operation } = request.routeOptions.config
  if (operation !== undefined) requireRight(rolesOf(request), operation, project)
}

/** Authorizes a request in the project that it names, and in those of the thing that it is about. */
export const authorize = (request: FastifyRequest, operation: Operation): void => {
  const roles = authenticate(request, operation)
  if (roles === undefined) return
  const requireAll = (projects: unknown): void => {
    if (Array.isArray(projects)) for (const project of projects) requireAll(project)
    else if (typeof projects === "string" && projects !== "") requireRight(roles, operation, projects)
  }
  const { body, params, query, world } = request
  if (operation.query.includes("project_id")) requireAll(Object(query).project_id)
  if (world !== undefined) requireAll(operation.projectOf?.({ body, fixtures: world.fixtures, params: Object(params) }))
}

/**
 * Throws the error of a project that neither the fixtures nor the token of the request name. A world whose fixtures have
 * no projects knows all.
 */
export const requireKnown = (request: FastifyRequest, project: string): void => {
  const world = worldOf(request)
  const { projects } = world.fixtures
  if (projects === undefined || projects.size === 0 || projects.has(project)) return
  if (!Object.hasOwn(rolesOf(request), project)) throw notFound(world, "project", project)
}

/** Whether the token of an authorized request may see objects of a project; any token may see objects without one. */
export const maySee = (request: FastifyRequest, project: string | undefined): boolean =>
  project === undefined || project === "" || roleIn(rolesOf(request), project) !== undefined

/** Accepts any project: the answer for a project other than the workflow's is not documented. */
export const requireProject = (request: FastifyRequest): string =>
  required(request, "project_id", "the id of a project")

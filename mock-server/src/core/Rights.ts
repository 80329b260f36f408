/**
 * What the tokens of a world may do. As in the API, a role is given per project (documented: viewers look, owners also
 * run workflows), and a token that has expired or was revoked may do nothing.
 */

/**
 * A role in a project.
 *
 * @since 0.1.0
 * @category models
 */
export type ProjectRole = "owner" | "viewer"

/**
 * A role for each project by its id; `*` is every project that has no entry of its own.
 *
 * @since 0.1.0
 * @category models
 */
export type ProjectRoles = Readonly<Record<string, ProjectRole>>

/**
 * What is behind a token.
 *
 * @since 0.1.0
 * @category models
 */
export type Grant = ProjectRoles | "expired" | "revoked"

/**
 * The tokens of a world beside those that every world has, by the last part of `mock_<world>_<name>`.
 *
 * @since 0.1.0
 * @category models
 * @example
 * const tokens: TokenTable = { "field-team": { "project-monsoon-2024": "owner", "project-basin-watch": "viewer" } }
 */
export type TokenTable = Readonly<Record<string, Grant>>

const everyProject = "*"

const everywhere: TokenTable = {
  owner: { [everyProject]: "owner" },
  viewer: { [everyProject]: "viewer" },
  expired: "expired",
  revoked: "revoked"
}

const own = <A>(table: Readonly<Record<string, A>>, key: string): A | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** What a token of this name may do here; absent: there is no such token. The world's own come first. */
export const grantOf = (table: TokenTable, name: string): Grant | undefined => own(table, name) ?? own(everywhere, name)

/** The role in a project; absent: none. */
export const roleIn = (roles: ProjectRoles, project: string): ProjectRole | undefined =>
  own(roles, project) ?? own(roles, everyProject)

/**
 * Rights of a world's tokens. As in the API, a token has a role per project (documented: viewers read, owners also run
 * workflows), and an expired or revoked token has no rights.
 */

/**
 * A role in a project.
 *
 * @since 0.1.0
 * @category models
 */
export type ProjectRole = "owner" | "viewer"

/**
 * Roles by project id; `*` is every project without an entry of its own.
 *
 * @since 0.1.0
 * @category models
 */
export type ProjectRoles = Readonly<Record<string, ProjectRole>>

/**
 * The rights of a token: its roles, or the reason why it has none.
 *
 * @since 0.1.0
 * @category models
 */
export type Grant = ProjectRoles | "expired" | "revoked"

/**
 * Additional tokens of a world, by the last part of `mock_<world>_<name>`. Every world also has those of `Role`.
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

/** Returns the rights of a token by name; absent for an unknown token. The world's own tokens take precedence. */
export const grantOf = (table: TokenTable, name: string): Grant | undefined => own(table, name) ?? own(everywhere, name)

export const roleIn = (roles: ProjectRoles, project: string): ProjectRole | undefined =>
  own(roles, project) ?? own(roles, everyProject)

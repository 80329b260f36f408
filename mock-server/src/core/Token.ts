/**
 * The tokens of the mock: `mock_<world>_<role>`, chosen by the test. The token names the world of a request, so that a
 * client needs only a token to use a world of its own.
 *
 * A token in any other form may be a real one, sent by mistake: it is refused, and no part of it is kept.
 */

/**
 * The tokens that every world has. Documented: a project owner may run workflows, a viewer may only read, and an
 * expired or revoked token gets a 403.
 *
 * @since 0.1.0
 * @category models
 */
export type Role = "owner" | "viewer" | "expired" | "revoked"

export type Credential =
  | { readonly kind: "missing" }
  | { readonly kind: "refused" }
  | { readonly kind: "mock"; readonly scheme: "raw" | "bearer"; readonly world: string; readonly role: string }

const worldName = "[a-z0-9-]{1,64}"
const wholeWorldName = new RegExp(`^${worldName}$`)
const authorization = new RegExp(`^(bearer +)?mock_(${worldName})_([a-z0-9-]{1,64})$`, "i")

/** Whether a world can have this name: 1 to 64 of `a-z`, `0-9` and `-`. */
export const isWorldName = (name: string): boolean => wholeWorldName.test(name)

/**
 * Makes a token for the world of that name, for a role of every world or of the world's own table.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * tokenOf("crop-test", "viewer") // "mock_crop-test_viewer"
 */
export const tokenOf = (world: string, role: Role | (string & {})): string => `mock_${world}_${role}`

/** Reads an `Authorization` header, in both forms that the documentation shows: the bare token, and `Bearer`. */
export const readAuthorization = (header: string | undefined): Credential => {
  if (header === undefined || header.trim() === "") return { kind: "missing" }
  const [, scheme, world, role] = authorization.exec(header.trim()) ?? []
  // only the scheme of the header is case-insensitive
  if (world === undefined || role === undefined || !isWorldName(world) || role !== role.toLowerCase()) {
    return { kind: "refused" }
  }
  return { kind: "mock", scheme: scheme === undefined ? "raw" : "bearer", world, role }
}

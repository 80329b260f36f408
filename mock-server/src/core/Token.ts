/**
 * The tokens of the mock: `mock_<world>_<role>`, made up by whoever writes the test. The name says which world a
 * request is for, so that a client needs nothing but a token to have a world of its own.
 *
 * What does not look like this may be a real token, sent by mistake: it is refused, and no part of it is kept.
 */

/**
 * The tokens that every world has: documented, only a project owner may run workflows, a viewer may look, and a token
 * that has expired or was revoked answers 403.
 *
 * @since 0.1.0
 * @category models
 */
export type Role = "owner" | "viewer" | "expired" | "revoked"

/**
 * What a request showed of itself.
 *
 * @since 0.1.0
 * @category models
 */
export type Credential =
  | { readonly kind: "missing" }
  | { readonly kind: "refused" }
  | { readonly kind: "mock"; readonly scheme: "raw" | "bearer"; readonly world: string; readonly role: string }

const worldName = "[a-z0-9-]{1,64}"
const wholeWorldName = new RegExp(`^${worldName}$`)
const authorization = new RegExp(`^(bearer +)?mock_(${worldName})_([a-z0-9-]{1,64})$`, "i")

/** A name that a world can have: 1 to 64 of `a-z`, `0-9` and `-`. */
export const isWorldName = (name: string): boolean => wholeWorldName.test(name)

/**
 * A token for the world of that name: one that every world has, or one of its own table.
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
  // the scheme is the only part of the header whose case does not matter
  if (world === undefined || role === undefined || !isWorldName(world) || role !== role.toLowerCase()) {
    return { kind: "refused" }
  }
  return { kind: "mock", scheme: scheme === undefined ? "raw" : "bearer", world, role }
}

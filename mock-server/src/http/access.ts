/**
 * Whether a token may do what it asks for. Documented: 401 for one that is malformed or not known, 403 for none at
 * all, for one that has expired or was revoked, and for one without the right.
 */
import type { Credential, Role } from "../core/Token.js"
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import type { Operation } from "./operations.js"

type Wanted = Pick<Operation, "id" | "needs">

const unauthorized = (message: string) => new ApiError(401, "unauthorized", message)
const forbidden = (message: string) => new ApiError(403, "forbidden", message)

/** Throws what the API would answer; nothing of the token is in it. */
export const authorize = (credential: Credential, world: World | undefined, operation: Wanted): void => {
  if (operation.needs === "nothing") return
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
  refuse(world.roleOf(credential.role), operation)
}

const refuse = (role: Role | undefined, operation: Wanted): void => {
  switch (role) {
    case undefined:
      throw unauthorized("The token is not known: its role is none of owner, viewer, expired and revoked.")
    case "expired":
      throw forbidden("The token has expired.")
    case "revoked":
      throw forbidden("The token was revoked.")
    case "viewer":
      if (operation.needs === "run") throw forbidden(`A viewer may not run workflows: ${operation.id} needs an owner.`)
  }
}

/** Tells the errors that prove that a create made nothing. */
import type { HttpError, NotCreated } from "../HttpError.js"

/**
 * The statuses that prove that a create made nothing, with or without a body. The API checks them before it makes anything
 * (documented for 400, 401, 403 and 429, inferred for the others), and no gateway answers them to a request that it has
 * passed on. All other statuses prove nothing: gateways answer 408, 425, 444, 460 and 499 when they or the client gave
 * up waiting, 421 may answer the second of two requests, 409 may refer to an existing job, 406, 410, 418 and 451 do not
 * come from the API, and a redirect may follow the work.
 */
const refusals = new Set([
  400, // a parameter is missing, malformed or unknown
  401, // the form of the token is unknown
  402, // the project cannot pay
  403, // the token lacks the permission
  404, // the workflow, project or route does not exist
  422, // the workflow cannot run in its current state
  429 // the rate limit applies before the work
])

/** Returns the error if it proves that the create started nothing. */
export const certain = (error: HttpError): NotCreated | undefined => {
  const isCertain = "sent" in error ? error.sent === false : refusals.has(error.status)
  // Each class has its statuses: those of the other classes are no refusals.
  return isCertain ? (error as NotCreated) : undefined
}

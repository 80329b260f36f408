/**
 * Which errors end what follows something that exists and is paid: a wait, a watch, a shared list, the wait for a
 * package, the search for a job. Everything else may be the fault of a gateway, and counts against the tolerance.
 */
import type { HttpError } from "../PixxelError.js"

/**
 * Whether the API itself has refused to answer, so that the same request meets the same refusal: 400, 401, 403 and 410.
 * A 404 is not among them, because a replica may lag behind a create: the caller knows since when it may be final.
 */
export const isFinal = (error: HttpError): boolean => {
  switch (error._tag) {
    case "BadRequest":
    case "Unauthorized":
    case "Forbidden":
      return true
    case "UnexpectedStatus":
      return error.status === 410
    default:
      return false
  }
}

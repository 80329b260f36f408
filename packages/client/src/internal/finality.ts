/**
 * Classifies the errors that end the tracking of an existing, billed resource: a wait, a watch, a shared list, the wait
 * for a package, the search after a lost answer. All other errors may come from a gateway, and count against the tolerance.
 */
import type { HttpError } from "../HttpError.js"

const refusals = [400, 401, 403, 410]

/**
 * Whether the API itself refused the request, so that a repeat meets the same refusal: 400, 401, 403 and 410. A 404 is
 * excluded, because a replica may lag behind a create: the caller knows from when a 404 is final.
 */
export const isFinal = (error: HttpError): boolean => !("sent" in error) && refusals.includes(error.status)

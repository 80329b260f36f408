/** The next step after an error of HTTP, by its tag. Messages of refusals hold it. */
import type { HttpError } from "../HttpError.js"

export const httpAdvice: Readonly<Record<HttpError["_tag"], string>> = {
  PixxelBadRequest: "A parameter is missing or malformed, or an id does not exist. Check the ids and the parameters.",
  PixxelUnauthorized:
    "The API does not recognize the form of this token. Check PIXXEL_API_KEY, and try the other PIXXEL_AUTH_SCHEME.",
  PixxelForbidden:
    "The token lacks the permission, or is missing, expired or revoked: the API answers 403 in all these cases. Check PIXXEL_API_KEY.",
  PixxelNotFound: "Not found, or not visible to this token. Check the ids and the base URL.",
  PixxelConflict: "The call conflicts with the current state. Check that first.",
  PixxelRateLimited: "Too many calls. Try again later.",
  PixxelServerError: "The server failed. Try again later.",
  PixxelUnexpectedStatus: "The API documents no such status, and calls follow no redirect. Check PIXXEL_BASE_URL.",
  PixxelTransportError: "Check the network and PIXXEL_BASE_URL.",
  PixxelRequestTimeout: "Try again later.",
  PixxelDecodeError: "Check PIXXEL_BASE_URL: this may not be the Pixxel API, or the API has changed."
}

/** The next step after an error, by its tag and its status: a gateway limits the length of requests (inferred). */
export const httpAdviceOf = (tag: HttpError["_tag"], status: unknown): string =>
  tag === "PixxelUnexpectedStatus" && status === 413
    ? "The request is too large. Simplify its area, or split it."
    : httpAdvice[tag]

/**
 * The errors of HTTP: a refusal by status, a lost connection, a timeout, an unusable success.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CauseFact } from "./Attempt.js"
import { call } from "./internal/callFields.js"
import {
  failure,
  listOf,
  maybeJson,
  maybeNumber,
  maybeSeconds,
  maybeString,
  Seconds,
  unionOf
} from "./internal/schema.js"

const answered = {
  ...call,
  status: Schema.Number,
  requestId: maybeString,
  retryAfter: maybeSeconds
}

/**
 * The content of a refusal: `retryAfter` if that header is readable, and `code`, `serverMessage` and `details` from the
 * documented envelope of the body, or else the first 256 characters of the body.
 */
const refused = {
  ...answered,
  code: maybeString,
  serverMessage: maybeString,
  details: maybeJson,
  body: maybeString
}

/**
 * 400: a parameter is missing or malformed; `details` may name it. The API may answer an unknown job or workflow id
 * with 400 too (inferred). Correct the call.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelBadRequest extends failure<PixxelBadRequest>()("PixxelBadRequest", false, refused) {}

/**
 * 401: the API does not recognize the form of the token. Check the token, and try the other `scheme`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelUnauthorized extends failure<PixxelUnauthorized>()("PixxelUnauthorized", false, refused) {}

/**
 * 403: the token lacks the permission, or is missing, expired or revoked: the API answers 403 in all these cases
 * (documented).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelForbidden extends failure<PixxelForbidden>()("PixxelForbidden", false, refused) {}

/**
 * 404: not found, or not visible to this token. Not declared for workflows and jobs, but possible (inferred).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelNotFound extends failure<PixxelNotFound>()("PixxelNotFound", false, refused) {}

/**
 * 409: the call conflicts with the current state.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelConflict extends failure<PixxelConflict>()("PixxelConflict", false, refused) {}

/**
 * 429: too many calls. `retryAfter` is the delay that the server requested.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelRateLimited extends failure<PixxelRateLimited>()("PixxelRateLimited", true, refused) {}

/**
 * 5xx: the server failed. `retryAfter` is the delay that the server requested.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelServerError extends failure<PixxelServerError>()("PixxelServerError", true, refused) {}

/**
 * Any other status, including redirects: API calls follow none. The status is 0 for a redirect in a browser, which
 * hides its target.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelUnexpectedStatus extends failure<PixxelUnexpectedStatus>()(
  "PixxelUnexpectedStatus",
  false,
  refused
) {}

/**
 * The connection could not be established, or broke. `sent` is `false` if the causes prove that no connection existed:
 * the failed system call was `connect` or the name resolution, the TLS handshake was incomplete, the client rejected
 * the certificate, a proxy refused CONNECT, or fetch blocks the port. Otherwise `sent` is `"unknown"`: the same codes
 * on an established connection prove nothing, nor do TLS alerts, and a browser never shows a cause.
 *
 * A rejected certificate and a blocked port fail again in the same way. The client does not repeat such a call although
 * the class is retryable; `causes` has the code, such as `CERT_HAS_EXPIRED`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelTransportError extends failure<PixxelTransportError>()("PixxelTransportError", true, {
  ...call,
  sent: Schema.Literal(false, "unknown"),
  status: maybeNumber,
  requestId: maybeString,
  causes: listOf(CauseFact)
}) {}

/**
 * The deadline of an attempt, including its body, or of the whole call passed; `timeout` is the deadline that did.
 * `sent` is `false` if the call was still waiting for its turn (`concurrency`).
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelRequestTimeout extends failure<PixxelRequestTimeout>()("PixxelRequestTimeout", true, {
  ...call,
  sent: Schema.Literal(false, "unknown"),
  timeout: Seconds
}) {}

/**
 * An error whose request provably never left, so that it cannot have cost anything.
 *
 * @since 0.1.0
 * @category http errors
 */
export type NotSent = (PixxelTransportError | PixxelRequestTimeout) & { readonly sent: false }

/**
 * An error that proves that a create made nothing: the request never left, or the API refused it with 400, 401, 402, 403,
 * 404, 422 or 429 (402 and 422 as `PixxelUnexpectedStatus`). No other status proves it.
 *
 * @since 0.1.0
 * @category http errors
 */
export type NotCreated =
  | PixxelBadRequest
  | PixxelUnauthorized
  | PixxelForbidden
  | PixxelNotFound
  | PixxelRateLimited
  | PixxelUnexpectedStatus
  | NotSent

/**
 * An unusable success: no JSON, another envelope, no id. `path` is the location in the body, and `body` its beginning.
 * `retryAfter` is the delay that the server requested. A smaller difference is a drift, not an error: see `Drift`.
 *
 * @since 0.1.0
 * @category http errors
 */
export class PixxelDecodeError extends failure<PixxelDecodeError>()("PixxelDecodeError", false, {
  ...answered,
  path: Schema.String,
  expected: Schema.String,
  found: Schema.String,
  body: Schema.String
}) {}

/**
 * Any error of an API call. Match it with `Effect.catchTags`.
 *
 * @since 0.1.0
 * @category unions
 */
export const HttpError = unionOf(
  "PixxelHttpError",
  PixxelBadRequest,
  PixxelUnauthorized,
  PixxelForbidden,
  PixxelNotFound,
  PixxelConflict,
  PixxelRateLimited,
  PixxelServerError,
  PixxelUnexpectedStatus,
  PixxelTransportError,
  PixxelRequestTimeout,
  PixxelDecodeError
)
export type HttpError = typeof HttpError.Type

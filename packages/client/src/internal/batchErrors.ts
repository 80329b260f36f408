/** The schemas of the errors of a create, for the events of a batch. */
import * as Schema from "effect/Schema"
import * as Errors from "../PixxelError.js"
import { about, type Tagged } from "./tagged.js"

const notSent = <A extends { readonly sent: false | "unknown" }, I>(schema: Schema.Schema<A, I>) =>
  schema.pipe(Schema.filter((error): error is A & { readonly sent: false } => error.sent === false))

/** The errors of a create of one resource. */
/* @__NO_SIDE_EFFECTS__ */
export const ofCreate = <A extends Tagged, I>(target: Schema.Schema<A, I>) =>
  [
    Errors.PixxelBadRequest,
    Errors.PixxelUnauthorized,
    Errors.PixxelForbidden,
    Errors.PixxelNotFound,
    Errors.PixxelRateLimited,
    Errors.PixxelUnexpectedStatus,
    notSent(Errors.PixxelTransportError),
    notSent(Errors.PixxelRequestTimeout),
    about(Errors.CreateNotSent, "target", target),
    about(Errors.CostLimitExceeded, "target", target),
    about(Errors.CreateOutcomeUnknown, "target", target)
  ] as const

/** The errors after a create of one resource, except for the failure of the item itself. */
/* @__NO_SIDE_EFFECTS__ */
export const afterCreate = <A extends Tagged, I>(subject: Schema.Schema<A, I>) =>
  [
    about(Errors.WaitTimeout, "subject", subject),
    about(Errors.DownloadError, "subject", subject),
    about(Errors.RunIncomplete, "subject", subject)
  ] as const

/**
 * Exit codes: their meanings, and the code of each error. Scripts rely on them, so a code never changes its meaning.
 * The table is total: a new error of the client does not compile without a code.
 */
import type * as PixxelErrors from "@effect-pixxel/client/PixxelError"

/** The meaning of each code, as shown by `--help`. */
export const meanings = {
  0: "success",
  1: "unexpected: a bug in this program",
  2: "usage: the command line or the environment is wrong",
  3: "bad request, or a conflict with the current state",
  4: "not authenticated, or forbidden",
  5: "not found",
  6: "the job or the AOI failed",
  7: "timed out",
  8: "the server or the network failed",
  9: "the outcome of a create is unknown",
  10: "the cost limit was exceeded",
  11: "download or disk error",
  12: "you declined",
  129: "hung up: the terminal was closed",
  130: "interrupted",
  131: "quit",
  141: "the output was closed before the command had ended",
  143: "terminated"
} as const

export type ExitCode = keyof typeof meanings

type Instances<Module> = {
  [Name in keyof Module]: Module[Name] extends abstract new (...args: never) => infer Instance ? Instance : never
}[keyof Module]

/** All error classes exported by the client. */
export type PixxelError = Extract<Instances<typeof PixxelErrors>, { readonly _tag: string }>

/** The codes of the client's errors, except for wrappers of other errors: see `ofError`. */
const codes: Record<Exclude<PixxelError["_tag"], "RunIncomplete" | "CreateNotSent">, ExitCode> = {
  PixxelInvalidInput: 2,
  PixxelBadRequest: 3,
  PixxelConflict: 3,
  DeliveryUnderWay: 3,
  SearchLimitExceeded: 3,
  PixxelUnauthorized: 4,
  PixxelForbidden: 4,
  PixxelNotFound: 5,
  JobFailed: 6,
  AoiFailed: 6,
  DeliveryFailed: 6,
  InsightFailed: 6,
  VisualizationFailed: 6,
  OrderItemFailed: 6,
  WaitTimeout: 7,
  PixxelRequestTimeout: 7,
  PixxelRateLimited: 8,
  PixxelServerError: 8,
  PixxelUnexpectedStatus: 8,
  PixxelTransportError: 8,
  PixxelDecodeError: 8,
  NotStarted: 8,
  OrderNotPaid: 8,
  OrderInfeasible: 3,
  CreateOutcomeUnknown: 9,
  EstimateCreated: 9,
  EstimateUnknown: 9,
  QuotePlaced: 9,
  QuoteOutcomeUnknown: 9,
  CreateUnconfirmed: 9,
  CostLimitExceeded: 10,
  DownloadError: 11,
  DownloadIncomplete: 11
}

/** The code of an error of the client. A wrapper has the code of its cause. */
export const ofError = (error: PixxelError): ExitCode =>
  error._tag === "RunIncomplete" || error._tag === "CreateNotSent" ? codes[error.failure._tag] : codes[error._tag]

/** The next step after each error, for messages, the page about errors and the command line. */
import type * as Errors from "../PixxelError.js"
import { httpAdvice, httpAdviceOf } from "./httpAdvice.js"

/** The tags of the classes of a module. */
type TagsOf<Module> = {
  [Name in keyof Module]: Module[Name] extends abstract new (
    ...args: never
  ) => { readonly _tag: infer Tag extends string }
    ? Tag
    : never
}[keyof Module]

/** Total: a new error does not compile without a line. */
export const advice: Readonly<Record<TagsOf<typeof Errors>, string>> = {
  ...httpAdvice,
  PixxelInvalidInput: "Nothing was sent. Correct the input.",
  JobFailed: "See the failed tasks and the validation errors.",
  AoiFailed: "Check its images, and create another.",
  VisualizationFailed: "Check its assets, and create another.",
  InsightFailed: "Check its inputs, and create another.",
  EstimateCreated: "The insight runs and is billed. Do not repeat the estimate: wait for the insight.",
  EstimateUnknown: "List the insights before you estimate again.",
  NotStarted: "Nothing was started. Try again later, and report the problem to Pixxel if it persists.",
  QuotePlaced: "The order exists and is billed. Do not repeat the quote: follow its items.",
  QuoteOutcomeUnknown: "Search again, or list the order items, before you quote again.",
  OrderNotPaid: "The order exists. Check the tokens of the workspace, and look at the order before another.",
  OrderInfeasible: "Nothing was submitted. Change the window or the parameters of these items.",
  OrderItemFailed: "See its reasons. Ask support about its tokens.",
  DeliveryFailed: "Check the bucket of the store, its secrets and their right to write, and deliver again.",
  DeliveryUnderWay: "No delivery was created. Wait for those that are under way.",
  SearchLimitExceeded: "Narrow the area or the filters.",
  WaitTimeout: "The work continues. Wait again with the same ids.",
  CreateNotSent: "Nothing was started, so a repeat is safe.",
  CostLimitExceeded: "Nothing was started. Raise the limit, or do not run it.",
  CreateOutcomeUnknown: "Search again, or list the items, before you create another.",
  CreateUnconfirmed: "Look for it before you create it again.",
  RunIncomplete: "It exists, and a job is billed. Do not create it again: continue with its ids.",
  DownloadIncomplete: "The received bytes are kept. Download again to fetch the rest.",
  DownloadError: "See its reason and its message."
}

/** The next step after one error. */
export const adviceOf = (error: { readonly _tag: keyof typeof advice; readonly status?: unknown }): string =>
  error._tag === "PixxelUnexpectedStatus" ? httpAdviceOf(error._tag, error.status) : advice[error._tag]

/**
 * The errors of a create: not sent, too expensive, or an unknown outcome.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CreateIntent } from "./CreateIntent.js"
import { HttpError, type NotCreated } from "./HttpError.js"
import { call } from "./internal/callFields.js"
import { failure, listOf, maybeInstant, maybeNumber, maybeString } from "./internal/schema.js"
import { Any, type Tagged } from "./internal/tagged.js"

/**
 * An item that appeared after a create whose outcome is unknown. It may come from that create or from another writer.
 *
 * @since 0.1.0
 * @category models
 */
export const Candidate = Schema.Struct({
  id: Schema.NonEmptyString,
  createdAt: maybeInstant,
  createdBy: maybeString,
  status: maybeString
})
export type Candidate = typeof Candidate.Type

/**
 * A create was sent, or may have been sent, and its outcome is unknown: a job may be running at your cost. Search again
 * with `JobsApi.resolve`, or list the jobs of the workflow, before creating another.
 *
 * - `target` names the item to be created. The errors of a service have its own: `target.workflowId` and
 *   `target.projectId` of a job.
 * - `candidates` are the items that may belong to this create: they appeared during the search, and were created in the
 *   window of this create, as far as their times can be read. Empty with `adopt: "never"`.
 * - `intent` is the record of the create. It identifies the job later, in another process too.
 *
 * @since 0.1.0
 * @category create errors
 */
export class CreateOutcomeUnknown<Target extends Tagged = Tagged> extends failure<CreateOutcomeUnknown>()(
  "CreateOutcomeUnknown",
  false,
  {
    ...call,
    target: Any,
    status: maybeNumber,
    requestId: maybeString,
    reason: Schema.String,
    candidates: listOf(Candidate),
    intent: CreateIntent
  }
) {
  declare readonly target: Target
}

/**
 * A create was not sent because a call before it failed: the list of existing items, which the search after a lost
 * answer needs, or the estimate for `maxCost`; or because `keep` of a batch exceeded the deadline of a call. Nothing was
 * started, so a repeat is safe. `failure` is the error of that call. Errors that a create can have too (a refusal, a
 * request that never left) are not wrapped.
 *
 * @since 0.1.0
 * @category create errors
 */
export class CreateNotSent<Target extends Tagged = Tagged> extends failure<CreateNotSent>()("CreateNotSent", true, {
  target: Any,
  failure: HttpError
}) {
  declare readonly target: Target
}

/**
 * A create was not sent because the estimate exceeds `maxCost`, or because the estimate is JSON without
 * a readable cost (`estimate` is none). Nothing was started. Costs are in tokens. A failed fetch of the estimate is
 * `CreateNotSent`, or the refusal itself.
 *
 * @since 0.1.0
 * @category create errors
 */
export class CostLimitExceeded<Target extends Tagged = Tagged> extends failure<CostLimitExceeded>()(
  "CostLimitExceeded",
  false,
  {
    target: Any,
    maxCost: Schema.Number,
    estimate: maybeNumber
  }
) {
  declare readonly target: Target
}

/**
 * The errors of a create that costs money, such as `JobsApi.create`: a certain refusal, a request that never left or was never made, or an unknown
 * outcome. `operation` of a refusal tells whether it answered the create, the list before it or the estimate.
 *
 * A refusal is 400, 401, 402, 403, 404, 422 or 429, with a body or without (402 and 422 as `PixxelUnexpectedStatus`). After
 * every other status a job may exist: gateways answer 408, 425, 444, 460 and 499 to requests that they have passed on,
 * and 409, 421 or a redirect may follow the creation of the job. The client then searches for the job, and fails with
 * `CreateOutcomeUnknown` if the search is inconclusive.
 *
 * @since 0.1.0
 * @category unions
 */
export type CreateError<Target extends Tagged = Tagged> =
  | NotCreated
  | CreateNotSent<Target>
  | CostLimitExceeded<Target>
  | CreateOutcomeUnknown<Target>

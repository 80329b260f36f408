/**
 * The record of one create: all that is needed to recognise its job later, in another process too.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { JobId, ProjectId, WorkflowId } from "./Ids.js"
import { listOf, maybe, maybeInstant, maybeString, Seconds } from "./internal/schema.js"

/**
 * What the list that preceded a create showed, as far as it can be mistaken for the job of that create.
 *
 * - `jobIds` are the jobs whose creation time falls into the window of the create, or cannot be read.
 * - `unreadable` counts the items of the list without a readable id.
 * - `newest` is the latest creation time in the list. It bounds the window where the server shows no `Date`.
 *
 * @since 0.1.0
 * @category models
 */
export const Baseline = Schema.Struct({
  jobIds: listOf(JobId),
  unreadable: Schema.Number,
  newest: maybeInstant
})
/**
 * @since 0.1.0
 * @category models
 */
export type Baseline = typeof Baseline.Type

/**
 * A create that is about to be sent, or was sent and has no known outcome. `CreateOutcomeUnknown` carries it,
 * `RunAll.Intended` keeps it before the request leaves, and `JobsApi.resolve` looks for its job. Its encoded form is
 * plain JSON without secrets.
 *
 * **Details**
 *
 * - `id` names this create. It comes from the randomness of the platform.
 * - `key` is that of the input in a batch.
 * - `sentAt` is when the create was sent by the clock of the server: the `Date` of the list before it, and the
 *   monotonic time since that answer. None when the server shows no `Date`, or with `adopt: "never"`.
 * - `timeout` is how long after `sentAt` the request may still be under way.
 * - `grace` is how long a list may lag behind a create.
 * - `before` is none with `adopt: "never"`.
 *
 * The **window** of a create reaches from one second before `sentAt` to `sentAt` + `timeout` + `grace`. A job that was
 * created outside of it, to the second, is never a candidate for this create.
 *
 * @since 0.1.0
 * @category models
 */
export class CreateIntent extends Schema.Class<CreateIntent>("@effect-pixxel/client/CreateIntent")({
  id: Schema.NonEmptyString,
  key: maybeString,
  workflowId: WorkflowId,
  projectId: ProjectId,
  sentAt: maybeInstant,
  timeout: Seconds,
  grace: Seconds,
  before: maybe(Baseline)
}) {}

/**
 * The record of one create that costs money. It identifies what the create made later, in another process too.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { listOf, maybe, maybeInstant, maybeString, Seconds } from "./internal/schema.js"
import { Any, type Tagged } from "./internal/tagged.js"

/**
 * The part of the list before a create that could be mistaken for the result of the create.
 *
 * - `ids` holds the items whose creation time falls into the window of the create or cannot be read.
 * - `unreadable` counts the list items without a readable id.
 * - `newest` is the latest creation time in the list. It bounds the window if the server sends no `Date`.
 *
 * @since 0.1.0
 * @category models
 */
export const Baseline = Schema.Struct({
  ids: listOf(Schema.NonEmptyString),
  unreadable: Schema.Number,
  newest: maybeInstant
})
export type Baseline = typeof Baseline.Type

/**
 * A create that is about to be sent, or that was sent and has no known outcome. `CreateOutcomeUnknown` carries it,
 * `RunAll.Intended` records it before the request leaves, and `JobsApi.resolve` searches for its job. The encoded form
 * is plain JSON without secrets.
 *
 * **Details**
 *
 * - `id` identifies this create. It comes from the platform's random source.
 * - `key` is the key of the input in a batch.
 * - `target` names the item to be created, such as a job of a workflow for a project (`JobTarget`).
 * - `mark` is the text that the request gave to the created item. A listed item with this mark is the result of this
 *   create; one without it never is. None for jobs, whose request has room for no mark.
 * - `sentAt` is the sending time by the server's clock: the `Date` of the list before the create plus the monotonic
 *   time since that answer. None without a `Date`, or with `adopt: "never"`. With a mark, the time of the local clock,
 *   which only limits the patience of a search.
 * - `timeout` is the time after `sentAt` during which the request may still be in flight, in seconds.
 * - `grace` is the time by which a list may lag behind a create, in seconds.
 * - `before` is none with `adopt: "never"` or a mark.
 *
 * The **window** of a create reaches from one second before `sentAt` to `sentAt` + `timeout` + `grace`. Without a mark,
 * an item created outside the window, to the second, is never a candidate for this create.
 *
 * @since 0.1.0
 * @category models
 */
export class CreateIntent<Target extends Tagged = Tagged> extends Schema.Class<CreateIntent>("PixxelCreateIntent")({
  id: Schema.NonEmptyString,
  key: maybeString,
  target: Schema.propertySignature(Any).annotations({
    missingMessage: () => "the record has no target: an older client wrote it, and only that client can resolve it"
  }),
  mark: maybeString,
  sentAt: maybeInstant,
  timeout: Seconds,
  grace: Seconds,
  before: maybe(Baseline)
}) {
  declare readonly target: Target
}

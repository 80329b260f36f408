/**
 * Batches of insights: the inputs and events of `InsightsApi.runAll`, and how to resume a batch.
 *
 * Every input has a unique `key`, which identifies it on resume. The events are classes with a JSON form. A batch that
 * stores them in a ledger can be killed at any moment and resumed in another process without paying for an input twice:
 *
 * @example
 * import { InsightRunAll, InsightsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Stream from "effect/Stream"
 *
 * const encode = Schema.encode(Schema.parseJson(InsightRunAll.Event))
 * // Appends a line to the ledger. Succeeds when the line is on the disk.
 * const keep = (event: InsightRunAll.Event) => Effect.flatMap(encode(event), append)
 *
 * const batch = (inputs: Stream.Stream<InsightRunAll.Input>, seen: ReadonlyArray<InsightRunAll.Event>) =>
 *   Effect.gen(function* () {
 *     const insights = yield* InsightsApi
 *     const onOrphan = (event: InsightRunAll.Event) => Effect.orDie(keep(event))
 *     yield* insights.runAll(inputs, { concurrency: 10, seen, keep, onOrphan }).pipe(Stream.runForEach(keep))
 *   })
 *
 * **Details**
 *
 * - The order is: store `Intended` (`keep`), which has the mark of the request, then send. On resume, the client searches
 *   by their marks for the insights of all creates of an AOI without an outcome in the ledger, and creates nothing on
 *   that AOI before the search has ended. An input whose insight is found emits `Created`; otherwise it is `Failed` with
 *   `CreateOutcomeUnknown`.
 * - The last line of a ledger may be torn if its writer was killed. Skip such a line.
 *
 * **Gotchas**
 *
 * - An update counts as taken when the consumer asks for the next one; in the example, when `keep` has ended. The last
 *   updates before a stop may go to `onOrphan` as well: storing an event twice is harmless.
 * - A ledger belongs to one process at a time: lock it.
 * - The JSON of an event has the inputs of the block, with the URLs in them. That of a success has no signed URL.
 *
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import { CreateIntent } from "../CreateIntent.js"
import { DataType } from "../DataType.js"
import { AoiId, ProjectId } from "../Ids.js"
import { afterCreate, ofCreate } from "../internal/batchErrors.js"
import { without } from "../internal/ledger.js"
import { maybe, unionOf } from "../internal/schema.js"
import { construct } from "../internal/unsafe.js"
import * as Errors from "../PixxelError.js"
import { Insight, InsightId } from "./Insight.js"
import { InsightPackage } from "./InsightPackage.js"
import { InsightSubject, InsightTarget } from "./Subject.js"

/**
 * One run of a batch. With an `insightId`, the run creates no insight: it waits for this one and polls its package.
 *
 * @since 0.1.0
 * @category models
 */
export const Input = Schema.Struct({
  key: Schema.NonEmptyString,
  aoiId: AoiId,
  projectId: ProjectId,
  block: Schema.Struct({
    name: Schema.String,
    version: Schema.String,
    id: Schema.optional(Schema.String)
  }),
  inputs: Schema.Array(DataType),
  name: Schema.optional(Schema.String),
  metadata: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  insightId: Schema.optional(InsightId)
})
export type Input = typeof Input.Type

const runError = unionOf(
  "PixxelInsightRunAll.RunError",
  ...ofCreate(InsightTarget),
  Errors.PixxelInvalidInput,
  Errors.NotStarted,
  Errors.EstimateCreated,
  Errors.EstimateUnknown,
  Errors.InsightFailed,
  ...afterCreate(InsightSubject)
)

/**
 * The errors of a run, as a schema.
 *
 * @since 0.1.0
 * @category models
 */
export const RunError: Schema.Schema<Errors.InsightRunError, typeof runError.Encoded> = runError

const { signedUrl: _, ...storable } = InsightPackage.fields

/** A package whose JSON has no signed URL, so that it can be decoded again. */
const Package = Schema.transform(Schema.Struct(storable), Schema.typeSchema(InsightPackage), {
  strict: true,
  decode: (fields) => construct(InsightPackage, fields),
  encode: ({ signedUrl: _, ...fields }) => fields
})

/**
 * The create of an input is about to be sent. Passed to `keep`, and never emitted by the stream.
 *
 * @since 0.1.0
 * @category events
 */
export class Intended extends Schema.TaggedClass<Intended>("PixxelInsightRunAll.Intended")("Intended", {
  input: Input,
  intent: CreateIntent
}) {}

/**
 * The insight of an input was created. The wait begins once the event was taken, that is, when the consumer asks for the
 * next.
 *
 * @since 0.1.0
 * @category events
 */
export class Created extends Schema.TaggedClass<Created>("PixxelInsightRunAll.Created")("Created", {
  input: Input,
  insightId: InsightId
}) {}

/**
 * The insight of an input has succeeded, and its package is ready.
 *
 * @since 0.1.0
 * @category events
 */
export class Succeeded extends Schema.TaggedClass<Succeeded>("PixxelInsightRunAll.Succeeded")("Succeeded", {
  input: Input,
  insightId: InsightId,
  result: Schema.Struct({ insight: Insight, download: Package })
}) {}

/**
 * An input has failed; the others continue. Without an `insightId`, there is no insight, or its id is unknown
 * (`CreateOutcomeUnknown`, `EstimateUnknown`), or in the error (`EstimateCreated`).
 *
 * @since 0.1.0
 * @category events
 */
export class Failed extends Schema.TaggedClass<Failed>("PixxelInsightRunAll.Failed")("Failed", {
  input: Input,
  insightId: maybe(InsightId),
  error: RunError
}) {}

/**
 * An element of the stream.
 *
 * @since 0.1.0
 * @category events
 */
export const Update = unionOf("PixxelInsightRunAll.Update", Created, Succeeded, Failed)
export type Update = typeof Update.Type

/**
 * An event of a ledger.
 *
 * @since 0.1.0
 * @category events
 */
export const Event = unionOf("PixxelInsightRunAll.Event", Intended, Created, Succeeded, Failed)
export type Event = typeof Event.Type

/**
 * Removes all events of some inputs, which are then created as new inputs: **they may be paid again.** Check first, with
 * `InsightsApi.resolve` or in the list of the AOI. To retry a failed input without paying, remove only its `Failed`.
 *
 * @example
 * import { InsightRunAll } from "@effect-pixxel/client"
 *
 * const again = InsightRunAll.forget(seen, ["west field"])
 *
 * @since 0.1.0
 * @category combinators
 */
export const forget: {
  (keys: Iterable<string>): (events: Iterable<Event>) => ReadonlyArray<Event>
  (events: Iterable<Event>, keys: Iterable<string>): ReadonlyArray<Event>
} = dual(2, without<Event>)

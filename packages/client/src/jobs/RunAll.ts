/**
 * Batches of jobs: the inputs and events of `JobsApi.runAll`, and how to resume a batch.
 *
 * Every input has a unique `key`, which identifies it on resume. The events are classes with a JSON form. A batch that
 * stores them in a ledger can be killed at any moment and resumed in another process without paying for an input twice:
 *
 * @example
 * import { JobsApi, RunAll } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Stream from "effect/Stream"
 *
 * const encode = Schema.encode(Schema.parseJson(RunAll.Event))
 * // Appends a line to the ledger. Succeeds when the line is on the disk.
 * const keep = (event: RunAll.Event) => Effect.flatMap(encode(event), append)
 *
 * const batch = (inputs: Stream.Stream<RunAll.Input>, seen: ReadonlyArray<RunAll.Event>) =>
 *   Effect.gen(function* () {
 *     const jobs = yield* JobsApi
 *     const onOrphan = (event: RunAll.Event) => Effect.orDie(keep(event))
 *     yield* jobs.runAll(inputs, { concurrency: 10, seen, keep, onOrphan }).pipe(Stream.runForEach(keep))
 *   })
 *
 * **Details**
 *
 * - The order is: list the jobs, store `Intended` (`keep`), send. A create without an outcome in the ledger may have
 *   been sent. On resume, the client searches for the jobs of all such creates of a workflow together, and creates
 *   nothing on that workflow before the search has ended, which may take until their windows are over (see
 *   `CreateIntent`). An input whose job is found emits `Created`; otherwise it is `Failed` with `CreateOutcomeUnknown`.
 * - The last line of a ledger may be torn if its writer was killed. Skip such a line.
 *
 * **Gotchas**
 *
 * - An update counts as taken when the consumer asks for the next one; in the example, when `keep` has ended. The last
 *   updates before a stop may go to `onOrphan` as well: storing an event twice is harmless.
 * - A ledger belongs to one process at a time: lock it.
 * - The JSON of a success has no signed URL: request the package again with `download`.
 *
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import { CreateIntent } from "../CreateIntent.js"
import { JobId, ProjectId, WorkflowId } from "../Ids.js"
import { afterCreate, ofCreate } from "../internal/batchErrors.js"
import { without } from "../internal/ledger.js"
import { maybe, unionOf } from "../internal/schema.js"
import { construct } from "../internal/unsafe.js"
import * as Errors from "../PixxelError.js"
import { DownloadPackage } from "./DownloadPackage.js"
import { Job } from "./Job.js"
import { JobSubject, JobTarget } from "./Subject.js"

/**
 * One run of a batch. With a `jobId`, the run creates no job: it waits for this job and polls its package.
 *
 * @since 0.1.0
 * @category models
 */
export const Input = Schema.Struct({
  key: Schema.NonEmptyString,
  workflowId: WorkflowId,
  projectId: ProjectId,
  jobId: Schema.optional(JobId)
})
export type Input = typeof Input.Type

const runError = unionOf("PixxelRunAll.RunError", ...ofCreate(JobTarget), Errors.JobFailed, ...afterCreate(JobSubject))

/**
 * The errors of a run, as a schema.
 *
 * @since 0.1.0
 * @category models
 */
export const RunError: Schema.Schema<Errors.RunError, typeof runError.Encoded> = runError

const { signedUrl: _, ...storable } = DownloadPackage.fields

/** A package whose JSON has no signed URL, so that it can be decoded again. */
const Package = Schema.transform(Schema.Struct(storable), Schema.typeSchema(DownloadPackage), {
  strict: true,
  decode: (fields) => construct(DownloadPackage, fields),
  encode: ({ signedUrl: _, ...fields }) => fields
})

/**
 * The create of an input is about to be sent. Passed to `keep`, and never emitted by the stream.
 *
 * @since 0.1.0
 * @category events
 */
export class Intended extends Schema.TaggedClass<Intended>("PixxelRunAll.Intended")("Intended", {
  input: Input,
  intent: CreateIntent
}) {}

/**
 * The job of an input was created. The wait begins once the event was taken, that is, when the consumer asks for the
 * next.
 *
 * @since 0.1.0
 * @category events
 */
export class Created extends Schema.TaggedClass<Created>("PixxelRunAll.Created")("Created", {
  input: Input,
  jobId: JobId
}) {}

/**
 * The job of an input has succeeded, and its package is ready.
 *
 * @since 0.1.0
 * @category events
 */
export class Succeeded extends Schema.TaggedClass<Succeeded>("PixxelRunAll.Succeeded")("Succeeded", {
  input: Input,
  jobId: JobId,
  result: Schema.Struct({ job: Job, download: Package })
}) {}

/**
 * An input has failed; the others continue. Without a `jobId`, there is no job, or its id is unknown
 * (`CreateOutcomeUnknown`).
 *
 * @since 0.1.0
 * @category events
 */
export class Failed extends Schema.TaggedClass<Failed>("PixxelRunAll.Failed")("Failed", {
  input: Input,
  jobId: maybe(JobId),
  error: RunError
}) {}

/**
 * An element of the stream.
 *
 * @since 0.1.0
 * @category events
 */
export const Update = unionOf("PixxelRunAll.Update", Created, Succeeded, Failed)
export type Update = typeof Update.Type

/**
 * An event of a ledger.
 *
 * @since 0.1.0
 * @category events
 */
export const Event = unionOf("PixxelRunAll.Event", Intended, Created, Succeeded, Failed)
export type Event = typeof Event.Type

/**
 * Removes all events of some inputs, which are then created as new inputs: **they may be paid again.** An input whose
 * create is `CreateOutcomeUnknown` is only repeated after this explicit step. Check first, with `JobsApi.resolve` or in
 * the list of the workflow.
 *
 * To retry a failed input without paying, remove only its `Failed`: the batch then waits again for its job, or searches
 * again for the job of its create.
 *
 * @example
 * import { RunAll } from "@effect-pixxel/client"
 *
 * const again = RunAll.forget(seen, ["west field"])
 *
 * @since 0.1.0
 * @category combinators
 */
export const forget: {
  (keys: Iterable<string>): (events: Iterable<Event>) => ReadonlyArray<Event>
  (events: Iterable<Event>, keys: Iterable<string>): ReadonlyArray<Event>
} = dual(2, without<Event>)

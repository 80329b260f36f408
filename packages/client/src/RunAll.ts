/**
 * Many jobs: what `JobsApi.runAll` takes and tells, and how a batch goes on after a stop.
 *
 * Every input has a `key` of yours, by which it is known again: give each another one. The events are classes with a
 * JSON form. A batch that keeps them in a ledger can be killed at any moment and resumed in another process without
 * paying for an input twice:
 *
 * @example
 * import { JobsApi, RunAll } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Stream from "effect/Stream"
 *
 * const encode = Schema.encode(Schema.parseJson(RunAll.Event))
 * // Appends a line to the ledger, and is done when the line is on the disk.
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
 * - The order is: list the jobs, keep `Intended`, send. A create that has no outcome in the ledger may have been sent. On
 *   resume the client looks for the jobs of all such creates of a workflow together, and creates nothing on that workflow
 *   before that is done, which may take until their windows are over (see `CreateIntent`). A job that is found is
 *   `Created`; otherwise the input is `Failed` with `CreateOutcomeUnknown`.
 * - Of a ledger whose writer was killed, the last line may be torn. It counts as not written.
 *
 * **Gotchas**
 *
 * - An update counts as taken when the stream is asked for the next one; here, when `keep` has ended. The last ones
 *   before a stop may go to `onOrphan` after that: an event that is kept twice does no harm.
 * - One ledger belongs to one process at a time: lock it.
 * - The JSON of a success has no signed URL: ask for the package again with `download`.
 *
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import { CreateIntent } from "./CreateIntent.js"
import { DownloadPackage } from "./DownloadPackage.js"
import { JobId, ProjectId, WorkflowId } from "./Ids.js"
import { maybe, unionOf } from "./internal/schema.js"
import { Job } from "./Job.js"
import * as Errors from "./PixxelError.js"

/**
 * One run of a batch. With a `jobId` nothing is created: the job is waited for, and its package asked for.
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
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

const notSent = <A extends { readonly sent: false | "unknown" }, I>(schema: Schema.Schema<A, I>) =>
  schema.pipe(Schema.filter((error): error is A & { readonly sent: false } => error.sent === false))

/**
 * What a run can fail with, as a schema.
 *
 * @since 0.1.0
 * @category models
 */
export const RunError = unionOf(
  "@effect-pixxel/client/RunAll/RunError",
  Errors.BadRequest,
  Errors.Unauthorized,
  Errors.Forbidden,
  Errors.NotFound,
  Errors.RateLimited,
  Errors.UnexpectedStatus,
  notSent(Errors.TransportError),
  notSent(Errors.RequestTimeout),
  Errors.CreateNotSent,
  Errors.CostLimitExceeded,
  Errors.CreateOutcomeUnknown,
  Errors.JobFailed,
  Errors.WaitTimeout,
  Errors.DownloadError,
  Errors.RunIncomplete
)

const { signedUrl: _, ...storable } = DownloadPackage.fields

/** A package whose JSON has no signed URL, so that it can be read again. */
const Package = Schema.transform(Schema.Struct(storable), Schema.typeSchema(DownloadPackage), {
  strict: true,
  decode: (fields) => new DownloadPackage(fields, true),
  encode: ({ id, jobId, status, workflowId }) => ({ id, jobId, status, workflowId })
})

/**
 * The create of an input is about to be sent. It is handed to `keep`, and is no element of the stream.
 *
 * @since 0.1.0
 * @category events
 */
export class Intended extends Schema.TaggedClass<Intended>("@effect-pixxel/client/RunAll/Intended")("Intended", {
  input: Input,
  intent: CreateIntent
}) {}

/**
 * The job of an input was created. The waiting begins when this event has been taken: when the next one is asked for.
 *
 * @since 0.1.0
 * @category events
 */
export class Created extends Schema.TaggedClass<Created>("@effect-pixxel/client/RunAll/Created")("Created", {
  input: Input,
  jobId: JobId
}) {}

/**
 * The job of an input has succeeded, and its package is ready.
 *
 * @since 0.1.0
 * @category events
 */
export class Succeeded extends Schema.TaggedClass<Succeeded>("@effect-pixxel/client/RunAll/Succeeded")("Succeeded", {
  input: Input,
  jobId: JobId,
  result: Schema.Struct({ job: Job, download: Package })
}) {}

/**
 * An input has failed; the others go on. Without a `jobId` there is no job, or it is not known (`CreateOutcomeUnknown`).
 *
 * @since 0.1.0
 * @category events
 */
export class Failed extends Schema.TaggedClass<Failed>("@effect-pixxel/client/RunAll/Failed")("Failed", {
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
export const Update = unionOf("@effect-pixxel/client/RunAll/Update", Created, Succeeded, Failed)
/**
 * @since 0.1.0
 * @category events
 */
export type Update = typeof Update.Type

/**
 * An event of a ledger.
 *
 * @since 0.1.0
 * @category events
 */
export const Event = unionOf("@effect-pixxel/client/RunAll/Event", Intended, Created, Succeeded, Failed)
/**
 * @since 0.1.0
 * @category events
 */
export type Event = typeof Event.Type

/**
 * The events without those of some inputs, which are then created as if they were new: **they may be paid again.** This
 * is the explicit word that an input whose create is `CreateOutcomeUnknown` needs. Give it after you have looked: with
 * `JobsApi.resolve`, or at the list of the workflow.
 *
 * To try a failed input again without paying, leave out its `Failed` alone: the batch then waits again for its job, or
 * looks again for the job of its create.
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
} = dual(2, (events: Iterable<Event>, keys: Iterable<string>): ReadonlyArray<Event> => {
  const forgotten = new Set(keys)
  return Array.from(events).filter(({ input }) => !forgotten.has(input.key))
})

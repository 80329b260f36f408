/**
 * Many jobs: what `JobsApi.runAll` takes and tells, and how a batch goes on after a stop.
 *
 * Every input has a `key` of yours, by which it is known again: give each another one. The events are classes with a
 * JSON form, so that a batch that keeps them can be resumed, in another process too:
 *
 * @example
 * import { JobsApi, RunAll } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Stream from "effect/Stream"
 *
 * const encode = Schema.encode(Schema.parseJson(RunAll.Event))
 * const keep = (event: RunAll.Event) => Effect.orDie(Effect.flatMap(encode(event), append))
 *
 * const batch = (inputs: Stream.Stream<RunAll.Input>, seen: ReadonlyArray<RunAll.Event>) =>
 *   Effect.gen(function* () {
 *     const jobs = yield* JobsApi
 *     yield* jobs.runAll(RunAll.remaining(inputs, seen), { concurrency: 10, onOrphan: keep }).pipe(
 *       Stream.runForEach(keep)
 *     )
 *   })
 *
 * **Gotchas**
 *
 * - An event counts as taken when the stream is asked for the next one; here, when `keep` has ended. The last ones before
 *   a stop may go to `onOrphan` after that: an event that is kept twice does no harm.
 * - The JSON of a success has no signed URL: ask for the package again with `download`.
 *
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
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
 * An input has failed; the others go on. Without a `jobId` there is no job, or nobody knows (`CreateOutcomeUnknown`).
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
 * @since 0.1.0
 * @category events
 */
export const Event = unionOf("@effect-pixxel/client/RunAll/Event", Created, Succeeded, Failed)
/**
 * @since 0.1.0
 * @category events
 */
export type Event = typeof Event.Type

/**
 * What is left of a batch after these events, of one run of it or of several: an input that has come to its end is
 * left out, whether well or not; one whose job was created gets its `jobId`; all others are as they were.
 *
 * A failed input stays failed. To try it again, leave its `Failed` out of the events: that waits again for the job if
 * one was `Created`. Never do so for a `CreateOutcomeUnknown` without having looked: it would be created again.
 *
 * @since 0.1.0
 * @category combinators
 */
export const remaining: {
  (events: Iterable<Event>): <E, R>(inputs: Stream.Stream<Input, E, R>) => Stream.Stream<Input, E, R>
  <E, R>(inputs: Stream.Stream<Input, E, R>, events: Iterable<Event>): Stream.Stream<Input, E, R>
} = dual(2, <E, R>(inputs: Stream.Stream<Input, E, R>, events: Iterable<Event>): Stream.Stream<Input, E, R> => {
  const created = new Map<string, JobId>()
  const ended = new Set<string>()
  for (const event of events) {
    if (event._tag === "Created") created.set(event.input.key, event.jobId)
    else ended.add(event.input.key)
  }
  return Stream.filterMap(inputs, (input) => {
    if (ended.has(input.key)) return Option.none()
    const jobId = created.get(input.key)
    return Option.some(jobId === undefined ? input : { ...input, jobId })
  })
})

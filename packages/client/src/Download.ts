/**
 * Downloads the result of a job or of one of its tasks to a file. The file is complete or absent.
 *
 * `toFile` requests the package, waits until it is ready, and fetches it into `NAME.part` beside the target, in
 * constant memory. When the connection breaks or stalls, it requests the rest (`Range` under `If-Range`). When the
 * signed URL has expired, it requests a new URL from the API. The bytes received so far survive a failure, an
 * interruption and a killed process: the same call resumes from them, in a later run too. A complete download is synced
 * to the disk, read once more for its checksum, and renamed: **the target never holds an incomplete file**, and a file
 * that is replaced stays unchanged until the rename.
 *
 * @example
 * import { Download, JobId, WorkflowId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Download.toFile({
 *   workflowId: WorkflowId.make("wf-crop-classification"),
 *   jobId: JobId.make("my-job"),
 *   path: "results/fields.zip"
 * }).pipe(
 *   Effect.tap(({ bytes, verified }) => Effect.log(`${bytes} bytes, verified by ${verified}`)),
 *   Effect.catchTag("DownloadIncomplete", ({ message }) => Effect.logError(message))
 * )
 * // over NodeContext.layer for the files, and NodeHashing.layer for the checksums
 *
 * **Details**
 *
 * - *Retries* follow `RetryPolicy` and count from the last new byte: a download that makes progress never exhausts
 *   them. `attemptTimeout` limits the time without bytes unless `idleTimeout` is set; `timeout` limits the time without
 *   progress. Neither includes the wait for the package.
 * - *Resuming* relies on a strong `ETag` alone. Without an `ETag`, without `Range` support in the store, or after a
 *   change of the package, the download restarts from the first byte.
 * - *Wrong answers* are rejected and fetched again: an answer that contradicts the known length, range, `ETag` or
 *   checksum, an empty body, and first bytes that are not a ZIP header. The package of a job is documented as a ZIP.
 *   The package of a task is not, so only a page of markup is rejected there. The part on the disk is replaced once the
 *   first bytes and a strong `ETag` of the other answer have arrived, without an `ETag` once the other answer is
 *   complete.
 * - *Content codings* (`gzip`, `br`, …) cannot be resumed. An encoded package is accepted if the transport decodes it;
 *   otherwise the download fails immediately with a `DownloadError`. Values that encode nothing, such as `aws-chunked`
 *   of object stores, are ignored.
 * - *Checks*: always the length, if the store sends it. A checksum, if the store sends one (`Repr-Digest`, `Digest`,
 *   `Content-MD5`, `x-amz-checksum-…`, `x-goog-hash`, `x-ms-blob-content-md5`) and `Hashing` is provided; otherwise,
 *   with `verify`, the CRC-32 of every file in the ZIP. `verified` names the check that was made. A package that fails
 *   a check is fetched again, as often as the policy allows.
 * - *Secrets*: the token, tracing headers, and cookies or headers of `FetchHttpClient.RequestInit` never go to the host
 *   of the signed URL. The URL appears in no file, log, span or error. Up to five redirects are followed, never from
 *   https to http.
 *
 * **Gotchas**
 *
 * - `NAME.part.json` describes the package of `NAME.part`, with the subject that it belongs to: a part of another
 *   subject, or of an earlier form of the description, is replaced. `NAME.part.lock` excludes a second download. A killed
 *   process leaves its lock, and the next download takes the lock over after about 16 seconds. A process that was only
 *   suspended has lost the lock when it resumes: it ends with `Locked`, and its late writes reach no file of the other
 *   download.
 * - Writes follow no symbolic link: a link at the target is never replaced (`TargetExists`), and a link, a pipe or a
 *   folder at one of the three other names is an error (`FileSystem`). The folder must be trusted: the platform's
 *   `FileSystem` checks and opens a file in two steps, and a program that swaps names between them can mislead a
 *   resumed download, which opens the existing part. All other files are created exclusively.
 * - A power cut may corrupt the end of a part. If the store sends no checksum, remove the part by hand.
 * - The provided `HttpClient` must not add a token of its own to requests for other hosts.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import type { DownloadFailure, SignedUrlFailure } from "./DownloadError.js"
import type { Hashing } from "./Hashing.js"
import type { HttpError } from "./HttpError.js"
import type { TaskId } from "./Ids.js"
import * as internal from "./internal/download/toFile.js"
import type * as packages from "./internal/packages.js"
import { packageOf } from "./jobs/internal/packages.js"
import type { JobsApi } from "./jobs/JobsApi.js"
import type { JobSubject, TaskSubject } from "./jobs/Subject.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"
import type { Subject } from "./Subject.js"

type OfJob = JobSubject | TaskSubject

const sourceOf = <S extends Subject>(from: From<S>): Source<S> =>
  // Without a source, nothing infers the subject, so it is the default.
  "source" in from ? from.source : (packageOf(from) as packages.Source<Subject> as Source<S>)

// --- models ---

/**
 * A source of packages other than a job or a task, made by the service of its resource.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source<S extends Subject> extends packages.Source<S> {}

/**
 * The package of a job, or of one of its tasks.
 *
 * @since 0.1.0
 * @category models
 */
export interface JobInput extends JobsApi.JobRef {
  /** The task whose package to download. Default: the whole job. */
  readonly taskId?: TaskId | undefined
}

/**
 * The package to download: that of a job or a task by its ids, or of any `source`.
 *
 * @since 0.1.0
 * @category models
 */
export type From<S extends Subject> = JobInput | { readonly source: Source<S> }

/**
 * The package to download and the target path.
 *
 * @since 0.1.0
 * @category models
 */
export type Input<S extends Subject = OfJob> = From<S> & {
  /** The target file. Missing folders are created. */
  readonly path: string
}

/**
 * The options of a download.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The behaviour if `path` exists already:
   *
   * - `skip` (default): keep the file if its length and checksum match the package, else fail. Without a checksum from
   *   the store, or without `Hashing`, the length decides, and `verified` says so.
   * - `fail`: fail before the first request.
   * - `overwrite`: replace the file once the download is complete. A symbolic link is never replaced.
   *
   * The failure is a `DownloadError` with the reason `TargetExists`.
   */
  readonly ifExists?: "skip" | "fail" | "overwrite" | undefined
  /**
   * Whether to check every file in the ZIP if the store sends no checksum. Requires `Hashing`: the types demand it, and
   * where the types cannot see the option, the download fails with the reason `NoHashing`. Default: `false`.
   */
  readonly verify?: boolean | undefined
  /** The longest time without a byte before the rest is requested again. Default: the policy's `attemptTimeout`. */
  readonly idleTimeout?: Duration.DurationInput | undefined
  /** The mean time between two polls for the package. Default: adaptive, see `Waiter`. */
  readonly interval?: Duration.DurationInput | undefined
  /** The longest wait for the package, after which the download fails with `WaitTimeout`. Default: 24 hours. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * The options of `all`, which apply to each download.
 *
 * @since 0.1.0
 * @category models
 */
export interface AllOptions extends Options {
  /** The number of concurrent downloads. Default: 3. More are rarely faster over one connection. */
  readonly concurrency?: number | undefined
}

/**
 * A complete file.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  /** The path of the file, as given. */
  readonly path: string
  /** The length of the file in bytes. */
  readonly bytes: number
  /** The number of bytes that this call fetched: fewer after a resume, more after a restart. */
  readonly fetched: number
  /** Whether the file existed already. */
  readonly isSkipped: boolean
  /**
   * The check of the bytes. `checksum`: the bytes on the disk match the checksum. `length`: their number matches the
   * length that the store sent. `none`: the store sent neither. With `none`, the package of a job ends like a ZIP; the
   * package of a task may be truncated.
   */
  readonly verified: "checksum" | "length" | "none"
  /** The algorithm of the checksum; `zip` is the CRC-32 of every file in the ZIP. */
  readonly checksum: Option.Option<Hashing.Algorithm | "zip">
}

/**
 * The progress of a download: at its start, at most five times a second while bytes arrive, and at its end.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly _tag: "Progress"
  /** The number of bytes on the disk, including those of earlier runs. Drops when the download restarts. */
  readonly bytes: number
  /** The length of the whole package in bytes, if the store sent it. */
  readonly total: Option.Option<number>
  /** Bytes per second over the last ten seconds; none at the start. */
  readonly rate: Option.Option<number>
  /** The time left at that rate. */
  readonly eta: Option.Option<Duration.Duration>
}

/**
 * An event of a download.
 *
 * - `Waiting`: the package is not ready yet, and `status` is the server's status word. Or a lock exists, and the client
 *   checks whether its owner is alive.
 * - `Retrying`: the last attempt failed, and the next follows after `delay`.
 * - `Done`: the file is complete. Always the last event.
 *
 * @since 0.1.0
 * @category models
 */
export type Event =
  | { readonly _tag: "Waiting"; readonly waitingFor: "package" | "lock"; readonly status: Option.Option<string> }
  | Progress
  | { readonly _tag: "Retrying"; readonly error: HttpError; readonly delay: Duration.Duration; readonly bytes: number }
  | { readonly _tag: "Done"; readonly result: Result }

/**
 * The services of a download. `Hashing` is optional.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = PixxelHttpClient | FileSystem.FileSystem | Path.Path

/**
 * The services of a download with these options: `Hashing` too, unless the type excludes `verify: true`.
 *
 * @since 0.1.0
 * @category models
 */
export type ServicesOf<O extends Options> =
  | Services
  | ("verify" extends keyof O ? (Required<O> extends { readonly verify: false | undefined } ? never : Hashing) : never)

// --- downloads ---

/**
 * Downloads the package to a file. Succeeds when the file is complete.
 *
 * @since 0.1.0
 * @category downloads
 */
export const toFile = <const O extends Options = {}, S extends Subject = OfJob>(
  input: Input<S>,
  options?: O
): Effect.Effect<Result, DownloadFailure<S>, ServicesOf<O>> =>
  internal.toFile(sourceOf(input), input.path, options ?? {}, () => Effect.void)

/**
 * Like `toFile`, as a stream of events. A slow consumer misses some events, never the last, and does not slow the
 * download. Ending the stream stops the download and keeps the received bytes.
 *
 * @example
 * import { Download } from "@effect-pixxel/client"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * const shown = Download.stream({ workflowId, jobId, path: "fields.zip" }).pipe(
 *   Stream.runForEach((event) => (event._tag === "Progress" ? Console.log(`${event.bytes} bytes`) : Console.log(event._tag)))
 * )
 *
 * @since 0.1.0
 * @category downloads
 */
export const stream = <const O extends Options = {}, S extends Subject = OfJob>(
  input: Input<S>,
  options?: O
): Stream.Stream<Event, DownloadFailure<S>, ServicesOf<O>> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const queue = yield* Queue.sliding<Take.Take<Event, DownloadFailure<S>>>(16)
      yield* internal
        .toFile(sourceOf(input), input.path, options ?? {}, (event) => Queue.offer(queue, Take.of(event)))
        .pipe(
          Effect.matchCauseEffect({
            onSuccess: () => Queue.offer(queue, Take.end),
            onFailure: (cause) => Queue.offer(queue, Take.failCause(cause))
          }),
          Effect.forkScoped
        )
      return Stream.flattenTake(Stream.fromQueue(queue))
    })
  )

/**
 * Requests the package, waits until it is ready, and returns its signed URL, for programs that download by other means.
 * The URL is short-lived, and gives access to the package without a token.
 *
 * @example
 * import { Download } from "@effect-pixxel/client"
 *
 * const url = Download.signedUrl({ workflowId, jobId }, { timeout: "10 minutes" })
 *
 * @since 0.1.0
 * @category downloads
 */
export const signedUrl = <S extends Subject = OfJob>(
  input: From<S>,
  options: Pick<Options, "interval" | "timeout"> = {}
): Effect.Effect<Redacted.Redacted, SignedUrlFailure<S>, PixxelHttpClient> =>
  internal.signedUrl(sourceOf(input), options)

/**
 * Downloads several packages with limited concurrency. A failure stops no other download: each has its own outcome, in
 * the order of the inputs.
 *
 * @example
 * import { Download } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const failures = Download.all(
 *   job.tasks.map((task) => ({ workflowId, jobId: job.id, taskId: task.id, path: `${task.id}.zip` })),
 *   { concurrency: 4 }
 * ).pipe(Effect.map((outcomes) => outcomes.filter(Either.isLeft)))
 *
 * @since 0.1.0
 * @category downloads
 */
export const all = <const O extends AllOptions = {}, S extends Subject = OfJob>(
  inputs: Iterable<Input<S>>,
  options?: O
): Effect.Effect<Array<Either.Either<Result, DownloadFailure<S>>>, never, ServicesOf<O>> =>
  Effect.forEach(inputs, (input) => Effect.either(toFile<O, S>(input, options)), {
    concurrency: options?.concurrency ?? 3
  })

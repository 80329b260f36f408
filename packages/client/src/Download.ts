/**
 * The result of a job, or of one of its tasks, as a file that is whole or not there.
 *
 * `toFile` asks for the package, waits until it is ready, and fetches it into `NAME.part` beside the target, in constant
 * memory. When the link breaks, or stalls, it asks for the rest (`Range` under `If-Range`); when the signed URL has
 * expired, it asks the API for another. What has come is kept if it fails, is interrupted, or its process is killed: the
 * same call goes on from there, in a later run as well. When all has come it is synced to the disk, read once more for
 * its checksum, and renamed: **the target never holds an incomplete file**, and one that is replaced is as it was until
 * that moment.
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
 * - *Retries* are those of `RetryPolicy`, counted from the last new byte: a download that makes progress never uses them
 *   up. `attemptTimeout` is how long nothing may come, unless `idleTimeout` says so; `timeout` is how long a download may
 *   be without progress. The waiting for the package is outside of both.
 * - *What belongs together* is decided by a strong `ETag` alone. Without one, or from a store that does not know
 *   `Range`, or when the package has changed, all is fetched anew.
 * - *What is not the package* is refused, and fetched again: an answer that contradicts the length, the range, the
 *   `ETag` or a checksum that are known, an empty body, and first bytes that are not those of a ZIP. The package of a job
 *   is documented as a ZIP; that of a task is not, and only a page of markup is refused there. What is on the disk is
 *   replaced when the first bytes and a strong `ETag` of the other answer are there, without an `ETag` when all of it is.
 * - *Content codings* (`gzip`, `br`, …) cannot be resumed. A package in one is used if the transport decodes it; if not,
 *   it is a `DownloadError` at once. Words of object stores that code nothing, such as `aws-chunked`, do no harm.
 * - *Checks*: the length always, where the store tells it. A checksum, where the store tells one (`Repr-Digest`, `Digest`,
 *   `Content-MD5`, `x-amz-checksum-…`, `x-goog-hash`, `x-ms-blob-content-md5`) and `Hashing` is provided; else, with
 *   `verify`, the CRC-32 of every file in the ZIP. `verified` says what was checked. What does not match is fetched
 *   anew, as often as the policy says.
 * - *Secrets*: the token, tracing headers, and cookies or headers of `FetchHttpClient.RequestInit` never go to the host
 *   of the signed URL; the URL is in no file, log, span or error. Redirects are followed, up to five, never from https
 *   to http.
 *
 * **Gotchas**
 *
 * - `NAME.part.json` says what `NAME.part` is a part of, `NAME.part.lock` keeps a second download out. A process that is
 *   killed leaves its lock, which the next download takes over after some 16 seconds. One that was only stopped, and
 *   goes on, has lost it: it ends with `Locked`, and what it still writes reaches no file of the other.
 * - No symbolic link is followed by a write: a link at the target is never replaced (`TargetExists`), and a link, a pipe,
 *   or a folder at one of the three other names is an error (`FileSystem`). This needs an honest folder: the file systems
 *   of the platform look and open in two steps, and a program that swaps names between them can still mislead a
 *   download that is resumed, which opens the part of before. All other files are created exclusively.
 * - After a power cut the end of a part may be wrong: where the store tells no checksum, remove the part by hand.
 * - The client that is provided must not add a token of its own to every host.
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
import type { Hashing } from "./Hashing.js"
import type { TaskId } from "./Ids.js"
import * as internal from "./internal/download/toFile.js"
import type { JobsApi } from "./JobsApi.js"
import type { DownloadError, DownloadFailure, HttpError, WaitTimeout } from "./PixxelError.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"

// --- models ---

/**
 * What to download, and where to. Without a `taskId` it is what the whole job made.
 *
 * @since 0.1.0
 * @category models
 */
export interface Input extends JobsApi.JobRef {
  readonly taskId?: TaskId | undefined
  /** The file to make. A folder that is missing is created. */
  readonly path: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * What to do when there is a file at `path`:
   *
   * - `skip` (default): leave it if its length and its checksum are those of the package, else fail. Where the store
   *   tells no checksum, or without `Hashing`, the length decides, and `verified` says so.
   * - `fail`: fail, before anything is asked for.
   * - `overwrite`: replace it, when all has come. A symbolic link is refused, and not replaced.
   *
   * The failure is a `DownloadError` with the reason `TargetExists`.
   */
  readonly ifExists?: "skip" | "fail" | "overwrite" | undefined
  /**
   * Whether to check every file in the ZIP where the store tells no checksum. It needs `Hashing`: the types ask for it,
   * and where they do not see it, the download fails with the reason `NoHashing`. Default: `false`.
   */
  readonly verify?: boolean | undefined
  /** How long nothing may come before it is asked for anew. Default: the `attemptTimeout` of the retry policy. */
  readonly idleTimeout?: Duration.DurationInput | undefined
  /** The mean time between two looks whether the package is ready. Default: adapts, see `Waiter`. */
  readonly interval?: Duration.DurationInput | undefined
  /** How long to wait for the package to be ready; longer is a `WaitTimeout`. Default: 24 hours. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface AllOptions extends Options {
  /** How many downloads run at once. Default: 3. A link is rarely faster for more. */
  readonly concurrency?: number | undefined
}

/**
 * A file that is whole.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  readonly path: string
  /** How long it is. */
  readonly bytes: number
  /** How many bytes this call has fetched: fewer when a part was there, more when it had to begin anew. */
  readonly fetched: number
  /** Whether it was there already. */
  readonly isSkipped: boolean
  /**
   * What its bytes were checked by. `checksum`: those on the disk are those of the store. `length`: as many as the store
   * says. `none`: the store did not even say that. The package of a job has the end of a ZIP then; that of a task may
   * be cut.
   */
  readonly verified: "checksum" | "length" | "none"
  /** The checksum; `zip` is that of every file in it. */
  readonly checksum: Option.Option<Hashing.Algorithm | "zip">
}

/**
 * How far a download is: at its beginning, at most five times a second while bytes come, and at its end.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly _tag: "Progress"
  /** How many bytes are on the disk, those of an earlier run among them. They become fewer when it begins anew. */
  readonly bytes: number
  readonly total: Option.Option<number>
  /** Bytes a second, over the last ten seconds; none at the beginning. */
  readonly rate: Option.Option<number>
  /** How long the rest will take at that rate. */
  readonly eta: Option.Option<Duration.Duration>
}

/**
 * What happens to a download.
 *
 * - `Waiting`: the package is not ready yet; `status` is the server's word for it. Or a lock is there, and it is not
 *   known yet whether its owner lives.
 * - `Retrying`: what came before broke off, and is tried again after `delay`.
 * - `Done`: the file is there. It comes last.
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
 * What a download needs. `Hashing` is used where it is provided.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = PixxelHttpClient | FileSystem.FileSystem | Path.Path

/**
 * What a download with these options needs: `Hashing` too, unless it is certain that `verify` is not `true`.
 *
 * @since 0.1.0
 * @category models
 */
export type ServicesOf<O extends Options> =
  | Services
  | ("verify" extends keyof O ? (Required<O> extends { readonly verify: false | undefined } ? never : Hashing) : never)

// --- downloads ---

/**
 * Downloads the package to a file. Ends when the file is there, whole.
 *
 * @since 0.1.0
 * @category downloads
 */
export const toFile = <const O extends Options = {}>(
  input: Input,
  options?: O
): Effect.Effect<Result, DownloadFailure, ServicesOf<O>> => internal.toFile(input, options ?? {}, () => Effect.void)

/**
 * Like `toFile`, with the events on the way. A slow reader misses some of them, never the end, and slows nothing down.
 * The end of the reader stops the download, which keeps what has come.
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
export const stream = <const O extends Options = {}>(
  input: Input,
  options?: O
): Stream.Stream<Event, DownloadFailure, ServicesOf<O>> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const queue = yield* Queue.sliding<Take.Take<Event, DownloadFailure>>(16)
      yield* internal
        .toFile(input, options ?? {}, (event) => Queue.offer(queue, Take.of(event)))
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
 * Asks for the package, waits until it is ready, and gives its signed URL: for a program that downloads by other means.
 * It is short-lived, and opens the package to whoever has it.
 *
 * @example
 * import { Download } from "@effect-pixxel/client"
 *
 * const url = Download.signedUrl({ workflowId, jobId }, { timeout: "10 minutes" })
 *
 * @since 0.1.0
 * @category downloads
 */
export const signedUrl = (
  input: Omit<Input, "path">,
  options: Pick<Options, "interval" | "timeout"> = {}
): Effect.Effect<Redacted.Redacted, HttpError | WaitTimeout | DownloadError, PixxelHttpClient> =>
  internal.signedUrl(input, options)

/**
 * Several downloads, so many at once. One that fails stops no other: each has its own outcome, in the order of the
 * inputs.
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
export const all = <const O extends AllOptions = {}>(
  inputs: Iterable<Input>,
  options?: O
): Effect.Effect<Array<Either.Either<Result, DownloadFailure>>, never, ServicesOf<O>> =>
  Effect.forEach(inputs, (input) => Effect.either(toFile<O>(input, options)), {
    concurrency: options?.concurrency ?? 3
  })

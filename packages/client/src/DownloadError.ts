/**
 * The errors of a download.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Attempt } from "./Attempt.js"
import { HttpError } from "./HttpError.js"
import { failure, listOf, maybeNumber, maybeString } from "./internal/schema.js"
import { Subject } from "./Subject.js"
import type { WaitTimeout } from "./WaitError.js"

/**
 * The download failed, and the same call would fail again. `reason` names the cause:
 *
 * - `PackageFailed`: the server could not build the package; `status` is its status word.
 * - `Refused`: the store refuses even fresh signed URLs; `code` is its status.
 * - `Corrupt`: the received bytes are not the package: a wrong checksum or length, a page instead of a ZIP, or a
 *   content coding that the transport does not decode.
 * - `TargetExists`: `path` exists and must not be replaced.
 * - `Locked`: another download to the same `path` is in progress.
 * - `DiskFull`: no space left, or the quota is exhausted. The received bytes are kept.
 * - `PermissionDenied`: the folder or a file in it is not writable.
 * - `NoHashing`: `verify` was set without a `Hashing` service.
 * - `FileSystem`: any other error of the file system; a link, a pipe or a folder at one of the download's own file
 *   names; a file that another program changed.
 *
 * `code` is the code of the operating system, if known, such as `ENOSPC`.
 *
 * @since 0.1.0
 * @category download errors
 */
export class DownloadError<S extends Subject = Subject> extends failure<DownloadError>()("DownloadError", false, {
  subject: Subject,
  reason: Schema.Literal(
    "PackageFailed",
    "Refused",
    "Corrupt",
    "TargetExists",
    "Locked",
    "DiskFull",
    "PermissionDenied",
    "NoHashing",
    "FileSystem"
  ),
  status: maybeString,
  path: maybeString,
  code: maybeString,
  /** The attempts to fetch the package since the last received byte. */
  attempts: listOf(Attempt)
}) {
  declare readonly subject: S
}

/**
 * A download stopped before the package was complete: `failure` is the last error, `attempts` are those since the last
 * received byte. The `bytes` received so far are kept beside `path`: download again to fetch the rest.
 *
 * @since 0.1.0
 * @category download errors
 */
export class DownloadIncomplete<S extends Subject = Subject> extends failure<DownloadIncomplete>()(
  "DownloadIncomplete",
  true,
  {
    subject: Subject,
    path: Schema.String,
    bytes: Schema.Number,
    /** The length of the whole package, if the store sent it. */
    total: maybeNumber,
    attempts: listOf(Attempt),
    failure: HttpError
  }
) {
  declare readonly subject: S
}

/**
 * The errors before the first byte of a download: of the calls that ask for a signed URL.
 *
 * @since 0.1.0
 * @category unions
 */
export type SignedUrlFailure<S extends Subject = Subject> = HttpError | WaitTimeout<S> | DownloadError<S>

/**
 * The errors of `Download`, about the source of the package.
 *
 * @since 0.1.0
 * @category unions
 */
export type DownloadFailure<S extends Subject = Subject> = SignedUrlFailure<S> | DownloadIncomplete<S>

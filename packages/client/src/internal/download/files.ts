/**
 * The files of a download, and what the file system's errors mean to it.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { JobId, TaskId, WorkflowId } from "../../Ids.js"
import { type Attempt, DownloadError } from "../../PixxelError.js"

/** The package that is wanted, as errors name it. */
export interface Ref {
  readonly workflowId: WorkflowId
  readonly jobId: JobId
  readonly taskId: Option.Option<TaskId>
}

export interface Names {
  readonly target: string
  /** What has come so far. */
  readonly part: string
  /** What it is a part of. */
  readonly sidecar: string
  readonly lock: string
  readonly folder: string
}

export const namesOf = (target: string): Effect.Effect<Names, never, Path.Path> =>
  Effect.map(Path.Path, ({ dirname }) => ({
    target,
    part: `${target}.part`,
    sidecar: `${target}.part.json`,
    lock: `${target}.part.lock`,
    folder: dirname(target)
  }))

/** The code of the operating system, which the platform keeps in the cause alone. */
const codeOf = (error: PlatformError): Option.Option<string> => {
  let link: unknown = error.cause
  for (let depth = 0; depth < 10 && typeof link === "object" && link !== null; depth++) {
    if ("code" in link && typeof link.code === "string") return Option.some(link.code)
    link = "cause" in link ? link.cause : undefined
  }
  return Option.none()
}

const noRoom = new Set(["ENOSPC", "EDQUOT"])
const noRight = new Set(["EACCES", "EPERM", "EROFS"])

const reasonOf = (error: PlatformError, code: Option.Option<string>): DownloadError["reason"] => {
  if (Option.exists(code, (it) => noRoom.has(it))) return "DiskFull"
  const isForbidden = error._tag === "SystemError" && error.reason === "PermissionDenied"
  return isForbidden || Option.exists(code, (it) => noRight.has(it)) ? "PermissionDenied" : "FileSystem"
}

const whatOf = (reason: DownloadError["reason"], error: PlatformError, path: string, code: string): string => {
  if (reason === "DiskFull") {
    return `There is no room left for ${path}${code}. What has come is kept: make room, and download again.`
  }
  if (reason === "PermissionDenied") {
    return `${path} may not be written${code}: check the permissions of the file and of its folder.`
  }
  return error._tag === "SystemError" && error.reason === "NotFound"
    ? `${path} cannot be written${code}: does its folder exist?`
    : `The file system refuses ${path}${code}: ${error._tag === "SystemError" ? error.reason : error.message}.`
}

/** Makes the errors of a download to a path. */
export const failing =
  (ref: Ref, path: string) =>
  (
    reason: DownloadError["reason"],
    message: string,
    more: { readonly code?: Option.Option<string>; readonly attempts?: ReadonlyArray<Attempt> } = {}
  ): DownloadError =>
    new DownloadError({ ...ref, reason, path: Option.some(path), message, ...more })

export type Failing = ReturnType<typeof failing>

/** What an error of the file system means. */
export const ofPlatform =
  (fail: Failing, path: string) =>
  (error: PlatformError): DownloadError => {
    const code = codeOf(error)
    const reason = reasonOf(error, code)
    const shown = Option.match(code, { onNone: () => "", onSome: (it) => ` (${it})` })
    return fail(reason, whatOf(reason, error, path, shown), { code })
  }

const isMissing = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** What is there, or none. */
export const look = (
  path: string
): Effect.Effect<Option.Option<FileSystem.File.Info>, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ stat }) =>
    stat(path).pipe(
      Effect.asSome,
      Effect.catchIf(isMissing, () => Effect.succeedNone)
    )
  )

/** How much of a file is read at once by what looks at all of it. */
export const pieceSize = 262_144

/** Has `take` see the bytes of a file in pieces: all, or so many of the first. */
export const readThrough = (
  path: string,
  take: (piece: Uint8Array) => void,
  limit: Pick<FileSystem.StreamOptions, "bytesToRead"> = {}
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ stream }) =>
    Stream.runForEach(stream(path, { ...limit, chunkSize: pieceSize }), (piece) => Effect.sync(() => take(piece)))
  )

/** Removes a file, if it is there. */
export const discard = (path: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ remove }) => Effect.catchIf(remove(path), isMissing, () => Effect.void))

/** Has the names in a folder survive a power cut, where a folder can be opened for that. */
export const syncFolder = (folder: string): Effect.Effect<void, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ open }) =>
    Effect.scoped(Effect.flatMap(open(folder, { flag: "r" }), (it) => it.sync)).pipe(Effect.ignore)
  )

/**
 * The files of a download, and the mapping of file system errors.
 *
 * The platform's `FileSystem` can neither open without following symbolic links nor stat a link. So a download writes
 * only to files that it created itself (`wx` follows no link and opens no existing file), or to regular files with a
 * single name and the same inode before and after opening. Any other entry at one of its names is rejected.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Attempt } from "../../Attempt.js"
import { DownloadError } from "../../DownloadError.js"
import type { Hashing } from "../../Hashing.js"
import type { Subject } from "../../Subject.js"
import * as checksum from "./checksum.js"
import { differs } from "./plan.js"

export const namesOf = (target: string) =>
  Effect.map(
    Path.Path,
    ({ dirname }) =>
      ({
        target,
        /** The bytes received so far. */
        part: `${target}.part`,
        /** The description of the part's package. */
        sidecar: `${target}.part.json`,
        /** A new start that may not replace the part yet. */
        fresh: `${target}.part.new`,
        lock: `${target}.part.lock`,
        folder: dirname(target)
      }) as const
  )

export type Names = Effect.Effect.Success<ReturnType<typeof namesOf>>

/** The code of the operating system, which only the cause of a platform error has. */
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
    return `No space left for ${path}${code}. The part is kept. Free some space, and download again.`
  }
  if (reason === "PermissionDenied") {
    return `${path} is not writable${code}. Check the permissions of the file and its folder.`
  }
  return error._tag === "SystemError" && error.reason === "NotFound"
    ? `${path} is missing${code}: the file or its folder was removed during the download.`
    : `The file system refuses ${path}${code}: ${error._tag === "SystemError" ? error.reason : error.message}.`
}

export const failing =
  <S extends Subject>(subject: S, path: string) =>
  (
    reason: DownloadError["reason"],
    message: string,
    more: { readonly code?: Option.Option<string>; readonly attempts?: ReadonlyArray<Attempt> } = {}
  ) =>
    new DownloadError<S>({ subject, reason, path: Option.some(path), message, ...more })

export type Failing<S extends Subject = Subject> = ReturnType<typeof failing<S>>

export const ofPlatform =
  <S extends Subject>(fail: Failing<S>, path: string) =>
  (error: PlatformError): DownloadError<S> => {
    const code = codeOf(error)
    const reason = reasonOf(error, code)
    const shown = Option.match(code, { onNone: () => "", onSome: (it) => ` (${it})` })
    return fail(reason, whatOf(reason, error, path, shown), { code })
  }

const isMissing = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** Stats a path; none if missing. */
export const look = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, ({ stat }) =>
    stat(path).pipe(
      Effect.asSome,
      Effect.catchIf(isMissing, () => Effect.succeedNone)
    )
  )

/** The entry at a name. A symbolic link is `Other`, with any target. */
export type Entry =
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Regular"; readonly info: FileSystem.File.Info }
  | { readonly _tag: "Other"; readonly what: string }

const kinds: Readonly<Partial<Record<FileSystem.File.Type, string>>> = {
  Directory: "a folder",
  BlockDevice: "a device",
  CharacterDevice: "a device",
  FIFO: "a pipe",
  Socket: "a socket"
}

export const link = "a symbolic link"

export const inspect = (path: string): Effect.Effect<Entry, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { readLink } = yield* FileSystem.FileSystem
    // Only `readLink` detects a link: it fails on every other entry.
    if (yield* Effect.isSuccess(readLink(path))) return { _tag: "Other", what: link }
    const info = yield* look(path)
    if (Option.isNone(info)) return { _tag: "Missing" }
    return info.value.type === "File"
      ? { _tag: "Regular", info: info.value }
      : { _tag: "Other", what: kinds[info.value.type] ?? "not a regular file" }
  })

/** Rejects a foreign entry at one of the download's own names. */
export const ownsOnly = <S extends Subject>(fail: Failing<S>, path: string) =>
  Effect.flatMap(Effect.mapError(inspect(path), ofPlatform(fail, path)), (entry) =>
    entry._tag === "Other"
      ? Effect.fail(
          fail(
            "FileSystem",
            `${path} is ${entry.what}, and a download writes only to regular files of its own. Remove it, and download again.`
          )
        )
      : Effect.succeed(entry._tag === "Regular" ? Option.some(entry.info) : Option.none())
  )

/** Whether both are the same file, as far as the file system has inodes. */
export const isSameFile = (one: FileSystem.File.Info, other: FileSystem.File.Info): boolean =>
  one.dev === other.dev && !differs(one.ino, other.ino)

/** Removes a file if it exists. */
export const discard = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, ({ remove }) => Effect.catchIf(remove(path), isMissing, () => Effect.void))

/** Creates a file: removes an existing entry first, and follows no link. */
export const createFile = (path: string) =>
  Effect.zipRight(
    discard(path),
    Effect.flatMap(FileSystem.FileSystem, ({ open }) => open(path, { flag: "wx" }))
  )

/** The number of bytes per read of a whole file. */
export const pieceSize = 262_144

/** The algorithm of the matching checksum of a file; none without a computable one, `false` on a mismatch. */
export const compare = (
  path: string,
  hashing: Option.Option<Hashing.Service>,
  checksums: ReadonlyArray<checksum.Checksum>
) =>
  Effect.gen(function* () {
    const running = checksum.begin(hashing, checksums)
    if (Option.isNone(running)) return Option.none<Hashing.Algorithm>()
    const { expected, hash } = running.value
    const { stream } = yield* FileSystem.FileSystem
    yield* Stream.runForEach(stream(path, { chunkSize: pieceSize }), (piece) => Effect.sync(() => hash.update(piece)))
    return Encoding.encodeBase64(hash.digest()) === expected.value && Option.some(expected.algorithm)
  })

/** Syncs the names in a folder, so that they survive a power cut, if the platform can open a folder. */
export const syncFolder = (folder: string): Effect.Effect<void, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ open }) =>
    Effect.scoped(Effect.flatMap(open(folder, { flag: "r" }), (it) => it.sync)).pipe(Effect.ignore)
  )

/**
 * Unpacks a package into a folder: all files or none.
 *
 * The content of a ZIP is untrusted: see `archive.ts` for the rejected archives. Each file must have the size and the
 * checksum in the directory. All files go into a new folder beside the target, which is renamed to the target when it
 * is complete: see `staging.ts`. So no write follows a link inside the target. A target that is a link is rejected.
 *
 * Files keep their time and their executable bit, and otherwise have the permissions of any new file.
 */
import { createReadStream, createWriteStream } from "node:fs"
import { mkdir, readdir, utimes } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import { ERR_INVALID_CRC32, ERR_INVALID_UNCOMPRESSED_SIZE } from "@zip.js/zip.js/lib/zip-core-native.js"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Contents, type File, type Limits, quote, Refused, read, refuse, withArchive } from "./archive.js"
import { plain } from "./render/plain.js"
import { clear, find, publish } from "./staging.js"

export { defaultLimits, type Limits } from "./archive.js"

/** Nothing was unpacked. */
export class UnpackError extends Data.TaggedError("UnpackError")<{
  /** The path of the package, which is kept. */
  readonly path: string
  readonly folder: string
  /**
   * `Unsafe`: a dangerous name or kind of entry. `TooLarge`: over a limit. `Corrupt`: not a ZIP, or not consistent with
   * its directory. `TargetExists`: the folder exists with other content, or is a link. `FileSystem`: a disk error, or a
   * disk that treats two names as equal.
   */
  readonly reason: Refused["reason"]
  readonly message: string
}> {}

export type Unpacked = Awaited<ReturnType<typeof run>>

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error

const failures: Readonly<Record<string, string>> = {
  [ERR_INVALID_CRC32]: "its checksum is wrong",
  [ERR_INVALID_UNCOMPRESSED_SIZE]: "its size is wrong"
}

/** The staging folder is new, so an existing path is an entry whose name this disk treats as equal. */
const refuseFile = (path: string) => (error: unknown) => {
  if (isSystemError(error) && error.code === "EEXIST") {
    refuse("FileSystem", `this disk treats the name ${quote(path)} as equal to another entry of the package`)
  }
  const failure = error instanceof Error ? failures[error.message] : undefined
  if (failure !== undefined) refuse("Corrupt", `the file ${quote(path)} in the package is corrupt: ${failure}`)
  throw error
}

/** Sets the time. Ignores a disk that cannot store times. */
const date = (target: string, time: Date | undefined) =>
  time === undefined ? undefined : utimes(target, time, time).catch(() => undefined)

const makeFolder = async (target: string, path: string) => {
  const made = await mkdir(target).catch((error: unknown) => error)
  // a disk that ignores case merges two folders, which harms no file
  if (made !== undefined && !(await find(target))?.isDirectory()) refuseFile(path)(made)
}

const writeFile = async (file: File, target: string, signal: AbortSignal) => {
  // "wx" creates a new file, and never follows a link
  const to = createWriteStream(target, { flags: "wx", mode: file.isExecutable ? 0o777 : 0o666 })
  await pipeline(read(file), to, { signal }).catch(refuseFile(file.path))
  await date(target, file.time)
}

const write = async ({ files, folders }: Contents, root: string, signal: AbortSignal) => {
  for (const { path } of folders) {
    signal.throwIfAborted()
    await makeFolder(join(root, path), path)
  }
  for (const file of files) {
    signal.throwIfAborted()
    await writeFile(file, join(root, file.path), signal)
  }
  // after their contents, whose writes change their time
  for (const { path, time } of folders) await date(join(root, path), time)
}

const sumOf = async (path: string, signal: AbortSignal) => {
  let sum = 0
  for await (const chunk of createReadStream(path, { signal })) sum = crc32(chunk, sum)
  return sum
}

/** Whether a folder contains all files of the package, unchanged. */
const hasAll = async ({ files, folders }: Contents, root: string, signal: AbortSignal) => {
  for (const path of ["", ...folders.map(({ path }) => path)]) {
    if (!(await find(join(root, path)))?.isDirectory()) return false
  }
  for (const { entry, path } of files) {
    const target = join(root, path)
    const found = await find(target)
    if (!found?.isFile() || found.size !== entry.uncompressedSize) return false
    if ((await sumOf(target, signal)) !== entry.crc32) return false
  }
  return true
}

const isVacant = async (folder: string) => {
  const found = await find(folder)
  if (found?.isSymbolicLink()) refuse("TargetExists", `${folder} is a symbolic link`)
  return found === undefined || (found.isDirectory() && (await readdir(folder)).length === 0)
}

const run = (path: string, folder: string, limits: Limits, signal: AbortSignal) =>
  withArchive(path, limits, async (contents) => {
    /** Folders of other runs that unpack the same package, or were killed on another machine. */
    const leftovers = await clear(folder)
    const isPublished =
      (await isVacant(folder)) && (await publish(folder, (staging) => write(contents, staging, signal)))
    // another run may have published first, and a published folder is complete
    if (!isPublished && !(await hasAll(contents, folder, signal))) {
      refuse("TargetExists", `${folder} exists already with other content`)
    }
    const { bytes, files } = contents
    // skipped, if all files existed already
    return { folder, files: files.length, bytes, isSkipped: !isPublished, leftovers }
  })

/** Runs `use`. An interruption aborts it and waits for its cleanup. */
const settled = <A>(use: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.async((resume) => {
    const controller = new AbortController()
    const running = use(controller.signal).then(Effect.succeed, Effect.fail)
    running.then(resume)
    return Effect.promise(() => {
      controller.abort()
      return running
    })
  })

/** Unpacks a package into a folder that is missing, empty, or has the same content already. */
export const unpack = (path: string, folder: string, limits: Limits): Effect.Effect<Unpacked, UnpackError> =>
  Effect.mapError(
    settled((signal) => run(path, folder, limits, signal)),
    (error) => {
      const text = error instanceof Error ? error.message : String(error)
      const { message, reason } =
        error instanceof Refused
          ? error
          : isSystemError(error)
            ? new Refused("FileSystem", text)
            : new Refused("Corrupt", `the package is not a readable ZIP: ${plain(text)}`)
      return new UnpackError({ path, folder, reason, message: `Nothing was unpacked: ${message}.` })
    }
  )

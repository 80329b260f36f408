/**
 * A package as a folder of files: all of them, or none.
 *
 * What is in a ZIP is not trusted: see `archive.ts` for what is refused. What is then read may not be longer than its
 * directory says, and must have its checksum. It goes into a new folder beside the target, which takes its name when all
 * is there: see `staging.ts`. So nothing is written through a link that lies in the target. A target that is a link is
 * refused.
 *
 * Files keep their time and their executable bit, and have no other right than any new file.
 */
import { createReadStream, createWriteStream, type Stats } from "node:fs"
import { lstat, mkdir, readdir, utimes } from "node:fs/promises"
import { join } from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Archive, type Contents, type File, type Limits, quote, Refused, refuse, withArchive } from "./archive.js"
import { plain } from "./render/plain.js"
import { clear, publish } from "./staging.js"

export { defaultLimits, type Limits } from "./archive.js"

/** Nothing was unpacked. */
export class UnpackError extends Data.TaggedError("UnpackError")<{
  /** The package, which is kept. */
  readonly path: string
  readonly folder: string
  /**
   * `Unsafe`: a name or a kind of entry that could do harm. `TooLarge`: over a limit. `Corrupt`: no ZIP, or not what its
   * directory says. `TargetExists`: the folder is there with other content, or is a link. `FileSystem`: an error of the
   * disk, or one that takes two names for one.
   */
  readonly reason: Refused["reason"]
  readonly message: string
}> {}

export interface Unpacked {
  readonly folder: string
  readonly files: number
  /** All files together. */
  readonly bytes: number
  /** Whether all of them were there already. */
  readonly isSkipped: boolean
  /** Folders of other runs that unpack the same package, or were killed on another machine. */
  readonly leftovers: ReadonlyArray<string>
}

/** Passes bytes on, and fails at their end unless they have this checksum. */
const checking = (expected: number, name: string) => {
  let sum = 0
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      sum = crc32(chunk, sum)
      done(null, chunk)
    },
    flush: (done) => {
      const message = `the file ${quote(name)} in the package is corrupt: its checksum is wrong`
      done(sum === expected ? null : new Refused("Corrupt", message))
    }
  })
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error

/** The staging folder is new, so what is there is an entry whose name this disk takes for the same. */
const refuseTaken = (path: string) => (error: unknown) => {
  if (!isSystemError(error) || error.code !== "EEXIST") throw error
  return refuse("FileSystem", `this disk takes the name ${quote(path)} for that of another entry of the package`)
}

/** A disk that cannot keep a time has the content all the same. */
const date = (target: string, time: Date | undefined) =>
  time === undefined ? undefined : utimes(target, time, time).catch(() => undefined)

const makeFolder = async (target: string, path: string) => {
  const made = await mkdir(target).catch((error: unknown) => error)
  // a disk that ignores case makes one folder of two, which harms no file
  if (made !== undefined && !(await find(target))?.isDirectory()) refuseTaken(path)(made)
}

const writeFile = async (read: Archive["read"], file: File, target: string, signal: AbortSignal) => {
  const content = await read(file)
  // "wx" makes a new file, and never follows a link
  const to = createWriteStream(target, { flags: "wx", mode: file.isExecutable ? 0o777 : 0o666 })
  await pipeline(content, checking(file.entry.crc32, file.path), to, { signal }).catch(refuseTaken(file.path))
  await date(target, file.time)
}

const write = async ({ contents, read }: Archive, root: string, signal: AbortSignal) => {
  for (const { path } of contents.folders) {
    signal.throwIfAborted()
    await makeFolder(join(root, path), path)
  }
  for (const file of contents.files) {
    signal.throwIfAborted()
    await writeFile(read, file, join(root, file.path), signal)
  }
  // after what is in them, which changes their time
  for (const { path, time } of contents.folders) await date(join(root, path), time)
}

const sumOf = async (path: string, signal: AbortSignal) => {
  let sum = 0
  for await (const chunk of createReadStream(path, { signal })) sum = crc32(chunk, sum)
  return sum
}

/** What is there, itself if it is a link. */
const find = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined)

/** Whether a folder has each of the files as it is in the package. */
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

const run = (path: string, folder: string, limits: Limits, signal: AbortSignal): Promise<Unpacked> =>
  withArchive(path, limits, async (archive) => {
    const { contents } = archive
    const leftovers = await clear(folder)
    const isPublished =
      (await isVacant(folder)) && (await publish(folder, (staging) => write(archive, staging, signal)))
    // another run may have been first, and a folder that has its name is complete
    if (!isPublished && !(await hasAll(contents, folder, signal))) {
      refuse("TargetExists", `${folder} is there already, with other content`)
    }
    const { bytes, files } = contents
    return { folder, files: files.length, bytes, isSkipped: !isPublished, leftovers }
  })

/** Runs `use`, which an interruption aborts and then waits for, so that it leaves nothing behind. */
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

/** Unpacks a package into a folder that is not there yet, is empty, or has the same content already. */
export const unpack = (path: string, folder: string, limits: Limits): Effect.Effect<Unpacked, UnpackError> =>
  Effect.mapError(
    settled((signal) => run(path, folder, limits, signal)),
    (error) => {
      const told = error instanceof Error ? error.message : String(error)
      const { message, reason } =
        error instanceof Refused
          ? error
          : isSystemError(error)
            ? new Refused("FileSystem", told)
            : new Refused("Corrupt", `the package is no ZIP that can be read: ${plain(told)}`)
      return new UnpackError({ path, folder, reason, message: `Nothing was unpacked: ${message}.` })
    }
  )

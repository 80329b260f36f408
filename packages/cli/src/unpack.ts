/**
 * A package (a ZIP, ZIP64 too) as a folder of files: all of them, or none.
 *
 * What is in a ZIP is not trusted. Its whole directory is judged before anything is written: no name may lead out of the
 * folder (`..`, absolute paths, drive letters, backslashes), nothing but files and folders may be in it (no symbolic
 * link), no two names may be one on any disk, and sizes, counts and the ratio of compression have limits. What is then
 * read may not be longer than it was said to be, and must have its checksum. It goes into a folder beside the target,
 * which takes its name when all is there.
 */
import { createReadStream, createWriteStream } from "node:fs"
import { lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises"
import { dirname, join, resolve, sep } from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import yauzl from "yauzl"
import { plain } from "./render/plain.js"
import { bytes } from "./render/words.js"

/** How much a package may be. */
export interface Limits {
  /** In bytes, all files together. */
  readonly size: number
  /** Files and folders. */
  readonly entries: number
  /** How many times longer than the package its files may be together. */
  readonly ratio: number
}

/**
 * A mask that is zero all over has a ratio of a thousand, but no package is made of such alone; what a packer of bombs
 * makes of one file is a ratio of a thousand over all, and of millions where files overlap.
 */
export const defaultLimits: Limits = { size: 100_000_000_000, entries: 100_000, ratio: 200 }

/** Below that a ratio does no harm, whatever it is. */
const harmless = 100_000_000

/** Nothing was unpacked. */
export class UnpackError extends Data.TaggedError("UnpackError")<{
  /** What is there, and is kept. */
  readonly path: string
  readonly folder: string
  /**
   * `Unsafe`: a name or a kind of entry that no package of the API has. `TooLarge`: over a limit. `Corrupt`: no ZIP, or
   * not what its directory says. `TargetExists`: the folder is there, with other content. `FileSystem`: what the disk
   * says.
   */
  readonly reason: "Unsafe" | "TooLarge" | "Corrupt" | "TargetExists" | "FileSystem"
  readonly message: string
}> {}

export interface Unpacked {
  readonly folder: string
  readonly files: number
  /** All files together. */
  readonly bytes: number
  /** Whether all of them were there already. */
  readonly isSkipped: boolean
}

interface Refusal {
  readonly reason: UnpackError["reason"]
  readonly message: string
}

class Refused extends Error {
  override readonly name = "Refused"
  constructor(readonly refusal: Refusal) {
    super(refusal.message)
  }
}

const refuse = (reason: UnpackError["reason"], message: string): never => {
  throw new Refused({ reason, message })
}

const unsafe = (name: string, why: string) =>
  refuse("Unsafe", `the package has an entry ${JSON.stringify(plain(name).slice(0, 100))}, ${why}`)

interface Item {
  readonly entry: yauzl.Entry
  readonly name: string
  readonly isFolder: boolean
  /** Relative, with the separators of this system. */
  readonly path: string
}

/** The kind of an entry as Unix writes it, or 0 where nothing is said. */
const kindOf = ({ externalFileAttributes }: yauzl.Entry) => (externalFileAttributes >>> 16) & 0o170000
const folderKind = 0o040000
const fileKind = 0o100000

/** Names that a disk takes for one: most of them do not tell upper from lower case, nor one form of a letter from another. */
const folded = (path: string) => path.normalize("NFC").toLowerCase()

/** The name as it is: the library would change what it takes for a slip, and refuse the rest in words of its own. */
const nameOf = ({ extraFields, fileNameRaw, generalPurposeBitFlag }: yauzl.Entry) =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)

const itemOf = (entry: yauzl.Entry): Item => {
  const name = nameOf(entry)
  if (name.includes("\\")) unsafe(name, "with a backslash in its name")
  if (/^[a-z]:/i.test(name) || name.startsWith("/")) unsafe(name, "with an absolute path")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) unsafe(name, "with a control character in its name")
  const isFolder = name.endsWith("/")
  const segments = (isFolder ? name.slice(0, -1) : name).split("/")
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    unsafe(name, "whose name does not stay in its folder")
  }
  // what follows a colon, and dots and spaces at an end, are no part of the name on Windows
  if (segments.some((segment) => segment.includes(":") || /[. ]$/.test(segment))) {
    unsafe(name, "whose name is another one on some systems")
  }
  const kind = kindOf(entry)
  if (kind !== 0 && kind !== (isFolder ? folderKind : fileKind))
    unsafe(name, "which is no file, but a link or something else")
  if (entry.isEncrypted()) unsafe(name, "which is encrypted")
  return { entry, name, isFolder, path: segments.join(sep) }
}

/** All entries, judged: none is read if one is refused. */
const judged = async (zip: yauzl.ZipFile, length: number, limits: Limits): Promise<ReadonlyArray<Item>> => {
  if (zip.entryCount > limits.entries) {
    refuse("TooLarge", `the package has ${zip.entryCount} entries, and ${limits.entries} are allowed`)
  }
  const items: Array<Item> = []
  const names = new Set<string>()
  const files = new Set<string>()
  let size = 0
  for await (const entry of zip.eachEntry()) {
    const item = itemOf(entry)
    size += entry.uncompressedSize
    if (items.push(item) > limits.entries) {
      refuse("TooLarge", `the package has more than ${limits.entries} entries, which is what is allowed`)
    }
    if (size > limits.size) {
      refuse(
        "TooLarge",
        `the files of the package are more than ${bytes(limits.size)} together, which is what is allowed`
      )
    }
    const name = folded(item.path)
    if (names.has(name)) unsafe(item.name, "which is there twice")
    names.add(name)
    if (!item.isFolder) files.add(name)
  }
  if (size > harmless && size > length * limits.ratio) {
    refuse(
      "TooLarge",
      `the files of the package are ${Math.floor(size / length)} times as long as the package itself, and ${limits.ratio} times is allowed`
    )
  }
  for (const { name, path } of items) {
    for (let parent = dirname(folded(path)); parent !== "."; parent = dirname(parent)) {
      if (files.has(parent)) unsafe(name, "which is in a file")
    }
  }
  return items
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
      const message = `the file ${JSON.stringify(plain(name))} in the package is corrupt: its checksum is wrong`
      done(sum === expected ? null : new Refused({ reason: "Corrupt", message }))
    }
  })
}

const write = async (zip: yauzl.ZipFile, items: ReadonlyArray<Item>, folder: string, signal: AbortSignal) => {
  const root = resolve(folder)
  await mkdir(root)
  for (const { entry, isFolder, name, path } of items) {
    signal.throwIfAborted()
    const target = join(root, path)
    // the names have been judged: this is for the mistake that nobody has thought of
    if (!target.startsWith(root + sep)) unsafe(name, "whose name does not stay in its folder")
    await mkdir(isFolder ? target : dirname(target), { recursive: true })
    if (isFolder) continue
    const content = await zip.openReadStreamPromise(entry)
    // "wx" makes a new file, and never follows a link
    const file = createWriteStream(target, { flags: "wx" })
    await pipeline(content, checking(entry.crc32, name), file, { signal })
  }
}

const sumOf = async (path: string, signal: AbortSignal) => {
  let sum = 0
  for await (const chunk of createReadStream(path, { signal })) sum = crc32(chunk, sum)
  return sum
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false
  )

/** Whether a folder has each of the files as it is in the package. */
const hasAll = async (items: ReadonlyArray<Item>, folder: string, signal: AbortSignal) => {
  for (const { entry, isFolder, path } of items) {
    const target = join(folder, path)
    const found = await lstat(target).catch(() => undefined)
    if (found === undefined || (isFolder ? !found.isDirectory() : !found.isFile())) return false
    if (isFolder) continue
    if (found.size !== entry.uncompressedSize || (await sumOf(target, signal)) !== entry.crc32) return false
  }
  return true
}

const isEmpty = async (folder: string) => (await lstat(folder)).isDirectory() && (await readdir(folder)).length === 0

const run = async (path: string, folder: string, limits: Limits, signal: AbortSignal): Promise<Unpacked> => {
  const zip = await yauzl.openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false })
  try {
    const items = await judged(zip, (await stat(path)).size, limits)
    const files = items.filter(({ isFolder }) => !isFolder)
    const total = files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0)
    const result = { folder, files: files.length, bytes: total }
    if ((await exists(folder)) && !(await isEmpty(folder))) {
      if (await hasAll(items, folder, signal)) return { ...result, isSkipped: true }
      refuse("TargetExists", `${folder} is there already, with other content`)
    }
    const staging = `${folder}.unpacking`
    // of a run that was killed
    await rm(staging, { recursive: true, force: true })
    try {
      await write(zip, items, staging, signal)
      await rename(staging, folder)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
    return { ...result, isSkipped: false }
  } finally {
    zip.close()
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error

/** Unpacks a package into a folder that is not there yet, is empty, or has the same content already. */
export const unpack = (path: string, folder: string, limits: Limits): Effect.Effect<Unpacked, UnpackError> =>
  Effect.tryPromise({
    try: (signal) => run(path, folder, limits, signal),
    catch: (error) => {
      const told = error instanceof Error ? error.message : String(error)
      const { message, reason }: Refusal =
        error instanceof Refused
          ? error.refusal
          : isSystemError(error)
            ? { reason: "FileSystem", message: told }
            : { reason: "Corrupt", message: `the package is no ZIP that can be read: ${plain(told)}` }
      return new UnpackError({ path, folder, reason, message: `Nothing was unpacked: ${message}.` })
    }
  })

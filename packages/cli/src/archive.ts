/**
 * Reads a ZIP (or ZIP64) as a tree of folders and files, and validates the whole tree before reading any file.
 *
 * Rejects dangerous archives: a name that leads out of the folder, an absolute path, a control character, any entry
 * other than a file or a folder (so every link and device), an encrypted file, one path for a file and a folder or for
 * two files with different content, and anything beyond the limits. Reads all other archives as other tools do: drops
 * `.` and empty segments of a name, treats a backslash as a separator, allows repeated and missing folder entries, and
 * ignores bytes before the first file or after the end record.
 *
 * Does not compare names by case or normal form: only the disk knows whether it distinguishes them.
 */
import { type FileHandle, open } from "node:fs/promises"
import { join } from "node:path"
import { TransformStream } from "node:stream/web"
import {
  type Entry,
  type FileEntry,
  Reader,
  WARNING_PREPENDED_DATA,
  WARNING_TRAILING_CENTRAL_DIRECTORY_DATA,
  ZipReader
} from "@zip.js/zip.js/lib/zip-core-native.js"
import { isDevice } from "./fileName.js"
import { plain } from "./render/plain.js"
import { bytes } from "./render/words.js"

/** The limits of a package. */
export interface Limits {
  /** The total size of all files, in bytes. */
  readonly size: number
  /** The number of files and folders. */
  readonly entries: number
  /** The maximum ratio of the total size of the files to the size of the package. */
  readonly ratio: number
}

/**
 * A mask full of zeros has a ratio of a thousand, but no real package consists only of such masks. A ZIP bomb with one
 * file has a total ratio of a thousand, and one with overlapping files millions.
 */
export const defaultLimits: Limits = { size: 100_000_000_000, entries: 100_000, ratio: 200 }

/** The total size in bytes below which any ratio is harmless. */
const harmless = 100_000_000

/** The maximum size of the directory, in bytes: it is read as a whole. */
const largestDirectory = 100_000_000

/** The reason why a package is not unpacked: see `UnpackError`. */
export class Refused extends Error {
  override readonly name = "Refused"
  constructor(
    readonly reason: "Unsafe" | "TooLarge" | "Corrupt" | "TargetExists" | "FileSystem",
    message: string
  ) {
    super(message)
  }
}

export const refuse = (reason: Refused["reason"], message: string): never => {
  throw new Refused(reason, message)
}

export const quote = (name: string): string => JSON.stringify(plain(name).slice(0, 100))

const unsafe = (name: string, why: string): never =>
  refuse(
    "Unsafe",
    `the package has an entry ${quote(name)}, ${why}${name.includes("\\") ? " (a backslash separates folders)" : ""}`
  )

/** The bytes of a package. */
class Bytes extends Reader<FileHandle> {
  constructor(
    readonly file: FileHandle,
    override readonly size: number
  ) {
    super(file)
  }
  override async readUint8Array(position: number, length: number) {
    if (length > largestDirectory) refuse("TooLarge", "the directory of the package is too large")
    const { buffer, bytesRead } = await this.file.read(new Uint8Array(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  }
}

const has = ({ warnings }: ZipReader<FileHandle>, warning: string) =>
  warnings?.some(({ reason }) => reason === warning) === true

// --- the entries of the directory ---

export interface File {
  readonly _tag: "File"
  /** The relative path, with the separators of this system. */
  readonly path: string
  readonly entry: FileEntry
  /** The modification time; undefined if missing or impossible. */
  readonly time: Date | undefined
  readonly isExecutable: boolean
}

export interface Folder {
  readonly _tag: "Folder"
  readonly path: string
  time: Date | undefined
  readonly children: Map<string, File | Folder>
}

/** The Unix file type of an entry; 0 if missing. */
const kindOf = ({ externalFileAttributes }: Entry) => (externalFileAttributes >>> 16) & 0o170000
const folderKind = 0o040000
const fileKind = 0o100000

/** The extra fields with a modification time in UTC. */
const timeFields = [0x0a, 0x0d, 0x5455, 0x5855]

/** The modification time. DOS times are local to this machine; Unix and NTFS times, which take precedence, are UTC. */
const timeOf = ({ extraField, lastModDate, rawLastModDate }: Entry): Date | undefined => {
  const hasDay = [0x001f, 0x01e0].every((bits) => ((Number(rawLastModDate) >>> 16) & bits) !== 0)
  const isDated = hasDay || timeFields.some((id) => extraField?.has(id))
  return isDated && !Number.isNaN(lastModDate.getTime()) ? lastModDate : undefined
}

/** The maximum length of a path: no disk allows more, and each folder in a path costs memory. */
const longest = 4_096

/** Splits a name into folders and file. Empty for the folder of the package itself. */
export const segmentsOf = (name: string, platform: NodeJS.Platform): ReadonlyArray<string> => {
  const path = name.replaceAll("\\", "/")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
  if (/[\u0000-\u001f\u007f]/.test(path)) unsafe(name, "with a control character in its name")
  if (/^(?:[a-z]:)?\//i.test(path)) unsafe(name, "with an absolute path")
  if (path.length > longest) unsafe(name, `whose name is longer than ${longest} characters`)
  const segments: Array<string> = []
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue
    if (segment !== "..") segments.push(segment)
    else if (segments.pop() === undefined) unsafe(name, "whose name leads out of its folder")
  }
  // Windows would write to another file, to an alternate stream, or to a device
  const isOther = (segment: string) => /[<>:"|?*]|[. ]$/.test(segment) || isDevice(segment)
  if (platform === "win32" && segments.some(isOther)) unsafe(name, "whose name Windows does not allow")
  return segments
}

export interface Contents {
  /** The folders, each after its parent. */
  readonly folders: ReadonlyArray<Folder>
  readonly files: ReadonlyArray<File>
  /** The total size of all files. */
  readonly bytes: number
}

/** Builds the tree of all entries. Rejects the archive if any entry is invalid. */
const judge = async (zip: ZipReader<FileHandle>, length: number, limits: Limits): Promise<Contents> => {
  const folders: Array<Folder> = []
  const files: Array<File> = []
  const root: Folder = { _tag: "Folder", path: "", time: undefined, children: new Map() }
  const refuseCount = () => refuse("TooLarge", `the package has more entries than the limit of ${limits.entries}`)

  const folderAt = (name: string, segments: ReadonlyArray<string>): Folder => {
    let folder = root
    for (const segment of segments) {
      const found = folder.children.get(segment)
      if (found?._tag === "File") return unsafe(name, "which is in a file")
      if (found === undefined) {
        const made: Folder = { _tag: "Folder", path: join(folder.path, segment), time: undefined, children: new Map() }
        folder.children.set(segment, made)
        if (folders.push(made) + files.length > limits.entries) refuseCount()
        folder = made
      } else folder = found
    }
    return folder
  }

  const addFile = (entry: FileEntry, name: string, segments: ReadonlyArray<string>) => {
    const last = segments.at(-1) ?? unsafe(name, "which is the folder itself and leads out of its folder")
    const folder = folderAt(name, segments.slice(0, -1))
    const there = folder.children.get(last)
    if (there?._tag === "Folder") return unsafe(name, "which is a file and a folder")
    if (there !== undefined) {
      const isSame = there.entry.crc32 === entry.crc32 && there.entry.uncompressedSize === entry.uncompressedSize
      return isSame ? undefined : unsafe(name, "which occurs twice with different content")
    }
    const path = join(folder.path, last)
    const file: File = { _tag: "File", path, entry, time: timeOf(entry), isExecutable: entry.executable }
    folder.children.set(last, file)
    if (files.push(file) + folders.length > limits.entries) refuseCount()
  }

  let size = 0
  const add = (entry: Entry) => {
    const { filename: name } = entry
    const segments = segmentsOf(name, process.platform)
    const kind = kindOf(entry)
    if (kind !== 0 && kind !== folderKind && kind !== fileKind) unsafe(name, "which is a link or another special file")
    // an entry without a checksum has the form of an encrypted one
    if (entry.encrypted || entry.crc32 === undefined) unsafe(name, "which is encrypted")
    size += entry.uncompressedSize
    if (size > limits.size) refuse("TooLarge", `the files of the package exceed the limit of ${bytes(limits.size)}`)
    if (entry.directory || name.endsWith("\\")) folderAt(name, segments).time = timeOf(entry)
    else addFile(entry, name, segments)
  }
  let count = 0
  const onprogress = (_: number, total: number) => {
    count = total
    return undefined
  }
  for await (const entry of zip.getEntriesGenerator({ onprogress })) {
    if (count > limits.entries) refuse("TooLarge", `the package has ${count} entries; the limit is ${limits.entries}`)
    add(entry)
  }
  if (has(zip, WARNING_TRAILING_CENTRAL_DIRECTORY_DATA)) {
    refuse("Corrupt", `the package has more entries than the ${count} that its directory records`)
  }
  if (size > harmless && size > length * limits.ratio) {
    refuse(
      "TooLarge",
      `the files of the package are ${Math.floor(size / length)} times as large as the package; the limit is ${limits.ratio} times`
    )
  }
  return { folders, files, bytes: files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) }
}

/**
 * The unpacked content of a file, while its archive is open. Fails unless it has the size and the checksum in the
 * directory.
 */
export const read = ({ entry }: File): AsyncIterable<Uint8Array> => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const done = entry.getData(writable, { checkCrc32: true, checkLocalDirectory: false })
  // fails the reader, unless an error of the content has done so
  done.catch((error: unknown) => writable.abort(error)).catch(() => undefined)
  return readable
}

/**
 * Rejects a truncated archive that ends with a nested ZIP. Bytes before the ZIP are allowed, for example of a
 * self-extracting program, unless they begin a ZIP themselves.
 */
const refuseInner = async (zip: ZipReader<FileHandle>, bytes: Bytes) => {
  if (has(zip, WARNING_PREPENDED_DATA) && Buffer.from(await bytes.readUint8Array(0, 4)).readUInt32LE() === 0x04034b50) {
    refuse("Corrupt", "the package ends before its directory does")
  }
}

/** Opens a ZIP, and runs `use` with its contents. */
export const withArchive = async <A>(
  path: string,
  limits: Limits,
  use: (contents: Contents) => Promise<A>
): Promise<A> => {
  const file = await open(path)
  try {
    const { size: length } = await file.stat()
    const bytes = new Bytes(file, length)
    const zip = new ZipReader(bytes, { filenameValidation: "tolerant", useWebWorkers: false })
    const contents = await judge(zip, length, limits)
    await refuseInner(zip, bytes)
    return await use(contents)
  } finally {
    await file.close()
  }
}

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
import { Readable } from "node:stream"
import yauzl from "yauzl"
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

// --- the end record, and the location of the directory ---

const endSize = 22
const locatorSize = 20
const largeEndSize = 56

interface Directory {
  /** The offset of its first byte in the file. */
  readonly start: number
  readonly size: number
  /** The number of bytes before the ZIP, which all offsets in the ZIP lack. */
  readonly lead: number
  /** Whether the number of entries agrees with the recorded count. */
  readonly counts: (entries: number) => boolean
  /** The recorded count. */
  readonly count: number
}

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  const isInside = position >= 0 && Number.isSafeInteger(position)
  const { bytesRead } = isInside ? await file.read(buffer, 0, length, position) : { bytesRead: 0 }
  return bytesRead === length ? buffer : refuse("Corrupt", "the package ends before its directory does")
}

/** Finds a record by its signature: the first of these places that has it. */
const findRecord = async (file: FileHandle, signature: number, places: ReadonlyArray<number>) => {
  for (const place of places) {
    if (place >= 0 && (await readAt(file, place, 4)).readUInt32LE() === signature) return place
  }
  return refuse("Corrupt", "the package is not a ZIP, or its directory is broken")
}

/**
 * Finds the end record. A comment may follow it, and padding after the comment. A record whose comment ends the file
 * takes precedence: another record may be part of its comment.
 */
const findEnd = (tail: Buffer): number => {
  const find = (isEnd: (end: number) => boolean) => {
    for (let at = tail.length - endSize; at >= 0; at--) {
      if (tail.readUInt32LE(at) === 0x06054b50 && isEnd(at + endSize + tail.readUInt16LE(at + 20))) return at
    }
    return undefined
  }
  return (
    find((end) => end === tail.length) ??
    find(() => true) ??
    refuse("Corrupt", "the package is not a ZIP, or its end is missing")
  )
}

/**
 * Rejects a truncated archive that ends with a nested ZIP. Bytes before the ZIP are allowed, for example of a
 * self-extracting program, unless they begin a ZIP themselves.
 */
const refuseInner = async (file: FileHandle, { lead }: Directory) => {
  if (lead !== 0 && (await readAt(file, 0, 4)).readUInt32LE() === 0x04034b50) {
    refuse("Corrupt", "the package ends before its directory does")
  }
}

const findDirectory = async (file: FileHandle, length: number): Promise<Directory> => {
  const tailSize = Math.min(length, endSize + 0xffff)
  const tail = await readAt(file, length - tailSize, tailSize)
  const at = findEnd(tail)
  const end = length - tailSize + at
  const locator = end < locatorSize ? undefined : await readAt(file, end - locatorSize, locatorSize)
  const number = (record: Buffer, offset: number) => Number(record.readBigUInt64LE(offset))
  if (locator?.readUInt32LE() === 0x07064b50) {
    const written = number(locator, 8)
    const found = await findRecord(file, 0x06064b50, [written, end - locatorSize - largeEndSize])
    const record = await readAt(file, found, largeEndSize)
    if (record.readUInt32LE(16) !== 0) refuse("Corrupt", "the package is one of several parts")
    const [count, size, lead] = [number(record, 32), number(record, 40), found - written]
    return { start: number(record, 48) + lead, size, lead, count, counts: (entries) => entries === count }
  }
  const record = tail.subarray(at)
  if (record.readUInt16LE(4) !== 0) refuse("Corrupt", "the package is one of several parts")
  const [count, size, written] = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)]
  // the count of an old writer has two bytes for any number of files
  const counts = (entries: number) => entries % 0x10000 === count
  if (size === 0) return { start: end, size, lead: 0, count, counts }
  const start = await findRecord(file, 0x02014b50, [written, end - size])
  return { start, size, lead: start - written, count, counts }
}

const pieceSize = 65_536

async function* readPieces(file: FileHandle, start: number, end: number) {
  for (let at = start; at < end; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceSize, end - at))
    const { bytesRead } = await file.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}

/** The bytes of a file from `lead` on. */
class Reader extends yauzl.RandomAccessReader {
  constructor(
    readonly file: FileHandle,
    readonly lead: number
  ) {
    super()
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void
  ) {
    this.file
      .read(buffer, offset, length, position + this.lead)
      .then(
        ({ bytesRead }) => callback(bytesRead === length ? null : new Error("unexpected end of the file")),
        callback
      )
  }
  override _readStreamForRange(start: number, end: number) {
    return Readable.from(readPieces(this.file, start + this.lead, end + this.lead), { objectMode: false })
  }
}

// --- the entries of the directory ---

export interface File {
  readonly _tag: "File"
  /** The relative path, with the separators of this system. */
  readonly path: string
  readonly entry: yauzl.Entry
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
const kindOf = ({ externalFileAttributes }: yauzl.Entry) => (externalFileAttributes >>> 16) & 0o170000
const folderKind = 0o040000
const fileKind = 0o100000

const isExecutable = ({ externalFileAttributes }: yauzl.Entry) => ((externalFileAttributes >>> 16) & 0o111) !== 0

/** The modification time. DOS times are local to this machine; Unix and NTFS times, which take precedence, are UTC. */
const timeOf = (entry: yauzl.Entry): Date | undefined => {
  const time = entry.getLastModDate()
  const isDos = time.getTime() === entry.getLastModDate({ forceDosFormat: true }).getTime()
  const hasDay = (entry.lastModFileDate & 0x1f) !== 0 && (entry.lastModFileDate & 0x1e0) !== 0
  return Number.isNaN(time.getTime()) || (isDos && !hasDay) ? undefined : time
}

/** The raw name: the library would correct some names, and reject others with its own messages. */
const nameOf = ({ extraFields, fileNameRaw, generalPurposeBitFlag }: yauzl.Entry) =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)

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
const judge = async (
  zip: yauzl.ZipFile,
  directory: Directory,
  length: number,
  limits: Limits,
  platform: NodeJS.Platform
): Promise<Contents> => {
  if (directory.count > limits.entries) {
    refuse("TooLarge", `the package has ${directory.count} entries; the limit is ${limits.entries}`)
  }
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

  const addFile = (entry: yauzl.Entry, name: string, segments: ReadonlyArray<string>) => {
    const last = segments.at(-1) ?? unsafe(name, "which is the folder itself and leads out of its folder")
    const folder = folderAt(name, segments.slice(0, -1))
    const there = folder.children.get(last)
    if (there?._tag === "Folder") return unsafe(name, "which is a file and a folder")
    if (there !== undefined) {
      const isSame = there.entry.crc32 === entry.crc32 && there.entry.uncompressedSize === entry.uncompressedSize
      return isSame ? undefined : unsafe(name, "which occurs twice with different content")
    }
    const path = join(folder.path, last)
    const file: File = { _tag: "File", path, entry, time: timeOf(entry), isExecutable: isExecutable(entry) }
    folder.children.set(last, file)
    if (files.push(file) + folders.length > limits.entries) refuseCount()
  }

  let size = 0
  let entries = 0
  let left = directory.size
  const add = (entry: yauzl.Entry) => {
    const name = nameOf(entry)
    const segments = segmentsOf(name, platform)
    const kind = kindOf(entry)
    if (kind !== 0 && kind !== folderKind && kind !== fileKind) unsafe(name, "which is a link or another special file")
    if (entry.isEncrypted()) unsafe(name, "which is encrypted")
    if (++entries > limits.entries) refuseCount()
    size += entry.uncompressedSize
    if (size > limits.size) refuse("TooLarge", `the files of the package exceed the limit of ${bytes(limits.size)}`)
    if (kind === folderKind || /[/\\]$/.test(name)) folderAt(name, segments).time = timeOf(entry)
    else addFile(entry, name, segments)
  }
  if (left > 0) {
    // the length of the directory decides, since its count may be too small for all entries
    for await (const entry of zip.eachEntry()) {
      add(entry)
      left -= 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength
      if (left <= 0) break
    }
  }
  if (left < 0 || !directory.counts(entries)) {
    refuse("Corrupt", `the package has ${entries} entries, but its directory records ${directory.count}`)
  }
  if (size > harmless && size > length * limits.ratio) {
    refuse(
      "TooLarge",
      `the files of the package are ${Math.floor(size / length)} times as large as the package; the limit is ${limits.ratio} times`
    )
  }
  return { folders, files, bytes: files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) }
}

export interface Archive {
  readonly contents: Contents
  /** The unpacked content of a file, limited to the size in the directory. */
  readonly read: (file: File) => Promise<Readable>
}

/** Opens a ZIP, and runs `use` with its contents. */
export const withArchive = async <A>(
  path: string,
  limits: Limits,
  use: (archive: Archive) => Promise<A>
): Promise<A> => {
  const file = await open(path)
  try {
    const { size: length } = await file.stat()
    const directory = await findDirectory(file, length)
    await refuseInner(file, directory)
    const reader = new Reader(file, directory.lead)
    const start = directory.start - directory.lead
    // files end where the directory starts; their number is known at the end of the directory
    const zip = new yauzl.ZipFile(reader, start, start, Number.POSITIVE_INFINITY, "", false, true, false, true)
    const contents = await judge(zip, directory, length, limits, process.platform)
    return await use({ contents, read: ({ entry }) => zip.openReadStreamPromise(entry) })
  } finally {
    await file.close()
  }
}

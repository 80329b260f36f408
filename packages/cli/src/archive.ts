/**
 * A ZIP (ZIP64 too) as a tree of folders and files, judged as a whole before any file is read.
 *
 * Refused is what is dangerous: a name that leads out of the folder, an absolute path, a control
 * character, any entry but a file or a folder (so every link and device), an encrypted file, one path for a file and a
 * folder or for two files of different content, and more than the limits allow. All else is read as other tools do:
 * `.` and empty segments of a name are dropped, a backslash separates folders, a folder may be listed often or not at
 * all, and bytes before the first file or behind the end record are ignored.
 *
 * Names are not compared by case or normal form here: only the disk knows whether it tells them apart.
 */
import { type FileHandle, open } from "node:fs/promises"
import { join } from "node:path"
import { Readable } from "node:stream"
import yauzl from "yauzl"
import { isDevice } from "./fileName.js"
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

/** Why a package is not unpacked: see `UnpackError`. */
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

// --- the end record, and where it says that the directory is ---

const endSize = 22
const locatorSize = 20
const largeEndSize = 56

interface Directory {
  /** Its first byte in the file, and its length. */
  readonly start: number
  readonly size: number
  /** What the file has before the ZIP: all offsets in the ZIP are that much less. */
  readonly lead: number
  /** Whether its number of entries can be this. */
  readonly counts: (entries: number) => boolean
  /** As it is written. */
  readonly count: number
}

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  const isInside = position >= 0 && Number.isSafeInteger(position)
  const { bytesRead } = isInside ? await file.read(buffer, 0, length, position) : { bytesRead: 0 }
  return bytesRead === length ? buffer : refuse("Corrupt", "the package ends before its directory does")
}

/** Where a record with this signature is: the first of these places that has one. */
const findRecord = async (file: FileHandle, signature: number, places: ReadonlyArray<number>) => {
  for (const place of places) {
    if (place >= 0 && (await readAt(file, place, 4)).readUInt32LE() === signature) return place
  }
  return refuse("Corrupt", "the package is no ZIP, or its directory is broken")
}

/**
 * The end record. Behind it there may be a comment, and behind that what a transfer or a tape has added. A record whose
 * comment ends the file comes first: another one may be part of its comment.
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
    refuse("Corrupt", "the package is no ZIP, or its end is missing")
  )
}

/**
 * Bytes before the ZIP are those of a program that unpacks itself, and the like. Where a ZIP begins, they are the rest of
 * one that was cut, and the end is that of a ZIP inside of it.
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
  // the count of an old writer has two bytes, however many files there are
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

// --- what the directory lists ---

export interface File {
  readonly _tag: "File"
  /** Relative, with the separators of this system. */
  readonly path: string
  readonly entry: yauzl.Entry
  /** Undated if the ZIP says no time, or one that cannot be. */
  readonly time: Date | undefined
  readonly isExecutable: boolean
}

export interface Folder {
  readonly _tag: "Folder"
  readonly path: string
  time: Date | undefined
  readonly children: Map<string, File | Folder>
}

/** The kind of an entry as Unix writes it, or 0 where nothing is said. */
const kindOf = ({ externalFileAttributes }: yauzl.Entry) => (externalFileAttributes >>> 16) & 0o170000
const folderKind = 0o040000
const fileKind = 0o100000

const isExecutable = ({ externalFileAttributes }: yauzl.Entry) => ((externalFileAttributes >>> 16) & 0o111) !== 0

/** A time of DOS counts in the time zone of this machine; those of Unix and NTFS, which come first, in UTC. */
const timeOf = (entry: yauzl.Entry): Date | undefined => {
  const time = entry.getLastModDate()
  const isDos = time.getTime() === entry.getLastModDate({ forceDosFormat: true }).getTime()
  const hasDay = (entry.lastModFileDate & 0x1f) !== 0 && (entry.lastModFileDate & 0x1e0) !== 0
  return Number.isNaN(time.getTime()) || (isDos && !hasDay) ? undefined : time
}

/** The name as it is: the library would change what it takes for a slip, and refuse the rest in words of its own. */
const nameOf = ({ extraFields, fileNameRaw, generalPurposeBitFlag }: yauzl.Entry) =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)

/** No disk has longer paths, and every folder in one costs memory here. */
const longest = 4_096

/** Folders and file that a name stands for on this platform. None: the folder of the package itself. */
export const segmentsOf = (name: string, platform: NodeJS.Platform): ReadonlyArray<string> => {
  const path = name.replaceAll("\\", "/")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) unsafe(name, "with a control character in its name")
  if (/^(?:[a-z]:)?\//i.test(path)) unsafe(name, "with an absolute path")
  if (path.length > longest) unsafe(name, `whose name is longer than ${longest} characters`)
  const segments: Array<string> = []
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue
    if (segment !== "..") segments.push(segment)
    else if (segments.pop() === undefined) unsafe(name, "whose name does not stay in its folder")
  }
  // Windows would write to another file, to a stream of one, or to a device
  const isOther = (segment: string) => /[<>:"|?*]|[. ]$/.test(segment) || isDevice(segment)
  if (platform === "win32" && segments.some(isOther)) unsafe(name, "whose name Windows does not allow")
  return segments
}

export interface Contents {
  /** Each after the folder that it is in. */
  readonly folders: ReadonlyArray<Folder>
  readonly files: ReadonlyArray<File>
  /** All files together. */
  readonly bytes: number
}

/** The tree of all entries; none is read if one is refused. */
const judge = async (
  zip: yauzl.ZipFile,
  directory: Directory,
  length: number,
  limits: Limits,
  platform: NodeJS.Platform
): Promise<Contents> => {
  if (directory.count > limits.entries) {
    refuse("TooLarge", `the package has ${directory.count} entries, and ${limits.entries} are allowed`)
  }
  const folders: Array<Folder> = []
  const files: Array<File> = []
  const root: Folder = { _tag: "Folder", path: "", time: undefined, children: new Map() }
  const refuseCount = () =>
    refuse("TooLarge", `the package has more than ${limits.entries} entries, which is what is allowed`)

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
    const last = segments.at(-1) ?? unsafe(name, "which is the folder itself and does not stay in its folder")
    const folder = folderAt(name, segments.slice(0, -1))
    const there = folder.children.get(last)
    if (there?._tag === "Folder") return unsafe(name, "which is a file and a folder")
    if (there !== undefined) {
      const isSame = there.entry.crc32 === entry.crc32 && there.entry.uncompressedSize === entry.uncompressedSize
      return isSame ? undefined : unsafe(name, "which is there twice, with different content")
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
    if (kind !== 0 && kind !== folderKind && kind !== fileKind)
      unsafe(name, "which is no file, but a link or something else")
    if (entry.isEncrypted()) unsafe(name, "which is encrypted")
    if (++entries > limits.entries) refuseCount()
    size += entry.uncompressedSize
    if (size > limits.size) {
      const message = `the files of the package are more than ${bytes(limits.size)} together, which is what is allowed`
      refuse("TooLarge", message)
    }
    if (kind === folderKind || /[/\\]$/.test(name)) folderAt(name, segments).time = timeOf(entry)
    else addFile(entry, name, segments)
  }
  if (left > 0) {
    // the length of the directory ends it, as its count may be too short for all entries
    for await (const entry of zip.eachEntry()) {
      add(entry)
      left -= 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength
      if (left <= 0) break
    }
  }
  if (left < 0 || !directory.counts(entries)) {
    refuse("Corrupt", `the package has ${entries} entries, and its directory says ${directory.count}`)
  }
  if (size > harmless && size > length * limits.ratio) {
    refuse(
      "TooLarge",
      `the files of the package are ${Math.floor(size / length)} times as long as the package itself, and ${limits.ratio} times is allowed`
    )
  }
  return { folders, files, bytes: files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) }
}

export interface Archive {
  readonly contents: Contents
  /** The content of a file, unpacked, and no longer than the directory says. */
  readonly read: (file: File) => Promise<Readable>
}

/** Runs `use` with what is in a ZIP. */
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
    // files end where the directory starts; how many there are is known at the end of the directory
    const zip = new yauzl.ZipFile(reader, start, start, Number.POSITIVE_INFINITY, "", false, true, false, true)
    const contents = await judge(zip, directory, length, limits, process.platform)
    return await use({ contents, read: ({ entry }) => zip.openReadStreamPromise(entry) })
  } finally {
    await file.close()
  }
}

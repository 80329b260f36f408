/**
 * Checks every file in a ZIP against its CRC-32, for a package without a checksum from the store. Reads the file in
 * pieces and holds one piece at a time, for any size and any claims of the ZIP.
 *
 * The check covers the contents of the files. Fields that a ZIP repeats (name, method, checksum) must agree; dates,
 * attributes and comments are in no checksum and cannot be checked.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Hashing } from "../../Hashing.js"
import { pieceSize } from "./files.js"

/** `Unknown`: an unsupported compression method or encryption. */
export type Verdict =
  | { readonly _tag: "Right" }
  | { readonly _tag: "Wrong"; readonly why: string }
  | { readonly _tag: "Unknown"; readonly why: string }

class Bad {
  constructor(readonly verdict: Verdict) {}
}

const isBad = (error: unknown): error is Bad => error instanceof Bad

const wrong = (why: string) => new Bad({ _tag: "Wrong", why })
const unknown = (why: string) => new Bad({ _tag: "Unknown", why })

const max16 = 0xffff
const max32 = 0xffffffff

// --- bytes of the file ---

type Reader = Effect.Effect.Success<ReturnType<typeof readerOf>>

/** Reads through one cached piece, for sequential access: the directory, or the files. */
const readerOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "r" })
    const size = Number((yield* file.stat).size)
    let piece = new Uint8Array()
    let start = 0

    const load = (offset: number, length: number) =>
      Effect.gen(function* () {
        const into = new Uint8Array(Math.min(Math.max(length, pieceSize), size - offset))
        yield* file.seek(BigInt(offset), "start")
        let filled = 0
        while (filled < into.length) {
          const read = Number(yield* file.read(into.subarray(filled)))
          if (read === 0) return yield* Effect.fail(wrong("the file has become shorter"))
          filled += read
        }
        piece = into
        start = offset
      })

    return {
      size,
      /** Reads `length` bytes from `offset`. Fails beyond the end of the file. */
      at: (offset: number, length: number) =>
        Effect.gen(function* () {
          if (!(offset >= 0) || offset + length > size) {
            return yield* Effect.fail(wrong(`an offset in it (${offset}) lies beyond its ${size} bytes`))
          }
          if (offset < start || offset + length > start + piece.length) yield* load(offset, length)
          return new DataView(piece.buffer, offset - start, length)
        })
    }
  })

const bytesIn = (view: DataView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** Reads a number of eight bytes; exact for every real file size. */
const wide = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

// --- its end, and the directory ---

const endSize = 22

/**
 * The possible end records from the last on, each with the number of bytes after its comment. A record may have a
 * comment of up to 64 kB, and padding after it.
 */
const findEnds = (reader: Reader) =>
  Effect.map(reader.at(Math.max(0, reader.size - endSize - max16), Math.min(reader.size, endSize + max16)), (tail) => {
    const ends: Array<{ readonly at: number; readonly rest: number }> = []
    for (let at = tail.byteLength - endSize; at >= 0; at--) {
      if (tail.getUint32(at, true) !== 0x06054b50) continue
      const rest = tail.byteLength - at - endSize - tail.getUint16(at + 20, true)
      if (rest >= 0) ends.push({ at: reader.size - tail.byteLength + at, rest })
    }
    return ends
  })

/**
 * The directory of an end record. `count` is the number of entries by the record: modulo 65,536 without ZIP64. `end` is
 * the offset at which it ends in a complete archive: that of the record, or of its ZIP64 form.
 */
const directoryOf = (reader: Reader, end: number) =>
  Effect.gen(function* () {
    const record = yield* reader.at(end, endSize)
    const [count, size, at] = [record.getUint16(10, true), record.getUint32(12, true), record.getUint32(16, true)]
    const small = { count, isCountWrapped: true, at, size, end }
    if (count !== max16 && at !== max32 && size !== max32) return small
    if (end < 20) return small
    const locator = yield* reader.at(end - 20, 20)
    if (locator.getUint32(0, true) !== 0x07064b50) return small
    const largeEnd = wide(locator, 8)
    const large = yield* reader.at(largeEnd, 56)
    if (large.getUint32(0, true) !== 0x06064b50) return yield* Effect.fail(wrong("its ZIP64 end is missing"))
    return { count: wide(large, 32), isCountWrapped: false, at: wide(large, 48), size: wide(large, 40), end: largeEnd }
  })

/** The directory of the record whose comment ends the file, or else of the last record. */
const findDirectory = (reader: Reader) =>
  Effect.gen(function* () {
    const ends = yield* findEnds(reader)
    const end = ends.find(({ rest }) => rest === 0) ?? ends[0]
    if (end === undefined) return yield* Effect.fail(wrong("the file is not a ZIP, or its end is missing"))
    return yield* directoryOf(reader, end.at)
  })

type Entry = Effect.Effect.Success<ReturnType<typeof readEntry>>

/** Replaces the fields that did not fit into four bytes by those of ZIP64, in its order. */
const widen = (extra: DataView, fields: ReadonlyArray<number>): ReadonlyArray<number> | undefined => {
  if (!fields.includes(max32)) return fields
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const size = extra.getUint16(at + 2, true)
    if (extra.getUint16(at, true) === 1 && at + 4 + size <= extra.byteLength) {
      let next = at + 4
      const widened = fields.map((field) => {
        if (field !== max32 || next + 8 > at + 4 + size) return field
        next += 8
        return wide(extra, next - 8)
      })
      return widened
    }
    at += 4 + size
  }
  return undefined
}

const readEntry = (reader: Reader, at: number) =>
  Effect.gen(function* () {
    const head = yield* reader.at(at, 46)
    if (head.getUint32(0, true) !== 0x02014b50) return yield* Effect.fail(wrong("its directory is broken"))
    const nameLength = head.getUint16(28, true)
    const extraLength = head.getUint16(30, true)
    if ((head.getUint16(8, true) & 1) !== 0) return yield* Effect.fail(unknown("a file in it is encrypted"))
    const [crc32, method] = [head.getUint32(16, true), head.getUint16(10, true)]
    const short = [head.getUint32(24, true), head.getUint32(20, true), head.getUint32(42, true)]
    const headerSize = 46 + nameLength + extraLength + head.getUint16(32, true)
    const [size, packed, start] = widen(yield* reader.at(at + 46 + nameLength, extraLength), short) ?? []
    if (size === undefined || packed === undefined || start === undefined) {
      return yield* Effect.fail(wrong("its directory has no ZIP64 field where one is needed"))
    }
    // `at` is the offset of the local header.
    return { crc32, method, packed, size, at: start, nameLength, headerSize } as const
  })

// --- the files in it ---

/** The offset of a file's packed bytes. Its local header must match the directory. */
const findBytes = (files: Reader, directory: Reader, entry: Entry, directoryAt: number) =>
  Effect.gen(function* () {
    const own = yield* files.at(entry.at, 30)
    const isSame = own.getUint32(0, true) === 0x04034b50 && own.getUint16(8, true) === entry.method
    const nameLength = own.getUint16(26, true)
    const isSummedLater = (own.getUint16(6, true) & 8) !== 0
    const sum = own.getUint32(14, true)
    const from = entry.at + 30 + nameLength + own.getUint16(28, true)
    if (!isSame || nameLength !== entry.nameLength || (!isSummedLater && sum !== entry.crc32)) {
      return yield* Effect.fail(wrong("the header of a file in it contradicts the directory"))
    }
    const ownName = yield* copied(files, entry.at + 30, nameLength)
    const name = yield* copied(directory, directoryAt + 46, nameLength)
    if (ownName !== name) return yield* Effect.fail(wrong("the name of a file in it contradicts the directory"))
    return from
  })

const copied = (reader: Reader, at: number, length: number) =>
  Effect.map(reader.at(at, length), (view) => String.fromCharCode(...bytesIn(view).subarray(0, 4096)))

const stored = 0
const deflated = 8

const inflate = (packed: Stream.Stream<Uint8Array, PlatformError>): Stream.Stream<Uint8Array, Bad> =>
  Stream.fromReadableStream(
    () => {
      const inflater = new DecompressionStream("deflate-raw")
      // The types of the DOM and of Effect's stream declare the same bytes differently.
      const source: ReadableStream<BufferSource> = Stream.toReadableStream(
        Stream.map(packed, (piece) => new Uint8Array(piece))
      )
      return source.pipeThrough(inflater)
    },
    () => wrong("a file in it cannot be unpacked")
  )

const checkBytes = (path: string, files: Reader, entry: Entry, from: number, hash: Hashing.Hash) =>
  Effect.gen(function* () {
    const { crc32, method, packed, size } = entry
    if (method !== stored && method !== deflated) {
      return yield* Effect.fail(unknown(`a file in it is packed by method ${method}`))
    }
    if (method === stored && packed !== size) return yield* Effect.fail(wrong("a file in it has two sizes"))
    let found = 0
    const sum = (piece: Uint8Array) => {
      found += piece.length
      // Stop at the declared size: a hostile file may unpack to any size.
      if (found > size) return Effect.fail(wrong("a file in it exceeds its declared size"))
      return Effect.sync(() => hash.update(piece))
    }
    if (method === stored && packed <= pieceSize) {
      // Small files are in the cached piece with their header, and may number many thousands.
      yield* sum(bytesIn(yield* files.at(from, packed)))
    } else if (packed > 0) {
      const fs = yield* FileSystem.FileSystem
      const all = fs.stream(path, { offset: BigInt(from), bytesToRead: BigInt(packed), chunkSize: pieceSize })
      const unpacked: Stream.Stream<Uint8Array, PlatformError | Bad> = method === stored ? all : inflate(all)
      yield* Stream.runForEach(unpacked, sum)
    }
    if (found !== size || new DataView(new Uint8Array(hash.digest()).buffer).getUint32(0) !== crc32) {
      return yield* Effect.fail(wrong("a file in it fails its CRC-32"))
    }
  })

// --- the checks ---

/**
 * Whether a file ends like a ZIP, for a package without a known length. A ZIP inside a truncated one has an end too,
 * but its directory is not at the recorded offset. Bytes after the end are allowed, unless `isStrict`.
 */
export const hasEnd = (path: string, isStrict = false): Effect.Effect<boolean, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const reader = yield* readerOf(path)
    for (const { at, rest } of yield* findEnds(reader)) {
      if (isStrict && rest > 0) continue
      const directory = yield* Effect.catchIf(directoryOf(reader, at), isBad, () => Effect.succeed(undefined))
      if (directory !== undefined && directory.at + directory.size === directory.end) return true
    }
    return false
  }).pipe(
    Effect.scoped,
    Effect.catchIf(isBad, () => Effect.succeed(false))
  )

export const check = (
  path: string,
  hashing: Hashing.Service
): Effect.Effect<Verdict, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const reader = yield* readerOf(path)
    const files = yield* readerOf(path)
    const directory = yield* findDirectory(reader)
    let at = directory.at
    let count = 0
    // the length of the directory decides: an old writer counts only to 65,535
    for (; at < directory.at + directory.size; count++) {
      const hash = hashing.start("crc32")
      if (Option.isNone(hash)) return yield* Effect.fail(unknown("crc32 is not available"))
      const entry = yield* readEntry(reader, at)
      const from = yield* findBytes(files, reader, entry, at)
      if (from + entry.packed > directory.at)
        return yield* Effect.fail(wrong("a file in it reaches into its directory"))
      yield* checkBytes(path, files, entry, from, hash.value)
      at += entry.headerSize
    }
    const counted = directory.isCountWrapped ? count % (max16 + 1) : count
    if (counted !== directory.count) return yield* Effect.fail(wrong("its directory contradicts its declared length"))
    return { _tag: "Right" } as const
  }).pipe(
    Effect.scoped,
    Effect.catchIf(isBad, ({ verdict }) => Effect.succeed(verdict))
  )

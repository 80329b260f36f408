/**
 * Lays out a ZIP file whose entries are stored uncompressed, so that the place of every byte is known before any byte
 * is computed. Uses ZIP64 only for files that need it, and then in all parts.
 *
 * The same entries make the same bytes everywhere: all have the earliest time that ZIP can express, in 1980.
 */
import { type Content, concat, ofBytes } from "./Content.js"
import { noise } from "./Noise.js"

export interface Entry {
  /** Path with `/` as separator. */
  readonly name: string
  readonly content: Content
}

/** The largest number in four bytes refers to the ZIP64 fields. */
const max32 = 0xffffffff
const max16 = 0xffff

type Field = readonly [width: 2 | 4 | 8, value: number]

/** Encodes numbers in little-endian order. */
const pack = (...fields: ReadonlyArray<Field>): Uint8Array => {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0))
  const data = new DataView(bytes.buffer)
  let at = 0
  for (const [width, value] of fields) {
    if (width === 2) data.setUint16(at, value, true)
    else if (width === 4) data.setUint32(at, value, true)
    else data.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}

const encode = (name: string): Uint8Array => new TextEncoder().encode(name)

const wide = (...values: ReadonlyArray<number>): Uint8Array =>
  pack([2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const))

const nothing = new Uint8Array()

/** Makes the header of an entry; with an `offset`, the one in the directory, which has more fields. */
const header = (
  { content: { crc32, size }, name }: Entry,
  large: boolean,
  offset?: number
): ReadonlyArray<Uint8Array> => {
  const shown = large ? max32 : size
  const path = encode(name)
  const extra = large ? wide(size, size, ...(offset === undefined ? [] : [offset])) : nothing
  const version: Field = [2, large ? 45 : 20]
  const common: ReadonlyArray<Field> = [
    version, // needed
    [2, 0x0800], // the name is UTF-8
    [2, 0], // stored
    [2, 0], // time
    [2, 0x0021], // date
    [4, crc32],
    [4, shown],
    [4, shown],
    [2, path.length],
    [2, extra.length]
  ]
  const fields: ReadonlyArray<Field> =
    offset === undefined
      ? [[4, 0x04034b50], ...common]
      : [
          [4, 0x02014b50],
          version, // made by
          ...common,
          [2, 0], // comment
          [2, 0], // disk
          [2, 0], // attributes
          [4, 0],
          [4, large ? max32 : offset]
        ]
  return [pack(...fields), path, extra]
}

/** Makes the end of the file; `at` is the offset of the directory, `size` its length. */
const end = (count: number, at: number, size: number, large: boolean): ReadonlyArray<Uint8Array> => {
  const close = (n: number, length: number, start: number) =>
    pack([4, 0x06054b50], [2, 0], [2, 0], [2, n], [2, n], [4, length], [4, start], [2, 0])
  if (!large) return [close(count, size, at)]
  return [
    pack([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, at]),
    pack([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]),
    close(max16, max32, max32)
  ]
}

const layout = (entries: ReadonlyArray<Entry>, large: boolean): Content => {
  const body: Array<Content> = []
  const directory: Array<Uint8Array> = []
  let offset = 0
  for (const entry of entries) {
    const parts = [...header(entry, large).map(ofBytes), entry.content]
    directory.push(...header(entry, large, offset))
    body.push(...parts)
    offset += parts.reduce((sum, { size }) => sum + size, 0)
  }
  const directorySize = directory.reduce((sum, { length }) => sum + length, 0)
  const tail = [...directory, ...end(entries.length, offset, directorySize, large)]
  return concat([...body, ...tail.map(ofBytes)])
}

/** Noise that pads a file to a size. */
export interface Filler {
  readonly name: string
  /** Different keys give different noise. */
  readonly key: string
  /** Size of the whole file, in bytes. */
  readonly size: number
}

const fill = (entries: ReadonlyArray<Entry>, large: boolean, filler: Filler): ReadonlyArray<Entry> => {
  const { key, name, size } = filler
  const rest = size - layout([...entries, { name, content: ofBytes(nothing) }], large).size
  return rest < 0 ? entries : [...entries, { name, content: noise(key, rest) }]
}

/** Makes a file of these entries. With a filler it has exactly that size, unless the entries alone are larger. */
export const zip = (entries: ReadonlyArray<Entry>, filler?: Filler): Content => {
  const make = (large: boolean) => layout(filler === undefined ? entries : fill(entries, large, filler), large)
  const small = make(false) // too large a file has wrong fields here, and is laid out again below
  return small.size >= max32 || entries.length + 1 >= max16 ? make(true) : small
}

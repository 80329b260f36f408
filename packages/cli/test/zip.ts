/** Builds ZIPs with arbitrary, also false, fields. */
import { crc32, deflateRawSync } from "node:zlib"

export interface Entry {
  readonly name: string
  readonly content?: Uint8Array | string
  readonly isDeflated?: boolean
  /** The Unix mode: 0o120777 is a symbolic link. */
  readonly mode?: number
  readonly isEncrypted?: boolean
  /** False values for the directory. */
  readonly size?: number
  readonly crc?: number
  /** Whether the sizes are in the ZIP64 field. */
  readonly isZip64?: boolean
  /** Whether sizes and checksum follow the content, as from a streaming writer. */
  readonly isDescribedLater?: boolean
  /** The system of the writer: 0 for DOS, 3 for Unix (default). */
  readonly host?: number
  /** Date and time in DOS format. Default: 1 January 1980. */
  readonly dos?: readonly [date: number, time: number]
  /** Additional extra fields. */
  readonly extra?: Uint8Array
}

export interface Ending {
  /** Bytes before the first file, which the offsets ignore. */
  readonly lead?: Uint8Array
  readonly comment?: Uint8Array | string
  /** Bytes after the end. */
  readonly trail?: Uint8Array
  /** Whether the end record is a ZIP64 record. */
  readonly isZip64?: boolean
  /** False values for the end record. */
  readonly count?: number
}

export const numbers = (...fields: ReadonlyArray<readonly [value: number, bytes: 2 | 4 | 8]>) =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes)
      if (bytes === 2) buffer.writeUInt16LE(value)
      else if (bytes === 4) buffer.writeUInt32LE(value)
      else buffer.writeBigUInt64LE(BigInt(value))
      return buffer
    })
  )

export const zip = (entries: ReadonlyArray<Entry>, ending: Ending = {}): Buffer => {
  const parts: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let at = 0
  for (const { content = "", crc, isDeflated, isEncrypted, isZip64, mode, name, size, ...rest } of entries) {
    const { dos = [0x21, 0], extra: more = Buffer.alloc(0), host = 3, isDescribedLater } = rest
    const bytes = Buffer.from(content)
    const stored = isDeflated ? deflateRawSync(bytes, { level: 9 }) : bytes
    const path = Buffer.from(name)
    const flags = 0x0800 | (isEncrypted ? 1 : 0) | (isDescribedLater ? 8 : 0)
    const whole = size ?? bytes.length
    const sum = crc ?? crc32(bytes)
    const extra = Buffer.concat([
      isZip64 ? numbers([1, 2], [16, 2], [whole, 8], [stored.length, 8]) : Buffer.alloc(0),
      more
    ])
    const sizesOf = (packed: number, whole: number) => numbers([packed, 4], [whole, 4])
    const sizes = isZip64 ? sizesOf(0xffffffff, 0xffffffff) : sizesOf(stored.length, whole)
    const common = (sizes: Uint8Array, sum: number) =>
      Buffer.concat([
        numbers([flags, 2], [isDeflated ? 8 : 0, 2], [dos[1], 2], [dos[0], 2], [sum, 4]),
        sizes,
        numbers([path.length, 2], [extra.length, 2])
      ])
    const later = isDescribedLater
      ? numbers([0x08074b50, 4], [sum, 4], [stored.length, 4], [whole, 4])
      : Buffer.alloc(0)
    const own = isDescribedLater ? common(sizesOf(0, 0), 0) : common(sizes, sum)
    const local = Buffer.concat([numbers([0x04034b50, 4], [45, 2]), own, path, extra, stored, later])
    const external = mode === undefined ? 0 : (mode << 16) >>> 0
    directory.push(
      numbers([0x02014b50, 4], [(host << 8) | 45, 2], [45, 2]),
      common(sizes, sum),
      numbers([0, 2], [0, 2], [0, 2], [external, 4], [at, 4]),
      path,
      extra
    )
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const { comment = "", count = entries.length, isZip64, lead = Buffer.alloc(0), trail = Buffer.alloc(0) } = ending
  const text = Buffer.from(comment)
  const large = isZip64
    ? Buffer.concat([
        numbers([0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [count, 8], [count, 8]),
        numbers([central.length, 8], [at, 8]),
        numbers([0x07064b50, 4], [0, 4], [at + central.length, 8], [1, 4])
      ])
    : Buffer.alloc(0)
  const [short, long] = isZip64 ? [0xffff, 0xffffffff] : [count, undefined]
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [short, 2],
    [short, 2],
    [long ?? central.length, 4],
    [long ?? at, 4],
    [text.length, 2]
  )
  return Buffer.concat([lead, ...parts, central, large, end, text, trail])
}

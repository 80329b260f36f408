/**
 * ZIPs of which every field can be a lie.
 */
import { crc32, deflateRawSync } from "node:zlib"

export interface Entry {
  readonly name: string
  readonly content?: Uint8Array | string
  readonly isDeflated?: boolean
  /** Of Unix: 0o120777 is a symbolic link. */
  readonly mode?: number
  readonly isEncrypted?: boolean
  /** What the directory says instead of the truth. */
  readonly size?: number
  readonly crc?: number
  /** Whether the sizes are where ZIP64 has them. */
  readonly isZip64?: boolean
}

const numbers = (...fields: ReadonlyArray<readonly [value: number, bytes: 2 | 4 | 8]>) =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes)
      if (bytes === 2) buffer.writeUInt16LE(value)
      else if (bytes === 4) buffer.writeUInt32LE(value)
      else buffer.writeBigUInt64LE(BigInt(value))
      return buffer
    })
  )

export const zip = (entries: ReadonlyArray<Entry>): Buffer => {
  const parts: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let at = 0
  for (const { content = "", crc, isDeflated, isEncrypted, isZip64, mode, name, size } of entries) {
    const bytes = Buffer.from(content)
    const stored = isDeflated ? deflateRawSync(bytes, { level: 9 }) : bytes
    const path = Buffer.from(name)
    const flags = 0x0800 | (isEncrypted ? 1 : 0)
    const whole = size ?? bytes.length
    const extra = isZip64 ? numbers([1, 2], [16, 2], [whole, 8], [stored.length, 8]) : Buffer.alloc(0)
    const sizes = isZip64
      ? ([
          [0xffffffff, 4],
          [0xffffffff, 4]
        ] as const)
      : ([
          [stored.length, 4],
          [whole, 4]
        ] as const)
    const common = numbers(
      [flags, 2],
      [isDeflated ? 8 : 0, 2],
      [0, 2],
      [0x21, 2],
      [crc ?? crc32(bytes), 4],
      ...sizes,
      [path.length, 2],
      [extra.length, 2]
    )
    const local = Buffer.concat([numbers([0x04034b50, 4], [45, 2]), common, path, extra, stored])
    const external = mode === undefined ? 0 : (mode << 16) >>> 0
    directory.push(
      numbers([0x02014b50, 4], [(3 << 8) | 45, 2], [45, 2]),
      common,
      numbers([0, 2], [0, 2], [0, 2], [external, 4], [at, 4]),
      path,
      extra
    )
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [central.length, 4],
    [at, 4],
    [0, 2]
  )
  return Buffer.concat([...parts, central, end])
}

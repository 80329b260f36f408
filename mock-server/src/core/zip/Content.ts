/** Bytes that can be read from any offset, so that large files never have to be in memory. */
import * as Crc32 from "./Crc32.js"

export interface Content {
  readonly size: number
  readonly crc32: number
  /** Fills `into` with the bytes from offset `at`; the content must have that many. */
  readonly read: (at: number, into: Uint8Array) => void
}

export const ofBytes = (bytes: Uint8Array): Content => ({
  size: bytes.length,
  crc32: Crc32.ofBytes(bytes),
  read: (at, into) => into.set(bytes.subarray(at, at + into.length))
})

export const concat = (parts: ReadonlyArray<Content>): Content => {
  let size = 0
  let crc32 = 0
  const placed = parts.map((part) => {
    const start = size
    size += part.size
    crc32 = Crc32.join(crc32, part.crc32, part.size)
    return { part, start }
  })
  return {
    size,
    crc32,
    read: (at, into) => {
      for (const { part, start } of placed) {
        const from = Math.max(at, start)
        const to = Math.min(at + into.length, start + part.size)
        if (from < to) part.read(from - start, into.subarray(from - at, to - at))
      }
    }
  }
}

export const slice = (content: Content, from: number, to: number): Uint8Array => {
  const bytes = new Uint8Array(to - from)
  content.read(from, bytes)
  return bytes
}

import type { Pieces } from "./Kind.js"

/** Yields the first bytes of a body, and reads no further. */
export async function* firstOf(pieces: Pieces, count: number): AsyncIterable<Buffer> {
  let left = count
  if (left <= 0) return
  for await (const piece of pieces) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}

/** Changes each byte that `isChanged` picks by its offset, which often only a checksum detects. */
export async function* inverted(pieces: Pieces, isChanged: (offset: number) => boolean): AsyncIterable<Buffer> {
  let start = 0
  for await (const piece of pieces) {
    const at = start
    start += piece.length
    yield Buffer.from(piece.map((byte, i) => (isChanged(at + i) ? byte ^ 0xff : byte)))
  }
}

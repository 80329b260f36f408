/**
 * Any number of bytes that look like chance: what makes a package large. They come in blocks, each of which begins
 * with its key and its number, so that a piece in the wrong place shows; the rest is the same in all of them, so that
 * the sum of any number of blocks takes a few steps.
 */
import { createHash } from "node:crypto"
import type { Content } from "./Content.js"
import * as Crc32 from "./Crc32.js"

const blockSize = 4096
const headSize = 16

/** So many bytes by a key. */
export const noiseBytes = (key: string, size: number): Uint8Array =>
  createHash("shake256", { outputLength: size }).update(key).digest()

let sameInAll: Uint8Array | undefined

const block = (key: Uint8Array, index: number): Uint8Array => {
  sameInAll ??= noiseBytes("noise", blockSize - headSize)
  const bytes = new Uint8Array(blockSize)
  bytes.set(key)
  new DataView(bytes.buffer).setBigUint64(key.length, BigInt(index))
  bytes.set(sameInAll, headSize)
  return bytes
}

/**
 * The sum of the first blocks, by the bits of their number. The sum of 2ⁿ blocks from `index` on is that from 0 on,
 * plus in each of them what the bits of `index` change: sums are linear.
 */
const sumOfBlocks = (key: Uint8Array, count: number): number => {
  const first = Crc32.ofBytes(block(key, 0))
  const change = (index: number) => first ^ Crc32.ofBytes(block(key, index))
  const levels: Array<{ size: number; sum: number; once: number; shift: number }> = []
  for (
    let level = { size: 1, sum: first, once: Crc32.one, shift: Crc32.shift(blockSize) };
    level.size <= count;
    level = {
      size: level.size * 2,
      sum: Crc32.multiply(level.sum, level.shift) ^ level.sum ^ Crc32.multiply(level.once, change(level.size)),
      once: Crc32.multiply(level.once, level.shift) ^ level.once,
      shift: Crc32.multiply(level.shift, level.shift)
    }
  ) {
    levels.push(level)
  }
  let index = 0
  let total = 0
  for (const { once, shift, size, sum } of levels.reverse()) {
    if (count - index < size) continue
    total = Crc32.multiply(total, shift) ^ sum ^ Crc32.multiply(once, change(index))
    index += size
  }
  return total >>> 0
}

/** Other keys make other bytes. */
export const noise = (name: string, size: number): Content => {
  const key = noiseBytes(name, headSize / 2)
  const blocks = Math.floor(size / blockSize)
  const rest = block(key, blocks).subarray(0, size % blockSize)
  return {
    size,
    crc32: Crc32.join(sumOfBlocks(key, blocks), Crc32.ofBytes(rest), rest.length),
    read: (at, into) => {
      for (let done = 0; done < into.length; ) {
        const within = (at + done) % blockSize
        const piece = block(key, Math.floor((at + done) / blockSize)).subarray(within, within + into.length - done)
        into.set(piece, done)
        done += piece.length
      }
    }
  }
}

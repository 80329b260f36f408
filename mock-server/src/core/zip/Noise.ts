/**
 * Makes any number of pseudo-random bytes, which fill large packages. Each block begins with its key and its number, so
 * that a misplaced block is detected. The rest is the same in all blocks, so that the sum of any number of blocks takes
 * few steps.
 */
import { createHash } from "node:crypto"
import type { Content } from "./Content.js"
import * as Crc32 from "./Crc32.js"

const blockSize = 4096
const headSize = 16

/** Makes `size` bytes from a key. */
export const noiseBytes = (key: string, size: number): Uint8Array =>
  createHash("shake256", { outputLength: size }).update(key).digest()

let commonTail: Uint8Array | undefined

const block = (key: Uint8Array, index: number): Uint8Array => {
  commonTail ??= noiseBytes("noise", blockSize - headSize)
  const bytes = new Uint8Array(blockSize)
  bytes.set(key)
  new DataView(bytes.buffer).setBigUint64(key.length, BigInt(index))
  bytes.set(commonTail, headSize)
  return bytes
}

/**
 * Computes the sum of the first `count` blocks, by the bits of `count`. Sums are linear: the sum of 2ⁿ blocks from
 * `index` is that from 0, plus the change that the bits of `index` make in each block.
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

/** Makes `size` bytes; different names give different bytes. */
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

/**
 * CRC-32 of what was never in memory: it is a remainder of polynomials over two elements, so the sum of two parts
 * follows from the sums of each and the length of the second.
 *
 * A polynomial is a number whose highest bit is the coefficient of x⁰ and whose lowest is that of x³¹.
 */
import { crc32 } from "node:zlib"

/** The sum of bytes. */
export const ofBytes = (bytes: Uint8Array): number => crc32(bytes)

const polynomial = 0xedb88320

/** The polynomial 1. */
export const one = 0x80000000

/** The product of two polynomials. */
export const multiply = (a: number, b: number): number => {
  let product = 0
  for (let bit = one, shifted = b; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1
  }
  return product >>> 0
}

/** What so many bytes more behind it do to a sum: x to the power of their bits. */
export const shift = (bytes: number): number => {
  let product = one
  let square = 0x00800000 // x⁸: one byte
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) product = multiply(product, square)
    square = multiply(square, square)
  }
  return product
}

/** The sum of two parts, one after the other. */
export const join = (first: number, second: number, secondLength: number): number =>
  (multiply(first, shift(secondLength)) ^ second) >>> 0

/**
 * CRC-32 of bytes that were never in memory. A CRC is a remainder of polynomials over GF(2), so the sum of two parts
 * follows from both sums and the length of the second part.
 *
 * A polynomial is a number: its highest bit is the coefficient of x⁰, its lowest that of x³¹.
 */
import { crc32 } from "node:zlib"

/** Computes the sum of bytes. */
export const ofBytes = (bytes: Uint8Array): number => crc32(bytes)

const polynomial = 0xedb88320

/** The polynomial 1. */
export const one = 0x80000000

/** Multiplies two polynomials. */
export const multiply = (a: number, b: number): number => {
  let product = 0
  for (let bit = one, shifted = b; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1
  }
  return product >>> 0
}

/** Factor by which appending `bytes` bytes multiplies a sum: x to the power of their bits. */
export const shift = (bytes: number): number => {
  let product = one
  let square = 0x00800000 // x⁸: one byte
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) product = multiply(product, square)
    square = multiply(square, square)
  }
  return product
}

/** Combines the sums of two consecutive parts. */
export const join = (first: number, second: number, secondLength: number): number =>
  (multiply(first, shift(secondLength)) ^ second) >>> 0

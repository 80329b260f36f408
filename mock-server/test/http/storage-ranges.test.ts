import * as fc from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { readRange } from "../../src/http/ranges.js"

const size = fc.integer({ min: 1, max: 60 })
const place = fc.nat(70)

/** Lists the requested bytes. */
const wanted = (size: number, isIn: (byte: number) => boolean) => Array.from({ length: size }, (_, i) => i).filter(isIn)

const read = (header: string, size: number) => {
  const range = readRange(header, size)
  if (typeof range === "string") return range
  return wanted(size, (byte) => byte >= range.from && byte < range.to)
}

const orOutside = (bytes: ReadonlyArray<number>) => (bytes.length === 0 ? "outside" : bytes)

describe("a range of bytes", () => {
  it("from one byte to another has the existing ones", () =>
    fc.assert(
      fc.property(size, place, place, (size, first, last) => {
        const expected = last < first ? "whole" : orOutside(wanted(size, (byte) => byte >= first && byte <= last))
        assert.deepStrictEqual(read(`bytes=${first}-${last}`, size), expected)
      })
    ))

  it("from one byte on has the rest", () =>
    fc.assert(
      fc.property(size, place, (size, first) => {
        assert.deepStrictEqual(read(`bytes=${first}-`, size), orOutside(wanted(size, (byte) => byte >= first)))
      })
    ))

  it("from the end has the last bytes, at most all", () =>
    fc.assert(
      fc.property(size, place, (size, length) => {
        assert.deepStrictEqual(read(`bytes=-${length}`, size), orOutside(wanted(size, (byte) => byte >= size - length)))
      })
    ))

  it("never exceeds the package, with any header", () =>
    fc.assert(
      fc.property(size, fc.stringMatching(/^(bytes=)?[-0-9, a]{0,9}$/), (size, header) => {
        const range = readRange(header, size)
        if (typeof range === "string") return
        assert.isTrue(0 <= range.from && range.from < range.to && range.to <= size, JSON.stringify(range))
      })
    ))
})

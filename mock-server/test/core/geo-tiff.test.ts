import { assert, describe, it } from "vitest"
import { geoTiff, width } from "../../src/core/GeoTiff.js"

/** Reads the values of all tags, as a TIFF reader does. */
const tagsOf = (file: Uint8Array): Readonly<Record<number, ReadonlyArray<number>>> => {
  const data = new DataView(file.buffer, file.byteOffset, file.length)
  const directory = data.getUint32(4, true)
  const entries = Array.from({ length: data.getUint16(directory, true) }, (_, index) => {
    const at = directory + 2 + 12 * index
    const count = data.getUint32(at + 4, true)
    const readers: Record<number, readonly [size: number, read: (at: number) => number]> = {
      3: [2, (at) => data.getUint16(at, true)],
      4: [4, (at) => data.getUint32(at, true)],
      5: [8, (at) => data.getUint32(at, true) / data.getUint32(at + 4, true)],
      12: [8, (at) => data.getFloat64(at, true)]
    }
    const [size, read] = readers[data.getUint16(at + 2, true)]!
    const start = size * count <= 4 ? at + 8 : data.getUint32(at + 8, true)
    assert.isAtMost(start + size * count, file.length)
    assert.strictEqual(start % 2, 0)
    return [data.getUint16(at, true), Array.from({ length: count }, (_, i) => read(start + i * size))] as const
  })
  const ids = entries.map(([id]) => id)
  assert.deepStrictEqual(
    ids,
    [...ids].sort((a, b) => a - b)
  )
  assert.strictEqual(data.getUint32(directory + 2 + 12 * entries.length, true), 0) // no second image
  return Object.fromEntries(entries)
}

describe("a GeoTIFF", () => {
  const pixels = Uint8Array.from({ length: width ** 2 }, (_, i) => (i * 7) % 256)
  const file = geoTiff(pixels, [77, 12, 77 + width, 12 + width / 2])
  const tags = tagsOf(file)

  it("has 16 times 16 pixels of one byte", () => {
    assert.deepStrictEqual([tags[256], tags[257], tags[258], tags[277]], [[width], [width], [8], [1]])
    const [start] = tags[273]!
    assert.deepStrictEqual(tags[279], [width ** 2])
    assert.deepStrictEqual(Uint8Array.from(file.subarray(start, start! + width ** 2)), pixels)
  })

  it("locates its pixels on the earth", () => {
    assert.deepStrictEqual(tags[33550], [1, 0.5, 0])
    assert.deepStrictEqual(tags[33922], [0, 0, 0, 77, 12 + width / 2, 0])
    const keys = tags[34735]!
    assert.strictEqual(keys.length, 4 + 4 * keys[3]!)
    assert.deepStrictEqual(keys.slice(-4), [2048, 0, 1, 4326])
  })
})

import { inflateSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { png } from "../../src/core/Png.js"
import { ofBytes } from "../../src/core/zip/Crc32.js"

/** The chunks of a PNG, by the lengths in it. */
const chunksOf = (bytes: Buffer) => {
  const chunks: Array<{ type: string; data: Buffer; sum: number; found: number }> = []
  for (let at = 8; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at)
    chunks.push({
      type: bytes.toString("latin1", at + 4, at + 8),
      data: bytes.subarray(at + 8, end),
      sum: ofBytes(bytes.subarray(at + 4, end)),
      found: bytes.readUInt32BE(end)
    })
    at = end + 4
  }
  return chunks
}

describe("a PNG", () => {
  const colours = Uint8Array.from({ length: 2 * 2 * 3 }, (_, at) => at * 20)
  const bytes = png(colours, 2)
  const chunks = chunksOf(bytes)

  it("begins with its signature, and has the three chunks with their checksums", () => {
    assert.deepStrictEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    assert.deepStrictEqual(
      chunks.map(({ type }) => type),
      ["IHDR", "IDAT", "IEND"]
    )
    for (const { found, sum } of chunks) assert.strictEqual(found, sum)
  })

  it("has its size, its depth and its colours, with a filter byte before each row", () => {
    assert.deepStrictEqual([...(chunks[0]?.data ?? [])], [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    assert.deepStrictEqual(
      [...inflateSync(chunks[1]?.data ?? Buffer.alloc(0))],
      [0, ...colours.subarray(0, 6), 0, ...colours.subarray(6)]
    )
  })
})

import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import * as fc from "effect/FastCheck"
import { unzipSync } from "fflate"
import { assert, describe, it } from "vitest"
import { isLong } from "../../../vitest.size.js"
import { type Content, concat, ofBytes, slice } from "../../src/core/zip/Content.js"
import * as Crc32 from "../../src/core/zip/Crc32.js"
import { noise } from "../../src/core/zip/Noise.js"
import { zip } from "../../src/core/zip/Zip.js"

const all = (content: Content) => Buffer.from(slice(content, 0, content.size))
const bytes = fc.uint8Array({ maxLength: 300 })
const entries = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-zé]{1,9}(\/[a-z]{1,9})?$/), bytes), {
    selector: ([name]) => name,
    maxLength: 6
  })
  .map((all) => all.map(([name, bytes]) => ({ name, content: ofBytes(bytes) })))

/** Any length up to some blocks, mostly near their ends. */
const sizes = fc.oneof(
  fc.nat(20_000),
  fc.tuple(fc.nat(40), fc.integer({ min: -17, max: 17 })).map(([blocks, more]) => Math.max(0, blocks * 4_096 + more))
)

interface Member {
  readonly name: string
  readonly crc32: number
  readonly size: number
  /** Offset of its bytes. */
  readonly start: number
}

/** Reads a ZIP from its end, by the specification, as far as the tests need: no library here supports ZIP64. */
const directoryOf = (file: Content): ReadonlyArray<Member> => {
  const at = (from: number, length: number) => Buffer.from(slice(file, from, from + length))
  const wide = (buffer: Buffer, from: number) => Number(buffer.readBigUInt64LE(from))
  const end = at(file.size - 22, 22)
  assert.strictEqual(end.readUInt32LE(0), 0x06054b50)
  let [count, size, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  if (start === 0xffffffff) {
    const locator = at(file.size - 42, 20)
    assert.strictEqual(locator.readUInt32LE(0), 0x07064b50)
    const record = at(wide(locator, 8), 56)
    assert.strictEqual(record.readUInt32LE(0), 0x06064b50)
    assert.strictEqual(wide(locator, 8) + 56 + 20 + 22, file.size)
    ;[count, size, start] = [wide(record, 32), wide(record, 40), wide(record, 48)]
  }
  const directory = at(start, size)
  const members: Array<Member> = []
  let here = 0
  while (here < size) {
    assert.strictEqual(directory.readUInt32LE(here), 0x02014b50)
    const [nameLength, extraLength] = [directory.readUInt16LE(here + 28), directory.readUInt16LE(here + 30)]
    const name = directory.toString("utf8", here + 46, here + 46 + nameLength)
    const extra = here + 46 + nameLength
    const isWide = directory.readUInt32LE(here + 24) === 0xffffffff
    const length = isWide ? wide(directory, extra + 4) : directory.readUInt32LE(here + 24)
    const offset = isWide ? wide(directory, extra + 20) : directory.readUInt32LE(here + 42)
    const local = at(offset, 30)
    assert.strictEqual(local.readUInt32LE(0), 0x04034b50)
    assert.strictEqual(local.readUInt32LE(14), directory.readUInt32LE(here + 16))
    const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
    if (isWide) assert.strictEqual(wide(at(start - 16, 16), 0), length)
    else assert.strictEqual(local.readUInt32LE(22), length)
    members.push({ name, crc32: directory.readUInt32LE(here + 16), size: length, start })
    here += 46 + nameLength + extraLength
  }
  assert.strictEqual(here, size)
  assert.lengthOf(members, count)
  return members
}

describe("the CRC-32 of two parts", () => {
  it("follows from the sums of both", () =>
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        assert.strictEqual(
          Crc32.join(crc32(first), crc32(second), second.length),
          crc32(Buffer.concat([first, second]))
        )
      })
    ))
})

describe("concatenated contents", () => {
  it("have the bytes of each in any slice, and their sum", () =>
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), fc.nat(1_500), fc.nat(1_500), (parts, one, other) => {
        const content = concat(parts.map(ofBytes))
        const whole = Buffer.concat(parts)
        assert.deepStrictEqual([content.size, content.crc32], [whole.length, crc32(whole)])
        const [from, to] = [Math.min(one, other, whole.length), Math.min(Math.max(one, other), whole.length)]
        assert.isTrue(whole.subarray(from, to).equals(slice(content, from, to)))
      })
    ))
})

describe("noise", () => {
  it("has the correct sum of its bytes", () =>
    fc.assert(
      fc.property(fc.string(), sizes, (key, size) => {
        const content = noise(key, size)
        assert.strictEqual(content.crc32, crc32(all(content)))
      })
    ))

  it("is the same in any slice", () =>
    fc.assert(
      fc.property(sizes, sizes, sizes, (size, one, other) => {
        const content = noise("key", size)
        const [from, to] = [Math.min(one, other, size), Math.min(Math.max(one, other), size)]
        assert.isTrue(
          all(content)
            .subarray(from, to)
            .equals(slice(content, from, to))
        )
      })
    ))

  it("differs by key and by block, so that a misplaced block is detected", () => {
    const blocks = Array.from({ length: 64 }, (_, n) => Buffer.from(slice(noise("a", 1e6), n * 4_096, n * 4_096 + 16)))
    assert.strictEqual(new Set(blocks.map((block) => block.toString("hex"))).size, 64)
    assert.notDeepEqual(slice(noise("a", 100), 0, 100), slice(noise("b", 100), 0, 100))
  })

  it("can have any size without delay", () => {
    const content = noise("key", 1e15)
    assert.lengthOf(slice(content, 1e15 - 10, 1e15), 10)
    const half = noise("key", 2 ** 40)
    // again, from the sums of its parts: removing the first part leaves the second
    assert.strictEqual(
      Crc32.join(half.crc32, crc32(slice(noise("key", 2 ** 40 + 5), 2 ** 40, 2 ** 40 + 5)), 5),
      noise("key", 2 ** 40 + 5).crc32
    )
  })
})

describe("a ZIP", () => {
  it("is read by another implementation", () =>
    fc.assert(
      fc.property(entries, (entries) => {
        const files = unzipSync(all(zip(entries)))
        assert.deepStrictEqual(
          Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes)]),
          entries.map(({ content, name }) => [name, all(content)])
        )
      })
    ))

  it("has the requested size, or that of its entries", () =>
    fc.assert(
      fc.property(entries, fc.nat(20_000), (entries, size) => {
        const bare = zip(entries)
        const filled = zip(entries, { name: "noise.bin", key: "key", size })
        const leastMore = 30 + 46 + 2 * "noise.bin".length
        assert.strictEqual(filled.size, size >= bare.size + leastMore ? size : bare.size)
        assert.strictEqual(filled.crc32, crc32(all(filled)))
        for (const { crc32: sum, size, start } of directoryOf(filled)) {
          assert.strictEqual(crc32(slice(filled, start, start + size)), sum)
        }
      })
    ))

  it("has the same bytes in every version", () => {
    const file = all(
      zip([{ name: "a.txt", content: ofBytes(Buffer.from("a")) }], { name: "n", key: "key", size: 9_999 })
    )
    const sum = createHash("sha256").update(file).digest("hex")
    assert.strictEqual(sum, "8a38e75996059b8136446e2afead234e3c0f93abf0bdd2d469b67f21a5d49fda")
  })

  const limit = 2 ** 32 - 1
  const large: ReadonlyArray<readonly [what: string, size: number, version: number]> = [
    ["2 GB", 2e9, 20],
    ["the largest size without ZIP64", limit - 1, 20],
    ["the smallest size with ZIP64", limit, 45],
    ["4 GiB", 2 ** 32, 45],
    ["5 TB", 5e12, 45]
  ]
  for (const [what, size, version] of large) {
    it(`of ${what} has all parts in place, and its small file can be read`, () => {
      const hello = ofBytes(Buffer.from("hello"))
      const file = zip([{ name: "hello.txt", content: hello }], { name: "noise.bin", key: "key", size })
      assert.strictEqual(file.size, size)
      const [first, second, ...none] = directoryOf(file)
      assert.isEmpty(none)
      assert.strictEqual(Buffer.from(slice(file, first!.start, first!.start + first!.size)).toString(), "hello")
      assert.strictEqual(second!.crc32, noise("key", second!.size).crc32)
      const last = second!.start + second!.size
      assert.deepStrictEqual(
        slice(file, last - 20, last),
        slice(noise("key", second!.size), second!.size - 20, second!.size)
      )
      assert.strictEqual(Buffer.from(slice(file, 4, 6)).readUInt16LE(), version)
    })
  }

  it.runIf(isLong)("with more entries than two bytes can count needs ZIP64 too", { timeout: 60_000 }, () => {
    const empty = ofBytes(new Uint8Array())
    const file = zip(Array.from({ length: 65_535 }, (_, n) => ({ name: `${n}`, content: empty })))
    const record = Buffer.from(slice(file, file.size - 98, file.size))
    assert.strictEqual(record.readUInt32LE(0), 0x06064b50)
    assert.strictEqual(record.readBigUInt64LE(32), 65_535n)
    assert.strictEqual(record.readUInt16LE(76 + 10), 65_535) // the short record refers to it
  })
})

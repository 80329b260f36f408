import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { defaultLimits, type Limits, unpack } from "../src/unpack.js"
import { type Entry, zip } from "./zip.js"

const root = mkdtempSync(join(tmpdir(), "pixxel-unpack-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let packages = 0

/** A package on the disk, in a folder of its own. */
const laid = (content: Buffer) => {
  const folder = join(root, String(++packages))
  mkdirSync(folder)
  const path = join(folder, "it.zip")
  writeFileSync(path, content)
  return { folder, path, target: join(folder, "it") }
}

const unpacked = (content: Buffer, limits: Limits = defaultLimits) => {
  const { folder, path, target } = laid(content)
  return Effect.map(Effect.either(unpack(path, target, limits)), (result) => ({
    result,
    target,
    /** What is in the folder of the package after that. */
    there: readdirSync(folder, { recursive: true }).map(String).sort()
  }))
}

/** That nothing was unpacked, for this reason, and that nothing is left of the attempt. */
const refused = (entries: ReadonlyArray<Entry>, reason: string, says: string, limits?: Limits) =>
  Effect.gen(function* () {
    const { result, there } = yield* unpacked(zip(entries), limits)
    assert.strictEqual(result._tag, "Left")
    if (result._tag === "Left") {
      assert.strictEqual(result.left.reason, reason)
      assert.include(result.left.message, says)
    }
    assert.deepStrictEqual(there, ["it.zip"])
  })

const good: Entry = { name: "good.txt", content: "good" }

describe("a package", () => {
  it.effect("becomes a folder of its files", () =>
    Effect.gen(function* () {
      const entries = [good, { name: "a/" }, { name: "a/b/deep.txt", content: "x".repeat(10_000), isDeflated: true }]
      const { result, target } = yield* unpacked(zip(entries))
      assert.deepInclude(result, { _tag: "Right" })
      assert.strictEqual(readFileSync(join(target, "good.txt"), "utf8"), "good")
      assert.lengthOf(readFileSync(join(target, "a/b/deep.txt"), "utf8"), 10_000)
    })
  )

  it.effect("may be a ZIP64, and have names of any script", () =>
    Effect.gen(function* () {
      const { result, target } = yield* unpacked(zip([{ name: "作物/é.txt", content: "64", isZip64: true }]))
      assert.strictEqual(result._tag, "Right")
      assert.strictEqual(readFileSync(join(target, "作物/é.txt"), "utf8"), "64")
    })
  )

  it.effect("that is there already is left as it is, and is not if a file was changed", () =>
    Effect.gen(function* () {
      const { folder, path, target } = laid(zip([good, { name: "a/b.txt", content: "b" }]))
      assert.isFalse((yield* unpack(path, target, defaultLimits)).isSkipped)
      assert.isTrue((yield* unpack(path, target, defaultLimits)).isSkipped)
      writeFileSync(join(target, "good.txt"), "evil")
      const error = yield* Effect.flip(unpack(path, target, defaultLimits))
      assert.strictEqual(error.reason, "TargetExists")
      assert.strictEqual(readFileSync(join(target, "good.txt"), "utf8"), "evil")
      assert.deepStrictEqual(readdirSync(folder).sort(), ["it", "it.zip"])
    })
  )

  it.effect("goes on after a run that was killed", () =>
    Effect.gen(function* () {
      const { path, target } = laid(zip([good]))
      mkdirSync(`${target}.unpacking`)
      writeFileSync(join(`${target}.unpacking`, "half.txt"), "ha")
      yield* unpack(path, target, defaultLimits)
      assert.deepStrictEqual(readdirSync(target), ["good.txt"])
    })
  )
})

describe("a hostile package", () => {
  const names: ReadonlyArray<readonly [name: string, says: string]> = [
    ["../evil.txt", "does not stay in its folder"],
    ["a/../../evil.txt", "does not stay in its folder"],
    ["..", "does not stay in its folder"],
    ["../", "does not stay in its folder"],
    ["./a", "does not stay in its folder"],
    ["a//b", "does not stay in its folder"],
    ["", "does not stay in its folder"],
    ["/etc/evil", "absolute path"],
    ["//host/share/evil", "absolute path"],
    ["C:/evil.txt", "absolute path"],
    ["c:evil.txt", "absolute path"],
    ["a\\..\\..\\evil.txt", "backslash"],
    ["\\\\host\\evil", "backslash"],
    ["a.txt:stream", "another one on some systems"],
    ["a./b", "another one on some systems"],
    ["a /b", "another one on some systems"],
    ["a\u0000.txt", "control character"],
    ["a\u001b[2J.txt", "control character"]
  ]

  it.effect.each(names)("is refused for a name: %j", ([name, says]) => refused([good, { name }], "Unsafe", says))

  it.effect.each([
    ["a symbolic link", 0o120777],
    ["a device", 0o060644],
    ["a pipe", 0o010644]
  ] as const)("is refused for %s", ([, mode]) =>
    refused([{ name: "link", content: "/etc/passwd", mode }, { name: "link2/x" }], "Unsafe", "no file, but a link")
  )

  it.effect("is refused for a link whose name is that of a folder", () =>
    refused([{ name: "out/", mode: 0o120777 }, { name: "out/evil.txt" }], "Unsafe", "no file, but a link")
  )

  it.effect.each([
    [[{ name: "a.txt" }, { name: "a.txt" }]],
    [[{ name: "a.txt" }, { name: "A.TXT" }]],
    [[{ name: "\u00e9" }, { name: "e\u0301" }]]
  ] as const)("is refused for two names that are one on some disk: %j", ([entries]) =>
    refused(entries, "Unsafe", "there twice")
  )

  it.effect("is refused for a file that is also a folder", () =>
    refused(
      [
        { name: "a", content: "x" },
        { name: "a/b", content: "x" }
      ],
      "Unsafe",
      "in a file"
    )
  )

  it.effect("is refused when it is encrypted", () =>
    refused([{ ...good, isDeflated: true, isEncrypted: true }], "Unsafe", "encrypted")
  )

  it.effect("is refused for a ratio that no package has, before a byte is written", () => {
    const zeros = { name: "bomb", content: new Uint8Array(120_000_000), isDeflated: true }
    return refused([zeros], "TooLarge", "times as long as the package itself, and 200 times is allowed")
  })

  it.effect("is refused for its size, its number of entries, and its ratio, as they are limited", () =>
    Effect.gen(function* () {
      const entries = [good, { name: "b", content: "12345" }]
      yield* refused(entries, "TooLarge", "more than 8 B together", { ...defaultLimits, size: 8 })
      yield* refused(entries, "TooLarge", "2 entries, and 1 are allowed", { ...defaultLimits, entries: 1 })
      assert.strictEqual((yield* unpacked(zip(entries), { size: 9, entries: 2, ratio: 0 })).result._tag, "Right")
    })
  )

  it.effect("that says it is shorter than it is, is cut off and removed", () =>
    refused(
      [good, { name: "liar", content: new Uint8Array(1_000_000), isDeflated: true, size: 10 }],
      "Corrupt",
      "too many bytes"
    )
  )

  it.effect("whose file has another checksum is removed", () =>
    refused([good, { name: "b.txt", content: "b", crc: 1 }], "Corrupt", "its checksum is wrong")
  )

  it.effect("that is no ZIP is refused", () =>
    Effect.gen(function* () {
      const { result, there } = yield* unpacked(Buffer.from("<html>no</html>"))
      assert.strictEqual(result._tag === "Left" && result.left.reason, "Corrupt")
      assert.deepStrictEqual(there, ["it.zip"])
    })
  )
})

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { size } from "../../../vitest.size.js"
import { segmentsOf } from "../src/archive.js"
import { defaultLimits, type Limits, unpack } from "../src/unpack.js"
import { type Ending, type Entry, numbers, zip } from "./zip.js"

const root = mkdtempSync(join(tmpdir(), "pixxel-unpack-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let packages = 0

/** Writes a package to a new folder, and unpacks it. */
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
    /** The entries of the package's folder afterwards. */
    there: readdirSync(folder, { recursive: true }).map(String).sort()
  }))
}

/** Asserts that unpacking fails for this reason and leaves nothing behind. */
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

  it.effect("is kept if unpacked already, and rejected if a file was changed", () =>
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

  it.effect("without files does not match existing content", () =>
    Effect.gen(function* () {
      const { path, target } = laid(zip([]))
      writeFileSync(target, "mine")
      assert.strictEqual((yield* Effect.flip(unpack(path, target, defaultLimits))).reason, "TargetExists")
    })
  )

  it.effect("replaces an empty folder", () =>
    Effect.gen(function* () {
      const { path, target } = laid(zip([good]))
      mkdirSync(target)
      assert.isFalse((yield* unpack(path, target, defaultLimits)).isSkipped)
      assert.deepStrictEqual(readdirSync(target), ["good.txt"])
    })
  )

  it.effect("is unpacked after a killed run", () =>
    Effect.gen(function* () {
      const { path, target } = laid(zip([good]))
      mkdirSync(`${target}.unpacking`)
      writeFileSync(join(`${target}.unpacking`, "half.txt"), "ha")
      yield* unpack(path, target, defaultLimits)
      assert.deepStrictEqual(readdirSync(target), ["good.txt"])
    })
  )
})

describe("a package accepted by other tools", () => {
  /** Files with their content, folders with `null`. */
  const tree = (folder: string): Record<string, string | null> =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true }).map((it) => {
        const path = join(it.parentPath, it.name)
        return [path.slice(folder.length + 1), it.isFile() ? readFileSync(path, "utf8") : null]
      })
    )
  const file = (name: string, content = name): Entry => ({ name, content })

  const names: ReadonlyArray<readonly [string, ReadonlyArray<Entry>, Record<string, string | null>]> = [
    ["a colon in names", [file("d:e/12:30.tif", "x")], { "d:e": null, "d:e/12:30.tif": "x" }],
    ["names that begin with a dot and a slash", [{ name: "./" }, file("./a/b", "x")], { a: null, "a/b": "x" }],
    ["empty and single dots in names", [file("a//./b", "x")], { a: null, "a/b": "x" }],
    ["two dots that stay inside", [file("a/../b/c", "x")], { b: null, "b/c": "x" }],
    ["a folder twice", [{ name: "a/" }, { name: "a/" }, file("a/b", "x")], { a: null, "a/b": "x" }],
    ["a folder after its files", [file("a/b", "x"), { name: "a/" }], { a: null, "a/b": "x" }],
    ["a folder marked only by its mode", [{ name: "a", mode: 0o040755 }, file("a/b", "x")], { a: null, "a/b": "x" }],
    ["a folder with the mode of a file", [{ name: "a/", mode: 0o100644 }], { a: null }],
    ["a file twice", [file("a", "x"), file("./a", "x")], { a: "x" }],
    ["names that differ in case", [file("a.txt"), file("A.TXT")], { "a.txt": "a.txt", "A.TXT": "A.TXT" }],
    [
      "names that differ in normal form",
      [file("\u00e9"), file("e\u0301")],
      { "\u00e9": "\u00e9", "e\u0301": "e\u0301" }
    ],
    ["dots and spaces at the end of names", [file("a./b ", "x")], { "a.": null, "a./b ": "x" }],
    ["names of Windows devices", [file("con"), file("aux.txt")], { con: "con", "aux.txt": "aux.txt" }],
    ["backslashes, written by DOS", [{ ...file("a\\b", "x"), host: 0 }], { a: null, "a/b": "x" }],
    ["backslashes, written by Unix", [{ name: "a\\" }, file("a\\b", "x")], { a: null, "a/b": "x" }],
    ["data descriptors", [{ ...file("a", "x"), isDescribedLater: true, isDeflated: true }], { a: "x" }]
  ]

  it.effect.each(names)("is unpacked: %s", ([, entries, expected]) =>
    Effect.gen(function* () {
      const { result, target } = yield* unpacked(zip(entries))
      assert.strictEqual(result._tag, "Right")
      assert.deepStrictEqual(tree(target), expected)
    })
  )

  const signature = Buffer.from("PK\u0005\u0006")
  const endings: ReadonlyArray<readonly [string, Ending]> = [
    ["a comment", { comment: "hello" }],
    ["a comment with the signature of an end", { comment: Buffer.concat([signature, Buffer.alloc(40)]) }],
    ["a byte after its end", { trail: Buffer.of(10) }],
    ["a comment and bytes after it", { comment: "hello", trail: Buffer.alloc(10_240) }],
    ["the signature of an end after its end", { trail: signature }],
    ["bytes before its first file", { lead: Buffer.from("#!/bin/sh\nexit\n") }],
    ["a ZIP64 end", { isZip64: true }],
    ["a ZIP64 end and bytes after it", { isZip64: true, trail: Buffer.of(0, 0) }],
    ["a ZIP64 end and bytes before its first file", { isZip64: true, lead: Buffer.alloc(100, "x") }]
  ]

  it.effect.each(endings)("is unpacked: %s", ([, ending]) =>
    Effect.gen(function* () {
      const entries = [file("a", "x".repeat(1_000)), { ...file("b/c", "y".repeat(1_000)), isDeflated: true }]
      const { result, target } = yield* unpacked(zip(entries, ending))
      assert.strictEqual(result._tag, "Right")
      assert.deepStrictEqual(tree(target), { a: "x".repeat(1_000), b: null, "b/c": "y".repeat(1_000) })
    })
  )

  it.effect("is unpacked completely if the count in its end has wrapped around, and rejected if it is wrong", () =>
    Effect.gen(function* () {
      const entries = Array.from({ length: size(5, 0x10000 + 3) }, () => file("a", "x"))
      const { result } = yield* unpacked(zip(entries, { count: size(5, 3) }))
      assert.deepInclude(result, { _tag: "Right" })
      const lost = yield* unpacked(zip(entries.slice(0, 5), { count: 3 }))
      assert.deepInclude(lost.result._tag === "Left" ? lost.result.left : {}, { reason: "Corrupt" })
    })
  )

  it.effect("keeps the executable bit of a file, and no other permission", () =>
    Effect.gen(function* () {
      const modes = [0o100755, 0o100644, 0o104711, 0o100600, 0o100000, undefined]
      const { target } = yield* unpacked(zip(modes.map((mode, at) => ({ ...file(`${at}`), ...(mode && { mode }) }))))
      const masked = (mode: number) => mode & ~process.umask()
      assert.deepStrictEqual(
        modes.map((_, at) => statSync(join(target, `${at}`)).mode & 0o7777),
        [masked(0o777), masked(0o666), masked(0o777), masked(0o666), masked(0o666), masked(0o666)]
      )
    })
  )

  it.effect("keeps the times of files and folders", () =>
    Effect.gen(function* () {
      const dos = [((2025 - 1980) << 9) | (6 << 5) | 1, (10 << 11) | (30 << 5) | (44 >> 1)] as const
      const unix = numbers([0x5455, 2], [5, 2])
      const extra = Buffer.concat([unix, Buffer.of(1), numbers([1_700_000_001, 4])])
      const { target } = yield* unpacked(
        zip([
          { ...file("d/dos"), dos },
          { ...file("d/unix"), dos, extra },
          { ...file("none"), dos: [0, 0] },
          { name: "d/", extra }
        ])
      )
      const time = (name: string) => statSync(join(target, name)).mtimeMs
      assert.strictEqual(time("d/dos"), new Date(2025, 5, 1, 10, 30, 44).getTime())
      assert.strictEqual(time("d/unix"), 1_700_000_001_000)
      assert.strictEqual(time("d"), 1_700_000_001_000)
      assert.isAbove(time("none"), statSync(root).birthtimeMs - 1)
    })
  )
})

describe("a link in the place of a folder", () => {
  it.effect("is rejected for any target, and stays", () =>
    Effect.gen(function* () {
      const { folder, path, target } = laid(zip([good]))
      const same = join(folder, "same")
      yield* unpack(path, same, defaultLimits)
      mkdirSync(join(folder, "empty"))
      for (const to of [same, join(folder, "empty"), join(folder, "missing")]) {
        symlinkSync(to, target)
        const error = yield* Effect.flip(unpack(path, target, defaultLimits))
        assert.strictEqual(error.reason, "TargetExists")
        assert.include(error.message, "symbolic link")
        assert.isTrue(lstatSync(target).isSymbolicLink())
        rmSync(target)
      }
      assert.deepStrictEqual(readdirSync(folder).sort(), ["empty", "it.zip", "same"])
    })
  )

  it.effect("inside the target does not count as a folder of the package", () =>
    Effect.gen(function* () {
      const { folder, path, target } = laid(zip([{ name: "a/b.txt", content: "b" }]))
      mkdirSync(join(folder, "elsewhere"))
      writeFileSync(join(folder, "elsewhere", "b.txt"), "b")
      mkdirSync(target)
      symlinkSync(join(folder, "elsewhere"), join(target, "a"))
      assert.strictEqual((yield* Effect.flip(unpack(path, target, defaultLimits))).reason, "TargetExists")
    })
  )
})

describe("a hostile package", () => {
  const names: ReadonlyArray<readonly [name: string, says: string]> = [
    ["../evil.txt", "leads out of its folder"],
    ["a/../../evil.txt", "leads out of its folder"],
    ["..", "leads out of its folder"],
    ["../", "leads out of its folder"],
    ["a/b/../../../evil.txt", "leads out of its folder"],
    [".", "leads out of its folder"],
    ["", "leads out of its folder"],
    ["/etc/evil", "absolute path"],
    ["//host/share/evil", "absolute path"],
    ["C:/evil.txt", "absolute path"],
    ["a\\..\\..\\evil.txt", "backslash"],
    ["\\\\host\\evil", "backslash"],
    ["..\\evil.txt", "leads out of its folder"],
    ["C:\\evil.txt", "absolute path"],
    ["a\u0000.txt", "control character"],
    ["a\n.txt", "control character"],
    ["a\u001b[2J.txt", "control character"]
  ]

  it.effect.each(names)("is rejected for a name: %j", ([name, says]) => refused([good, { name }], "Unsafe", says))

  it.effect.each([
    ["a symbolic link", 0o120777],
    ["a device", 0o060644],
    ["a pipe", 0o010644]
  ] as const)("is rejected for %s", ([, mode]) =>
    refused([{ name: "link", content: "/etc/passwd", mode }, { name: "link2/x" }], "Unsafe", "which is a link")
  )

  it.effect("is rejected for a link with the name of a folder", () =>
    refused([{ name: "out/", mode: 0o120777 }, { name: "out/evil.txt" }], "Unsafe", "which is a link")
  )

  it.effect.each([
    ["a.txt", "a.txt"],
    ["d/a.txt", "./d//a.txt"],
    ["d/a.txt", "d\\a.txt"]
  ] as const)("is rejected for two files of one name and different content: %j and %j", ([first, second]) =>
    refused(
      [
        { name: first, content: "x" },
        { name: second, content: "y" }
      ],
      "Unsafe",
      "occurs twice with different content"
    )
  )

  it.effect("is rejected for a file that is also a folder", () =>
    refused(
      [
        { name: "a", content: "x" },
        { name: "a/b", content: "x" }
      ],
      "Unsafe",
      "in a file"
    )
  )

  it.effect("is rejected for a folder that is also a file", () =>
    refused([{ name: "a/b" }, { name: "a", content: "x" }], "Unsafe", "a file and a folder")
  )

  it.effect("is rejected for a name too long for any disk", () =>
    refused([{ name: `${"a/".repeat(2_100)}b` }], "Unsafe", "longer than 4096 characters")
  )

  it.effect("is rejected for too many folders, listed or not", () =>
    refused([{ name: "a/b/c/d/e.txt" }], "TooLarge", "more entries than the limit of 4", {
      ...defaultLimits,
      entries: 4
    })
  )

  it.effect.each([
    ["colon", "a.txt:stream"],
    ["drive letter", "c:evil.txt"],
    ["drive letter after a folder", "a/../c:evil.txt"],
    ["trailing dot", "a./b"],
    ["trailing space", "a /b"],
    ["parent in disguise", ".. /b"],
    ["device", "a/con"],
    ["device with an extension", "NUL.txt"],
    ["wildcard", "a*"]
  ] as const)("is rejected on Windows for a name of another file there: %s", ([, name]) =>
    Effect.sync(() => {
      assert.throws(() => segmentsOf(name, "win32"), "Windows does not allow")
      assert.isAtLeast(segmentsOf(name, "linux").length, 1)
    })
  )

  it.effect("is rejected if encrypted", () =>
    refused([{ ...good, isDeflated: true, isEncrypted: true }], "Unsafe", "encrypted")
  )

  it.effect("is rejected for an impossible ratio before the first write", () => {
    const zeros = { name: "bomb", content: new Uint8Array(120_000_000), isDeflated: true }
    return refused([zeros], "TooLarge", "times as large as the package; the limit is 200 times")
  })

  it.effect("is rejected for exceeding the limits of size, entries and ratio", () =>
    Effect.gen(function* () {
      const entries = [good, { name: "b", content: "12345" }]
      yield* refused(entries, "TooLarge", "exceed the limit of 8 B", { ...defaultLimits, size: 8 })
      yield* refused(entries, "TooLarge", "2 entries; the limit is 1", { ...defaultLimits, entries: 1 })
      assert.strictEqual((yield* unpacked(zip(entries), { size: 9, entries: 2, ratio: 0 })).result._tag, "Right")
    })
  )

  it.effect("with an understated size is stopped and removed", () =>
    refused(
      [good, { name: "liar", content: new Uint8Array(1_000_000), isDeflated: true, size: 10 }],
      "Corrupt",
      "its size is wrong"
    )
  )

  it.effect("with a wrong checksum of a file is removed", () =>
    refused([good, { name: "b.txt", content: "b", crc: 1 }], "Corrupt", "its checksum is wrong")
  )

  const directory = (content: Buffer) => content.indexOf("PK\u0001\u0002")

  it.effect.each([
    ["the header of a file is missing", (content: Buffer) => content.fill(0, 0, 4)],
    ["the content of a file is not compressed", (content: Buffer) => content.fill(0xff, 40, 60)],
    ["a file has an unknown compression", (content: Buffer) => content.writeUInt16LE(99, directory(content) + 10)],
    ["a file ends behind the directory", (content: Buffer) => content.writeUInt32LE(99_999, directory(content) + 20)]
  ] as const)("is rejected and removed if %s", ([, spoil]) =>
    Effect.gen(function* () {
      const content = zip([{ name: "a.txt", content: "ab".repeat(500), isDeflated: true }, good])
      spoil(content)
      const { result, there } = yield* unpacked(content)
      assert.deepInclude(result._tag === "Left" ? result.left : {}, { reason: "Corrupt" })
      assert.deepStrictEqual(there, ["it.zip"])
    })
  )

  it.effect("that is truncated is rejected, even if it ends with a nested ZIP", () =>
    Effect.gen(function* () {
      const inner = zip([{ name: "inner.txt", content: "inner" }])
      const whole = zip([good, { name: "inner.zip", content: inner }, { name: "rest", content: "x".repeat(200) }])
      for (const length of [whole.indexOf("rest") - 30, whole.indexOf("rest") + 20]) {
        const { result, there } = yield* unpacked(whole.subarray(0, length))
        assert.deepInclude(result._tag === "Left" ? result.left : {}, { reason: "Corrupt" })
        assert.deepStrictEqual(there, ["it.zip"])
      }
    })
  )

  it.effect("that is not a ZIP is rejected", () =>
    Effect.gen(function* () {
      const { result, there } = yield* unpacked(Buffer.from("<html>no</html>"))
      assert.strictEqual(result._tag === "Left" && result.left.reason, "Corrupt")
      assert.deepStrictEqual(there, ["it.zip"])
    })
  )
})

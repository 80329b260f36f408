/** Unpacking to a disk that ignores the case of names, as on macOS and Windows. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, vi } from "vitest"
import { defaultLimits, unpack } from "../src/unpack.js"
import { type Entry, zip } from "./zip.js"

const root = mkdtempSync(join(tmpdir(), "pixxel-unpack-folding-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

// The modules that other files have loaded have the real disk, and those of this file must not stay.
vi.hoisted(() => vi.resetModules())
afterAll(() => void vi.resetModules())

const folded = vi.hoisted(() => (path: unknown) => {
  const [before, inside] = String(path).split(/(?<=~unpacking-[^/]*)(?=\/)/)
  return inside === undefined ? path : before + inside.toLowerCase()
})

/** Folds the path in the first argument of functions. */
const folding = vi.hoisted(() => <M extends object>(module: M, names: ReadonlyArray<keyof M>): M => {
  const wrapped = names.map((name) => {
    const original = module[name] as (...args: ReadonlyArray<unknown>) => unknown
    return [name, (path: unknown, ...rest: ReadonlyArray<unknown>) => original(folded(path), ...rest)]
  })
  return { ...module, ...Object.fromEntries(wrapped) }
})

vi.mock("node:fs", async (original) => folding(await original<typeof import("node:fs")>(), ["createWriteStream"]))
vi.mock("node:fs/promises", async (original) =>
  folding(await original<typeof import("node:fs/promises")>(), ["lstat", "mkdir", "utimes"])
)

const unpacked = (name: string, entries: ReadonlyArray<Entry>) => {
  const folder = join(root, name)
  mkdirSync(folder)
  writeFileSync(join(folder, "it.zip"), zip(entries))
  return Effect.map(Effect.either(unpack(join(folder, "it.zip"), join(folder, "it"), defaultLimits)), (result) => ({
    result,
    folder
  }))
}

describe("on a disk that ignores case, a package", () => {
  it.effect.each([
    [
      "two files",
      [
        { name: "a.txt", content: "x" },
        { name: "A.TXT", content: "y" }
      ],
      "A.TXT"
    ],
    ["a folder and a file", [{ name: "a/b" }, { name: "A", content: "y" }], "A"]
  ] as const)("with %s of one name is rejected with the name", ([name, entries, taken]) =>
    Effect.gen(function* () {
      const { folder, result } = yield* unpacked(name, entries)
      assert(result._tag === "Left")
      assert.strictEqual(result.left.reason, "FileSystem")
      assert.include(result.left.message, `this disk treats the name "${taken}" as equal to another entry`)
      assert.deepStrictEqual(readdirSync(folder), ["it.zip"])
    })
  )

  it.effect("with two folders of one name merges them", () =>
    Effect.gen(function* () {
      const { folder, result } = yield* unpacked("folders", [
        { name: "a/b.txt", content: "b" },
        { name: "A/c.txt", content: "c" }
      ])
      assert.strictEqual(result._tag, "Right")
      assert.deepStrictEqual(readdirSync(join(folder, "it", "a")).sort(), ["b.txt", "c.txt"])
      assert.strictEqual(readFileSync(join(folder, "it", "a", "c.txt"), "utf8"), "c")
    })
  )
})

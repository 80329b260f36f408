/** Files on the disk, written by the module of the commands. */
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { saved } from "../src/files.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-files-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("a saved file", () => {
  it.effect("replaces the old one when it is complete", () =>
    Effect.gen(function* () {
      const path = join(folder, "new", "image.png")
      yield* saved(path, "old")
      const old = openSync(path, "r")
      yield* saved(path, "new")
      assert.strictEqual(readFileSync(old, "utf8"), "old")
      assert.strictEqual(readFileSync(path, "utf8"), "new")
      assert.deepStrictEqual(readdirSync(join(folder, "new")), ["image.png"])
    })
  )

  it.effect("keeps a link to another file", () =>
    Effect.gen(function* () {
      const [target, link] = [join(folder, "target"), join(folder, "link")]
      writeFileSync(target, "old")
      symlinkSync(target, link)
      yield* saved(link, "new")
      assert.strictEqual(readFileSync(target, "utf8"), "new")
    })
  )

  it.effect("may have a name as long as a file system takes", () =>
    Effect.gen(function* () {
      const path = join(folder, "long", "x".repeat(255))
      yield* saved(path, "text")
      assert.strictEqual(readFileSync(path, "utf8"), "text")
    })
  )

  it.effect("leaves nothing beside a folder of its name", () =>
    Effect.gen(function* () {
      const path = join(folder, "taken", "image.png")
      mkdirSync(path, { recursive: true })
      const { message } = yield* Effect.flip(saved(path, "text"))
      assert.include(message, `${path} could not be written: `)
      assert.deepStrictEqual(readdirSync(join(folder, "taken")), ["image.png"])
    })
  )
})

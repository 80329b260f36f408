import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { afterAll } from "vitest"
import * as CodeCache from "../src/CodeCache.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-cache-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, "made", "code")
const compiled = FastCheck.record({
  commands: FastCheck.array(FastCheck.string({ unit: "grapheme" })),
  code: FastCheck.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
})

describe("a file of compiled code", () => {
  it("round-trips, and starts at V8's alignment", () => {
    FastCheck.assert(
      FastCheck.property(compiled, (it) => {
        CodeCache.write(file, "build", it)
        assert.deepStrictEqual(CodeCache.read(file, "build"), it)
        assert.strictEqual((readFileSync(file).indexOf("\n") + 1) % 8, 0)
      })
    )
    assert.deepStrictEqual(readdirSync(join(folder, "made")), ["code"])
  })

  it("never returns other content, for any damage or truncation", () => {
    FastCheck.assert(
      FastCheck.property(
        compiled,
        FastCheck.nat(),
        FastCheck.integer({ min: 1, max: 255 }),
        FastCheck.boolean(),
        (it, n, by, cuts) => {
          CodeCache.write(file, "build", it)
          const content = readFileSync(file)
          const at = n % content.length
          const changed = Buffer.from(content)
          changed.writeUInt8(changed.readUInt8(at) ^ by, at)
          writeFileSync(file, cuts ? content.subarray(0, at) : changed)
          assert.deepStrictEqual(CodeCache.read(file, "build") ?? it, it)
        }
      )
    )
  })

  it.each<[what: string, build: string, file: string]>([
    ["for other code", "other", file],
    ["that is missing", "build", join(folder, "absent")],
    ["that is a folder", "build", folder]
  ])("counts as missing: one %s", (_, build, path) => {
    CodeCache.write(file, "build", { commands: ["jobs get"], code: Buffer.from("code") })
    assert.isUndefined(CodeCache.read(path, build))
  })
})

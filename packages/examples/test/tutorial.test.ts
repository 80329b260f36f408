/** Runs the commands of the tutorial, and compares their output with its text. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { loadFixtures } from "@effect-pixxel/mock-server"
import manifest from "../../../package.json" with { type: "json" }
import { hasCurl, mockServer } from "./scripts.js"

const { runAgainst, runMock } = mockServer()

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const folder = root("packages/examples/tutorial")
const tutorial = readFileSync(root("mock-server/TUTORIAL.md"), "utf8")
const shown = (pattern: RegExp): string => pattern.exec(tutorial)?.[1] ?? `nothing like ${pattern}`

const messageOf = (run: () => unknown): string => {
  try {
    run()
    return "nothing"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("the tutorial", () => {
  it("shows every required file below a heading with its name", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.(json|ts)$/.test(file))
    const headings = [...tutorial.matchAll(/^### (\S+)\n[^#]*?<!-- packages\/examples\/tutorial\/(\S+) -->/gm)]
    for (const [, heading, path] of headings) assert.strictEqual(heading, path)
    assert.sameMembers(
      headings.map(([, heading]) => heading),
      files
    )
  })

  it("installs the tested versions", () => {
    const pins = [...tutorial.matchAll(/ (\S+)@(\d\S*)/g)].map(([, name = "", version]) => [name, version] as const)
    assert.lengthOf(pins, 4)
    const tested: Readonly<Record<string, string>> = manifest.devDependencies
    for (const [name, version] of pins) assert.strictEqual(version, tested[name], name)
  })

  it("shows the output of the check of its fixtures", () => {
    assert.strictEqual(
      runMock(folder, "check", "fixtures"),
      shown(/mock-server check fixtures\n```\n\n```text\n([\s\S]*?)```/)
    )
  })

  it("shows the output of the check for a mistake in its story", () => {
    const copy = mkdtempSync(join(tmpdir(), "tutorial-"))
    cpSync(join(folder, "fixtures"), copy, { recursive: true })
    const story = join(copy, "jobs", "survey.json")
    const slip = readFileSync(story, "utf8").replace('["find-fields"]', '["find-field"]')
    assert.include(slip, shown(/Write `(.*?)`/))
    writeFileSync(story, slip)
    const message = shown(/## A mistake in a fixture[\s\S]*?```text\n([\s\S]*?)\n```/).replace(
      "in fixtures",
      `in ${copy}`
    )
    const said = messageOf(() => loadFixtures(copy))
    rmSync(copy, { recursive: true })
    assert.strictEqual(said, message)
  })

  it.runIf(hasCurl)("has curl commands with the shown answers", async () => {
    const read = (file: string) => readFileSync(join(folder, file), "utf8")
    const stdout = await runAgainst(folder, read("server.sh"), read("survey.sh"))
    assert.strictEqual(stdout, read("survey.out"))
  })
})

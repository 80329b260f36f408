/** Runs the shell lines of the page about the mock server. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { read } from "./markdown.js"
import { hasCurl, mockServer } from "./scripts.js"

const { runAgainst } = mockServer()

const script = (name: string) => read(`packages/examples/docs/${name}.sh`)

describe.runIf(hasCurl)("the lines for the admin routes", () => {
  it("create a world, run a failing job through it, verify it, save it and copy it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "admin-"))
    const printed = await runAgainst(folder, script("admin-server"), `${script("admin")}${script("saves")}`)
    rmSync(folder, { recursive: true })
    // no answer is a refusal, except for the one in the plan
    assert.notMatch(printed, /(^|\})\{"error"/)
    assert.include(printed, '"status":"queued"')
    assert.include(printed, '{"now":"2025-01-01T00:10:00.000Z"}')
    assert.include(printed, '{"ok":true,"found":1,"message":"expected 1 of createJob, found 1"}')
    assert.match(printed, /"name":"my-test"[\s\S]*"name":"copy"/)
  })
})

/** A test in Python's standard library, only over HTTP. Skipped without Python. */
import { execFile, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { start } from "./harness.js"

const tour = fileURLToPath(new URL("../../examples/tour.py", import.meta.url))
const hasPython = spawnSync("python3", ["--version"]).status === 0

describe.runIf(hasPython)("a program in Python", () => {
  it("queues a story, creates, is refused once, polls, advances, resumes a download, and gets 401 and 403", async () => {
    const server = await start({ admin: { token: "secret" }, fixtures: shippedFixtures() })
    const { stdout } = await promisify(execFile)("python3", [tour, server.url], {
      env: { ...process.env, PIXXEL_MOCK_ADMIN_TOKEN: "secret" }
    })
    await server.close()
    assert.deepStrictEqual(stdout.trim().split("\n"), [
      "first poll 503 7",
      "created queued",
      "an hour later completed",
      "package pending",
      "package ready",
      "resumed intact",
      "malformed token 401",
      "expired token 403",
      "no token 403",
      "expired URL 403",
      "paid for one job True"
    ])
  })
})

/**
 * A running server opens no file for any request: Node itself records the file operations.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as fc from "effect/FastCheck"
import { afterAll, assert, describe, it } from "vitest"
import { loadFixtures } from "../../src/fixtures/load.js"
import { long, runs } from "./runs.js"
import { adminToken, agent, firstWorkflow, type Ports, plainSteps, send, sentOf } from "./traffic.js"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const top = mkdtempSync(join(tmpdir(), "files-"))
afterAll(() => {
  agent.destroy()
  rmSync(top, { recursive: true, force: true })
})

/** A file operation as Node records it. */
interface Operation {
  readonly name: string
  readonly cat: string
  readonly ph: string
}

describe("a running server", () => {
  it("opens no file for any request", long, async () => {
    const fixtures = join(top, "fixtures")
    cpSync(here("../../../fixtures"), fixtures, { recursive: true })
    writeFileSync(join(top, "secret.json"), '{ "secret": "of another file" }')
    const record = join(top, "record.json")
    const options = ["--import", "tsx", `--trace-event-file-pattern=${record}`]
    const child = spawn(process.execPath, [...options, here("watched.ts"), fixtures, adminToken], {
      stdio: ["pipe", "pipe", "inherit"]
    })
    const exit = once(child, "exit")
    let ports: Ports | undefined
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "") continue
      ports = JSON.parse(line) as Ports // the child's format
      break
    }
    if (ports === undefined) throw new Error(`it has ended with ${await exit}`)
    const { api, storage } = ports

    // a package from its first request to its download
    const ask = async (port: number, method: string, path: string) => {
      const token = port === api ? { authorization: "mock_fast_owner" } : {}
      const got = await send({ port, method, path, headers: token, payload: undefined })
      if (got instanceof Error) throw got
      return got
    }
    const download = `/v0/workflows/wf-crop-classification/jobs/job-crop-done/download`
    await ask(api, "PUT", download)
    let url = ""
    while (url === "") url = JSON.parse((await ask(api, "PUT", download)).text).signed_url
    const { pathname, search } = new URL(url)
    assert.strictEqual((await ask(storage, "GET", pathname + search)).status, 200)

    const fill = (text: string) =>
      text
        .replaceAll("{workflow}", firstWorkflow)
        .replaceAll(/\{\w+:\d\}/g, "job-crop-done")
        .replaceAll("{secret}", "../secret.json")
    await fc.assert(
      fc.asyncProperty(plainSteps, async (step) => {
        const got = await send(sentOf(step, { api, storage }, fill))
        if (!(got instanceof Error)) assert.notInclude(got.text, "of another file")
      }),
      runs("FUZZ_FILES", 500, 20_000)
    )
    assert.strictEqual((await ask(api, "GET", "/v0/workflows")).status, 200)

    child.stdin.end()
    assert.deepStrictEqual(await exit, [0, null])
    const { traceEvents }: { traceEvents: ReadonlyArray<Operation> } = JSON.parse(readFileSync(record, "utf8"))
    const operations = traceEvents.filter(({ cat, ph }) => cat.includes("node.fs") && ph.toLowerCase() === "b")
    assert.deepStrictEqual(
      operations.map(({ name }) => name),
      ["fs.sync.access"] // the child's own, at the end
    )
    // the fixtures existed all the time
    assert.isAbove(loadFixtures(fixtures).jobs.size, 0)
  })
})

/** Downloads in separate processes that are killed without any cleanup, as by the kernel's OOM killer. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { createInterface } from "node:readline"
import { Fault, type FaultRule, shippedFixtures, tokenOf } from "@effect-pixxel/mock-server"
import { buildServer } from "@effect-pixxel/mock-server/server"
import { assert, describe, it } from "vitest"
import { bundled } from "../../../../vitest.program.js"
import { story, workflowId } from "./downloads.js"

const program = bundled(new URL("./downloading.ts", import.meta.url))

interface DownloadEvent {
  readonly _tag: string
  readonly bytes?: number
  readonly result?: unknown
}

/** Runs the program to its end, or kills it at the first matching event. */
const run = async (
  args: ReadonlyArray<string>,
  isEnough: (events: DownloadEvent) => boolean
): Promise<ReadonlyArray<DownloadEvent>> => {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ended = once(child, "close")
  const events: Array<DownloadEvent> = []
  for await (const line of createInterface(child.stdout)) {
    const event: DownloadEvent = JSON.parse(line)
    events.push(event)
    if (isEnough(event)) child.kill("SIGKILL")
  }
  await ended
  return events
}

/** A job with a package, on a separate server. */
const atServer = async (
  name: string,
  rules: ReadonlyArray<FaultRule>,
  body: (given: {
    readonly args: ReadonlyArray<string>
    readonly path: string
    readonly expected: Buffer
  }) => Promise<void>
) => {
  const shipped = shippedFixtures()
  const fixtures = { ...shipped, jobs: new Map([...shipped.jobs, ["package", story({ size: "2MB" })]]) }
  const server = buildServer({ fixtures })
  const folder = mkdtempSync(`${tmpdir()}/pixxel-`)
  try {
    await server.listen({ port: 0, host: "127.0.0.1" })
    const baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
    const token = tokenOf(name, "owner")
    const ask = async (method: string, path: string) => {
      const url = `${baseUrl}/v0/workflows/${workflowId}/jobs${path}`
      const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } })
      return response.json() as Promise<{ readonly id: string; readonly signed_url: string }>
    }
    await ask("GET", "")
    const world = server.mock.worlds.get(name)!
    world.enqueue("package")
    const { id } = await ask("POST", "?project_id=project-monsoon-2024")
    const { signed_url } = await ask("PUT", `/${id}/download`)
    const expected = Buffer.from(await (await fetch(signed_url)).arrayBuffer())
    world.faults.use(Fault.plan(...rules), world.clock.now)
    await body({
      args: [baseUrl, token, workflowId, id, `${folder}/fields.zip`],
      path: `${folder}/fields.zip`,
      expected
    })
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

describe("a download in a suspended process that resumes after another one has finished", () => {
  for (const place of [1, 1_000_000]) {
    it(`has lost its lock, and does not change the file: after ${place} bytes`, () =>
      atServer(
        `stopped-${place}`,
        [Fault.on("getPackage", Fault.drip(20_000, "5ms"), { attempts: [1, 2] })],
        async (given) => {
          const { args, expected, path } = given
          const child = spawn(process.execPath, [program, ...args], {
            stdio: ["ignore", "pipe", "pipe"]
          })
          try {
            const ended = once(child, "close")
            let said = ""
            child.stderr.on("data", (text) => {
              said += text
            })
            const lines = createInterface(child.stdout)
            await new Promise<void>((resolve) => {
              lines.on("line", (line) => {
                if ((JSON.parse(line) as DownloadEvent).bytes! >= place) resolve()
              })
            })
            child.kill("SIGSTOP")
            const other = await run(args, () => false)
            assert.deepInclude(other.at(-1)?.result, { bytes: expected.length, verified: "checksum" })
            const { ino } = statSync(path)
            assert.isTrue(readFileSync(path).equals(expected))

            child.kill("SIGCONT")
            const [code] = await ended
            assert.notStrictEqual(code, 0)
            assert.match(said, /no longer the lock of this download/)
            assert.strictEqual(statSync(path).ino, ino)
            assert.isTrue(readFileSync(path).equals(expected))
            assert.deepStrictEqual(readdirSync(path.replace("/fields.zip", "")), ["fields.zip"])
          } finally {
            child.kill("SIGKILL")
          }
        }
      ))
  }
})

describe("a download in a killed process", () => {
  it("is resumed by the next process from the last written byte", async () => {
    const shipped = shippedFixtures()
    const fixtures = { ...shipped, jobs: new Map([...shipped.jobs, ["package", story({ size: "5MB" })]]) }
    const server = buildServer({ fixtures })
    const folder = mkdtempSync(`${tmpdir()}/pixxel-`)
    try {
      await server.listen({ port: 0, host: "127.0.0.1" })
      const baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
      const token = tokenOf("killed", "owner")
      const ask = async (method: string, path: string) => {
        const url = `${baseUrl}/v0/workflows/${workflowId}/jobs${path}`
        const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } })
        return response.json() as Promise<{ readonly id: string; readonly signed_url: string }>
      }
      await ask("GET", "")
      const world = server.mock.worlds.get("killed")!
      world.enqueue("package")
      const { id } = await ask("POST", "?project_id=project-monsoon-2024")
      // the connection is slow, so that no download ends before its process is killed
      const slow = Fault.on("getPackage", Fault.drip(10_000, "20ms"), { attempts: [1, 2, 3] })
      world.faults.use(Fault.plan(slow), world.clock.now)

      const path = `${folder}/fields.zip`
      writeFileSync(path, "old")
      const left: Array<number> = []
      for (let kill = 0; kill < 3; kill++) {
        const before = left.at(-1) ?? 0
        await run(
          [baseUrl, token, workflowId, id, path],
          ({ _tag, bytes = 0 }) => _tag === "Progress" && bytes > before
        )
        left.push(statSync(`${path}.part`).size)
        assert.isAbove(left.at(-1)!, before)
        assert.strictEqual(readFileSync(path, "utf8"), "old")
        assert.deepStrictEqual(readdirSync(folder).sort(), [
          "fields.zip",
          ...["fields.zip.part", "fields.zip.part.json", "fields.zip.part.lock"]
        ])
      }
      const events = await run([baseUrl, token, workflowId, id, path], () => false)

      assert.deepInclude(events.at(-1)?.result, {
        bytes: 5_000_000,
        fetched: 5_000_000 - left.at(-1)!,
        verified: "checksum"
      })
      const ranges = world.journal.entries
        .filter(({ operation }) => operation === "getPackage")
        .map(({ headers }) => headers["range"])
      assert.deepStrictEqual(ranges, [undefined, ...left.map((bytes) => `bytes=${bytes}-`)])
      const { signed_url } = await ask("PUT", `/${id}/download`)
      const expected = Buffer.from(await (await fetch(signed_url)).arrayBuffer())
      assert.isTrue(readFileSync(path).equals(expected))
      assert.deepStrictEqual(readdirSync(folder), ["fields.zip"])
    } finally {
      await server.close()
      rmSync(folder, { recursive: true })
    }
  })
})

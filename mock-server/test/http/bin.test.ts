import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, describe, it } from "vitest"
import { bundled } from "../../../vitest.program.js"
import { sample } from "../../../vitest.size.js"
import { faultableOperations } from "../../src/core/Operations.js"
import { printWords } from "../../src/core/Problem.js"

const bin = bundled(new URL("../../src/bin.ts", import.meta.url))
const children: Array<ChildProcess> = []

/** Runs `pixxel-mock`. */
const run = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  children.push(child)
  const said = { out: "", err: "" }
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    said.out += piece
  })
  child.stderr.setEncoding("utf8").on("data", (piece) => {
    said.err += piece
  })
  const exit = once(child, "close").then(([code]): number => code)
  return {
    child,
    said,
    exit,
    /** Waits for the URL that it prints. */
    url: async (): Promise<string> => {
      while (!said.out.includes("\n")) {
        await Promise.race([once(child.stdout, "data"), exit])
        if (child.exitCode !== null) throw new Error(`it has ended: ${said.err}`)
      }
      const [, url] = /^listening on (http:\/\/\S+)\n$/.exec(said.out) ?? []
      if (url === undefined) throw new Error(`it said ${said.out}`)
      return url
    }
  }
}

describe("pixxel-mock", { timeout: 30_000 }, () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL")
  })

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints its URL, serves the shipped fixtures, and ends quietly on ${signal}`, async () => {
      const mock = run("--port", "0")
      const url = await mock.url()
      const [, token] = /(mock_[a-z0-9-]+_owner)/.exec(mock.said.err) ?? []
      assert.isString(token, mock.said.err)
      const response = await fetch(`${url}/v0/workflows`, { headers: { authorization: `Bearer ${token}` } })
      assert.strictEqual(response.status, 200)
      assert.isAbove(((await response.json()) as { workflows: Array<unknown> }).workflows.length, 0)
      assert.match(mock.said.err, /Signed URLs lead to http:\/\/127\.0\.0\.1:\d+\n/)
      const before = mock.said.err
      mock.child.kill(signal)
      assert.strictEqual(await mock.exit, 0)
      assert.deepStrictEqual(mock.said, { out: `listening on ${url}\n`, err: before })
    })
  }

  it("scales time by --speed", async () => {
    const mock = run("--port", "0", "--speed", "100000")
    const url = await mock.url()
    const dates: Array<number> = []
    while (new Set(dates).size < 2) {
      const response = await fetch(`${url}/v0/workflows`, { headers: { authorization: "mock_w_owner" } })
      await response.arrayBuffer()
      dates.push(Date.parse(response.headers.get("date") ?? ""))
    }
    assert.isAtLeast((dates.at(-1) ?? 0) - (dates[0] ?? 0), 1_000)
  })

  const reached: ReadonlyArray<readonly [args: ReadonlyArray<string>, storage: RegExp, api: RegExp]> = [
    [["--public-url", "http://mock:4010/"], /Signed URLs lead to http:\/\/mock:\d+\n/, / http:\/\/mock:4010\/v0/],
    [
      ["--storage-url", "https://storage.test"],
      /Signed URLs lead to https:\/\/storage\.test\n/,
      / http:\/\/127\.0\.0\.1:/
    ],
    [
      ["--public-url", "https://mock.test", "--storage-url", "http://other:81"],
      /Signed URLs lead to http:\/\/other:81\n/,
      / https:\/\/mock\.test\/v0/
    ]
  ]
  for (const [args, storage, api] of sample(reached, 4)) {
    it(`prints its public URLs with ${args.join(" ")}`, async () => {
      const mock = run("--port", "0", ...args)
      await mock.url()
      assert.match(mock.said.err, storage)
      assert.match(mock.said.err, api)
    })
  }
  it("applies a named fault plan in every world", async () => {
    const url = await run("--port", "0", "--faults", "throttled").url()
    const statuses: Array<number> = []
    for (let n = 0; n < 6; n++)
      statuses.push((await fetch(`${url}/w/a/ping`, { headers: { authorization: "mock_a_owner" } })).status)
    assert.deepStrictEqual(statuses, [200, 200, 200, 200, 200, 429])
    const other = await fetch(`${url}/ping`, { headers: { authorization: "mock_b_owner" } })
    assert.strictEqual(other.status, 200)
  })

  it("applies a fault plan of the command line", async () => {
    const plan = { rules: [{ on: "ping", attempts: [2], do: { answer: { status: 503 } } }] }
    const url = await run("--port", "0", "--faults", JSON.stringify(plan)).url()
    const headers = { authorization: "mock_a_owner" }
    const statuses = [await fetch(`${url}/ping`, { headers }), await fetch(`${url}/ping`, { headers })]
    assert.deepStrictEqual(
      statuses.map(({ status }) => status),
      [200, 503]
    )
  })

  for (const [polls, code, said] of [
    [1, 0, /^conduct: no rule was broken\n$/m],
    [3, 1, /^world a: pollAfterEnd: #3 getJobById of "job-crop-done" is the second after #1 had shown it "completed"/m]
  ] as const) {
    it(`judges the conduct of its clients when it ends: ${polls} polls of a job that has ended`, async () => {
      const mock = run("--port", "0", "--conduct", "all")
      const url = await mock.url()
      const headers = { authorization: "mock_a_owner" }
      const job = `${url}/v0/workflows/wf-crop-classification/jobs/job-crop-done`
      for (let n = 0; n < polls; n++) await (await fetch(job, { headers })).arrayBuffer()
      mock.child.kill("SIGTERM")
      assert.strictEqual(await mock.exit, code)
      assert.match(mock.said.err, said)
    })
  }

  it("begins every world with the given scenario", async () => {
    const url = await run("--port", "0", "--scenario", "zero-values").url()
    for (const world of ["a", "b"]) {
      const response = await fetch(`${url}/v0/workflows/wf-crop-classification/jobs?project_id=p`, {
        method: "POST",
        headers: { authorization: `mock_${world}_owner` }
      })
      assert.deepInclude(await response.json(), { finished_at: "0001-01-01T00:00:00Z", val_errors: null })
    }
  })

  it("prints its help and its version, and exits", async () => {
    const help = run("--help")
    const version = run("--version")
    assert.deepStrictEqual([await help.exit, await version.exit], [0, 0])
    for (const flag of [
      "--port",
      "--host",
      "--storage-port",
      "--public-url",
      "--storage-url",
      "--fixtures",
      "--seed",
      "--speed",
      "--scenario",
      "--faults",
      "--conduct",
      "--allow-origin",
      "--max-jobs",
      "--max-worlds"
    ]) {
      assert.include(help.said.out, flag)
    }
    assert.match(version.said.out, /^\d+\.\d+\.\d+\n$/)
  })

  const usage: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: string]> = [
    [["--prot", "1"], "unknown option '--prot'\n(Did you mean --port?)"],
    [["chek"], 'there is no command chek; commands: "check", "replay" (did you mean "check"?)'],
    [["check", "one", "two"], "too many arguments for 'check'"],
    [["check", "--port", "1"], "unknown option '--port'"],
    [["--port", "70000"], "option '--port <n>' argument '70000' is invalid. Expected a port from 0 to 65535"],
    [["--port", ""], "option '--port <n>' argument '' is invalid. Expected a port from 0 to 65535"],
    [["--storage-port", "x"], "option '--storage-port <n>' argument 'x' is invalid. Expected a port from 0 to 65535"],
    [
      ["--public-url", "mock:4010"],
      "option '--public-url <url>' argument 'mock:4010' is invalid. Expected an origin such as http://mock:4010"
    ],
    [
      ["--public-url", "http://mock/path"],
      "option '--public-url <url>' argument 'http://mock/path' is invalid. Expected an origin"
    ],
    [
      ["--storage-url", ""],
      "option '--storage-url <url>' argument '' is invalid. Expected an origin such as http://mock:4010"
    ],
    [["--faults", "flakey"], '--faults: the fault plan cannot be used\n(root): found "flakey"'],
    [["--faults", "{rules"], "option '--faults <plan>' argument '{rules' is invalid. It is not JSON"],
    [
      ["--faults", '{"rules":[{"on":"pong","do":{}}]}'],
      `rules[0].on: found "pong", expected an operation, a list of them, or "*": ${printWords(faultableOperations, "pong")} (did you mean "ping"?)`
    ],
    [
      ["--conduct", "pollFlor"],
      'Expected one of "pollFloor", "all", "retryAfter", "pollAfterEnd", "secondCreate", "resume", "tokenToStorage", "unreadBody"'
    ],
    [["--conduct", "pollFloor=soon"], "option '--conduct <rule>' argument 'pollFloor=soon' is invalid"],
    [["--scenario", "zero"], '--scenario: the scenario cannot be used\n(root): found "zero"'],
    [
      ["--allow-origin", "app.test"],
      "option '--allow-origin <origin>' argument 'app.test' is invalid. Expected an origin such as http://mock:4010"
    ],
    [["--max-jobs", "0"], "option '--max-jobs <n>' argument '0' is invalid. Expected a whole number from 1"],
    [["--max-worlds", "many"], "option '--max-worlds <n>' argument 'many' is invalid. Expected a whole number from 1"],
    [["--speed", "0"], "option '--speed <x>' argument '0' is invalid. Expected a number above 0, at most 1000000"],
    [
      ["--speed", "1e300"],
      "option '--speed <x>' argument '1e300' is invalid. Expected a number above 0, at most 1000000"
    ]
  ]
  for (const [args, message] of sample(usage, 12)) {
    it(`refuses ${args.join(" ")}`, async () => {
      const mock = run(...args)
      assert.strictEqual(await mock.exit, 2)
      assert.strictEqual(mock.said.out, "")
      assert.include(mock.said.err, message)
    })
  }

  it("reports problems of the fixtures, and does not start", async () => {
    const directory = mkdtempSync(join(tmpdir(), "fixtures-"))
    mkdirSync(join(directory, "jobs"))
    writeFileSync(join(directory, "jobs", "broken.json"), '{\n  "kind": "jobs"\n}\n')
    const mock = run("--port", "0", "--fixtures", directory)
    assert.strictEqual(await mock.exit, 1)
    rmSync(directory, { recursive: true })
    assert.strictEqual(mock.said.out, "")
    assert.match(mock.said.err, /broken\.json:2:\d+/)
    assert.notInclude(mock.said.err, "    at ")
  })

  it("checks the shipped fixtures, counts them, and exits", async () => {
    const mock = run("check")
    assert.strictEqual(await mock.exit, 0)
    assert.strictEqual(mock.said.err, "")
    const folders = readdirSync(new URL("../../../fixtures", import.meta.url)).filter((name) => !name.includes("."))
    const [, contents = "", end] = /^the shipped fixtures: (.*)(; nothing is wrong\n)$/.exec(mock.said.out) ?? []
    assert.isDefined(end)
    // `schema` has no fixtures, and recorded stories count as stories
    assert.lengthOf(contents.split(", "), folders.length - 2)
    assert.match(contents, /^\d+ AOIs, .*\d+ job stories, .*\d+ error bodies, \d+ fault plans, \d+ scenarios$/)
  })

  it("checks a folder, and reports its problems", async () => {
    const directory = mkdtempSync(join(tmpdir(), "fixtures-"))
    mkdirSync(join(directory, "errors"))
    const error = '{ "kind": "error", "source": "made up", "status": 404, "headers": {}, "body": "" }'
    writeFileSync(join(directory, "errors", "gone.json"), error)
    const good = run("check", directory)
    assert.strictEqual(await good.exit, 0)
    assert.deepStrictEqual(good.said, {
      out: `${directory}: 1 error body; nothing is wrong\n`,
      err: ""
    })
    writeFileSync(join(directory, "errors", "gone.json"), error.replace("404", "200"))
    const broken = run("check", directory)
    assert.strictEqual(await broken.exit, 1)
    rmSync(directory, { recursive: true })
    assert.deepStrictEqual(broken.said, {
      out: "",
      err:
        `pixxel-mock: the fixtures in ${directory} cannot be used\n` +
        "errors/gone.json:1:51 status: found 200, expected a status from 400 to 599\n"
    })
  })

  it("reports that the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const { port } = other.address() as AddressInfo
    const mock = run("--port", String(port))
    assert.strictEqual(await mock.exit, 1)
    other.close()
    assert.include(mock.said.err, "The port is in use")
  })
})

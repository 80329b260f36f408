/**
 * The built command as a process: its streams, signals and exit code. The other files test the commands without a
 * process.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import * as module from "node:module"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { isLong, sample } from "../../../vitest.size.js"
import { groups } from "../src/commands/index.js"
import { built } from "./built.js"
import { closedPipe, start as startProgram } from "./start.js"

const { bin, dist, env: cache, folder } = built()

const start = (line: string, env: NodeJS.ProcessEnv = {}, program = bin) =>
  startProgram(program, line, { ...cache, ...env })

/** An API from one function, which sees the requests and need not answer them. */
const api = async (answer: (path: string, response: ServerResponse) => void) => {
  const server = createServer((request, response) => answer(`${request.method} ${request.url}`, response))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    env: { PIXXEL_API_KEY: "px-secret", PIXXEL_BASE_URL: `http://127.0.0.1:${port}` },
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** The services that the commands of each group may call. */
const services: Record<string, Array<string>> = {
  projects: ["ProjectsApi"],
  workflows: ["WorkflowsApi"],
  jobs: ["JobsApi", "WorkflowsApi"],
  tasks: ["JobsApi"],
  satellites: ["SearchApi"],
  search: ["SearchApi"],
  aois: ["AoisApi"],
  assets: ["AssetsApi"],
  indices: ["IndicesApi"],
  visualizations: ["VisualizationsApi"],
  fetch: ["AoisApi", "AssetsApi", "ProjectsApi", "SearchApi"],
  blocks: ["BlocksApi"],
  insights: ["InsightsApi"],
  archive: ["ArchivesApi"],
  bandsets: ["OrdersApi"],
  orders: ["OrdersApi"],
  catalog: ["CatalogApi"],
  stores: ["StoresApi"],
  usage: ["AoisApi", "InsightsApi", "JobsApi", "OrdersApi", "WorkflowsApi"],
  config: [],
  ping: []
}

describe("the process", () => {
  it("prints the result to stdout and exits with 0", async () => {
    const { close, env } = await api((_, response) => response.end(JSON.stringify({ id: "job-1", status: "running" })))
    const outcome = await start("jobs get --workflow wf-1 --job job-1 --json", env).ended
    close()
    assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
    assert.strictEqual(JSON.parse(outcome.stdout).id, "job-1")
  })

  it("prints an error to stderr and exits with its code", async () => {
    const { close, env } = await api((_, response) => response.writeHead(404).end())
    const outcome = await start("jobs get --workflow wf-1 --job job-1 --json", env).ended
    close()
    assert.deepStrictEqual([outcome.code, outcome.stdout], [5, ""])
    assert.strictEqual(JSON.parse(outcome.stderr).error.tag, "PixxelNotFound")
  })

  it("exits with 2 for a usage error, and for a missing key, which it names", async () => {
    const [usage, key] = await Promise.all([start("jobs frob").ended, start("workflows list").ended])
    assert.deepStrictEqual([usage.code, usage.stdout], [2, ""])
    assert.deepStrictEqual([key.code, key.stdout], [2, ""])
    assert.include(key.stderr, "PIXXEL_API_KEY is not set")
  })

  it("does not report a missing reader", async () => {
    const { child, ended } = start("--help")
    child.stdout?.destroy()
    const outcome = await ended
    assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
  })

  it("runs against the embedded mock without settings", async () => {
    const outcome = await start("jobs wait --workflow wf-water-quality --job job-water-failed --mock").ended
    assert.deepStrictEqual([outcome.code, outcome.stdout], [6, ""])
    assert.include(outcome.stderr, "pixxel jobs get --workflow wf-water-quality --job job-water-failed --mock")
  })

  it.each(["jobs get --workflow wf-1 --job job-1", "--json jobs get wf-1 job-1"])(
    "loads no module of another group: %s",
    async (line) => {
      const { close, env } = await api((_, response) =>
        response.end(JSON.stringify({ id: "job-1", status: "running" }))
      )
      const bare = mkdtempSync(join(folder, "jobs-"))
      cpSync(dist, bare, { recursive: true })
      const others = groups.filter((group) => group !== "jobs")
      const removed = readdirSync(bare).filter((file) => others.some((group) => file.startsWith(`${group}-`)))
      assert.isAbove(removed.length, 10)
      for (const file of removed) rmSync(join(bare, file))
      const outcome = await start(line, env, join(bare, "bin.cjs")).ended
      close()
      assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
    }
  )

  it("loads no service of another group", () => {
    const list = `
      for (const chunk of process.argv.slice(1)) {
        for (const loaded of Object.keys(require.cache)) delete require.cache[loaded]
        require(chunk)
        console.log(Object.keys(require.cache).join())
      }`
    const names = readdirSync(dist)
    const chunks = groups.map((group) => {
      const file = group === "satellites" ? "search" : group
      return join(dist, names.find((name) => name.startsWith(`${file}-`)) ?? `no chunk of ${file}`)
    })
    const loaded = execFileSync(process.execPath, ["-e", list, ...chunks], { encoding: "utf8" })
      .trim()
      .split("\n")
    const found = loaded.map((files) =>
      files
        .split(",")
        .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/\("(?:@effect-pixxel\/client\/)?(\w+Api)"/g)])
        .map(([, service]) => service ?? "")
        .sort()
    )
    assert.deepStrictEqual(Object.fromEntries(groups.map((group, at) => [group, found[at]])), services)
  })

  it("prints its version without loading the program", async () => {
    const bare = join(folder, "bare")
    cpSync(dist, bare, { recursive: true })
    for (const file of readdirSync(bare)) if (file !== "bin.cjs") rmSync(join(bare, file))
    const outcome = await start("--version", {}, join(bare, "bin.cjs")).ended
    assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
    assert.match(outcome.stdout, /^\d+\.\d+\.\d+\n$/)
  })
})

describe("compiled code", () => {
  /** Runs a command with a separate cache. Returns its end, and whether Node kept the compiled code. */
  const run = async (name: string, more: NodeJS.ProcessEnv = {}) => {
    const home = join(folder, name)
    const { close, env } = await api((_, response) => response.end(JSON.stringify({ id: "job-1" })))
    const { code, stderr } = await start("jobs get wf-1 job-1", { ...env, XDG_CACHE_HOME: home, ...more }).ended
    close()
    return { code, stderr, isKept: existsSync(join(home, "pixxel")) }
  }
  const isKept = "enableCompileCache" in module

  it("is kept in the user's cache folder, by a Node that can", async () => {
    assert.deepStrictEqual(await run("kept"), { code: 0, stderr: "", isKept })
    assert.deepStrictEqual(await run("kept"), { code: 0, stderr: "", isKept })
  })

  it.runIf(isLong)("is not kept if Node's switch disables it", async () => {
    const off = { NODE_DISABLE_COMPILE_CACHE: "1" }
    assert.deepStrictEqual(await run("off", off), { code: 0, stderr: "", isKept: false })
  })

  it.runIf(isLong)("is optional if the cache is not writable", async () => {
    writeFileSync(join(folder, "file"), "")
    assert.deepStrictEqual(await run("file"), { code: 0, stderr: "", isKept: false })
  })
})

describe("a signal", () => {
  const wait = "jobs wait --workflow wf-1 --job job-1"

  /** Sends the signal at the first matching request, which is then answered, or never. */
  const signalled = async (
    line: string,
    signal: NodeJS.Signals,
    awaited: string,
    then: (child: ReturnType<typeof start>["child"], response: ServerResponse) => void = () => {}
  ) => {
    const { close, env } = await api((path, response) => {
      if (path.startsWith(awaited)) {
        child.kill(signal)
        then(child, response)
      } else if (path.endsWith("/jobs")) response.end(JSON.stringify({ jobs: [] }))
      else response.end(JSON.stringify({ id: "job-7", status: "created" }))
    })
    const { child, ended } = start(line, env)
    const outcome = await ended
    close()
    return outcome
  }

  const signals = [
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
    ["SIGTERM", 143]
  ] as const

  it.each(sample(signals, 4, 1))(
    "%s during a wait exits with %d, and prints how to follow the job again",
    async (signal, code) => {
      const outcome = await signalled(wait, signal, "GET")
      assert.deepStrictEqual([outcome.code, outcome.stdout], [code, ""])
      assert.include(outcome.stderr, "Job job-1 continues.")
      assert.include(outcome.stderr, `pixxel ${wait}`)
    }
  )

  it.runIf(isLong)("during a wait prints one JSON object to stderr with --json", async () => {
    const outcome = await signalled(`${wait} --json`, "SIGINT", "GET")
    assert.deepStrictEqual([outcome.code, outcome.stdout], [130, ""])
    const { error } = JSON.parse(outcome.stderr)
    assert.deepStrictEqual([error.tag, error.workflowId, error.jobId], ["Interrupted", "wf-1", "job-1"])
  })

  it.runIf(isLong)("during a run prints how to follow the created job", async () => {
    const outcome = await signalled(
      "jobs run --workflow wf-1 --project p-1 --yes",
      "SIGINT",
      "GET /v0/workflows/wf-1/jobs/"
    )
    assert.strictEqual(outcome.code, 130)
    assert.include(outcome.stderr, "pixxel jobs wait --workflow wf-1 --job job-7")
  })

  const creates = signals.flatMap(([signal, code]) => ["create", "run"].map((verb) => [signal, verb, code] as const))
  it.each(sample(creates, 8, 5))(
    "%s during the create of a %s waits for the job, prints it, and exits with %d",
    async (signal, verb, code) => {
      const line = `jobs ${verb} --workflow wf-1 --project p-1 --yes`
      const outcome = await signalled(line, signal, "POST", (child, response) => {
        child.stderr?.once("data", () => response.end(JSON.stringify({ id: "job-7", status: "created" })))
      })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [code, ""])
      assert.include(outcome.stderr, "Waiting to find out whether the job exists")
      assert.include(outcome.stderr, "Job job-7 continues.")
    }
  )

  it("a second SIGHUP continues to wait: the system and the shell send one each", async () => {
    const outcome = await signalled(
      "jobs create --workflow wf-1 --project p-1 --yes",
      "SIGHUP",
      "POST",
      (child, response) => {
        child.stderr?.once("data", () => {
          child.kill("SIGHUP")
          // answered in a later turn than the signal
          child.stdin?.end(() => response.end(JSON.stringify({ id: "job-7", status: "created" })))
        })
      }
    )
    assert.strictEqual(outcome.code, 129)
    assert.include(outcome.stderr, "Job job-7 continues.")
  })

  it("a second time during a create stops waiting, after the note that a job may exist", async () => {
    const outcome = await signalled("jobs create --workflow wf-1 --project p-1 --yes", "SIGINT", "POST", (child) => {
      child.stderr?.once("data", () => child.kill("SIGINT"))
    })
    assert.strictEqual(outcome.code, 130)
    assert.include(outcome.stderr, "Waiting to find out whether the job exists")
    assert.include(outcome.stderr, "pixxel jobs list --workflow wf-1")
  })
})

describe("a closed output", () => {
  /** An API whose job progresses with every poll, for a number of polls. */
  const moving = (looks = Number.POSITIVE_INFINITY) => {
    let seen = 0
    return api((path, response) => {
      if (path.endsWith("/jobs") && path.startsWith("GET")) return response.end(JSON.stringify({ jobs: [] }))
      seen++
      const status = seen > looks ? "completed" : "running"
      return response.end(
        JSON.stringify({ id: "job-7", status, progress: Math.min(99, seen), signed_url: "https://s/p" })
      )
    })
  }

  /** Runs a command with one stream without a reader. */
  const closed = async (line: string, stream: "stdout" | "stderr", looks?: number) => {
    const { close, env } = await moving(looks)
    const pipe = closedPipe()
    const outcome = await startProgram(bin, line, { ...cache, ...env }, { [stream]: pipe.descriptor }).ended
    pipe.close()
    close()
    return outcome
  }

  const ids = "--workflow wf-1 --job job-7 --interval 5ms"
  const create = "--workflow wf-1 --project p-1 --yes"

  const finished = [
    "--help",
    "--version",
    "version",
    "jobs get wf-1 job-7",
    "jobs --help",
    "--completions bash",
    "jobs list wf-1 --json",
    "jobs list wf-1"
  ]
  it.each(sample(finished, 8))("does not affect a finished command: %s", async (line) => {
    const outcome = await closed(line, "stdout")
    assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
  })

  const running = [
    [`jobs watch ${ids}`, "stdout"],
    [`jobs watch ${ids} --jsonl`, "stdout"],
    [`jobs wait ${ids} --jsonl`, "stdout"],
    [`jobs wait ${ids}`, "stderr"],
    [`jobs wait ${ids} --json --verbose`, "stderr"],
    [`jobs watch ${ids} --verbose`, "stderr"]
  ] as const
  it.each(sample(running, 6, 2))("ends a running command quietly with 141: %s, %s", async (line, stream) => {
    const outcome = await closed(line, stream)
    assert.deepStrictEqual([outcome.code, outcome.stderr], [141, ""])
  })

  const creating = [
    [`jobs create ${create}`, "stdout", "stderr"],
    [`jobs run ${create} --interval 5ms`, "stdout", "stderr"],
    [`jobs run ${create} --interval 5ms --jsonl`, "stdout", "stderr"],
    [`jobs run ${create} --interval 5ms`, "stderr", "stdout"]
  ] as const
  it.each(sample(creating, 4))("does not lose the id of a created job: %s, %s", async (line, stream, other) => {
    const outcome = await closed(line, stream, 3)
    assert.strictEqual(outcome.code, 141)
    assert.include(outcome[other], "job-7")
    assert.include(outcome[other], "pixxel jobs wait --workflow wf-1 --job job-7")
  })

  it.runIf(isLong)("does not lose the id of a created job, in JSON", async () => {
    const outcome = await closed(`jobs create ${create} --json`, "stdout")
    const { error } = JSON.parse(outcome.stderr)
    assert.deepStrictEqual([outcome.code, error.tag, error.jobId], [141, "OutputClosed", "job-7"])
  })

  it("ends a watch in a pipeline with its reader", async () => {
    const { close, env } = await moving()
    const shell = spawn(
      "bash",
      ["--norc", "-c", `"$0" "$1" jobs watch ${ids} | head -n 1; echo "\${PIPESTATUS[@]}"`, process.execPath, bin],
      {
        env: { PATH: process.env["PATH"], ...cache, ...env }
      }
    )
    const written = { stdout: "", stderr: "" }
    shell.stdout.on("data", (text) => {
      written.stdout += text
    })
    shell.stderr.on("data", (text) => {
      written.stderr += text
    })
    await once(shell, "close")
    close()
    assert.match(written.stdout, /^job job-7 .*\n141 0\n$/)
    assert.strictEqual(written.stderr, "")
  })

  it("is a different failure on a full disk, which keeps the id too", async () => {
    const { close, env } = await moving()
    const full = openSync("/dev/full", "w")
    const outcome = await startProgram(bin, `jobs create ${create}`, { ...cache, ...env }, { stdout: full }).ended
    closeSync(full)
    close()
    assert.strictEqual(outcome.code, 11)
    assert.include(outcome.stderr, "Job job-7 of workflow ")
  })
})

/**
 * Runs the season in processes that are killed at random moments, without any cleanup, as by the kernel's OOM killer.
 * The server counts the paid jobs. `npm run test:kills` kills many more; `KILLS` and `SEED` set the number of kills and
 * the first seed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { RunAll } from "@effect-pixxel/client"
import { Fault, tokenOf } from "@effect-pixxel/mock-server"
import { buildServer } from "@effect-pixxel/mock-server/server"
import { Effect, Random, Schema } from "effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { bundled } from "../../../vitest.program.js"
import { size } from "../../../vitest.size.js"

const { KILLS = size(2, 6), SEED = "1" } = process.env
const first = SEED === "new" ? 1 + Math.floor(Math.random() * 1e9) : Number(SEED)
/** The numbers of kills and sites in each season. */
const kills = 2
const siteCount = size(6, 12)
const seasons = Math.ceil(Number(KILLS) / kills)
/** The number of concurrent seasons, each in its own world. */
const abreast = 3

const workflow = "wf-vegetation-snapshot"
const project = "project-monsoon-2024"
const folder = mkdtempSync(`${tmpdir()}/pixxel-`)
const program = bundled(new URL("./seasonProcess.ts", import.meta.url))
const server = buildServer()
/** Hooks for create requests, by the token of their world. */
const onCreate = new Map<string, () => void>()
let baseUrl = ""

beforeAll(async () => {
  server.server.on("request", ({ headers, method }) => {
    if (method === "POST") onCreate.get(headers.authorization ?? "")?.()
  })
  await server.listen({ port: 0, host: "127.0.0.1" })
  baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const total = { kills: 0, sites: 0, paid: 0, adopted: 0, unknown: 0, unknownJobs: 0, notSent: 0 }

const Event = Schema.parseJson(RunAll.Event)

/** Reads the ledger; its last line may be torn. */
const eventsOf = (results: string): ReadonlyArray<RunAll.Event> => {
  const path = `${results}/ledger.jsonl`
  if (!existsSync(path)) return []
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => Schema.decodeSync(Event)(line))
}

/** Runs one season: kills it several times, then lets it finish. */
const play = async (seed: number) => {
  const random = Random.make(seed)
  const below = (most: number) => Effect.runSync(random.nextIntBetween(0, most))
  const world = `kills-${seed}`
  const token = tokenOf(world, "owner")
  const authorization = `Bearer ${token}`
  const results = `${folder}/${seed}`
  const sites = `${folder}/${seed}.json`
  const jobs = async () => {
    const response = await fetch(`${baseUrl}/v0/workflows/${workflow}/jobs`, { headers: { authorization } })
    const { jobs } = (await response.json()) as { readonly jobs: ReadonlyArray<{ readonly id: string }> }
    return jobs.map(({ id }) => id)
  }
  const before = await jobs()
  const it = server.mock.worlds.get(world)
  assert(it !== undefined)
  // Answers are slow, before the job is created and after.
  const slow = [Fault.latency("40ms"), Fault.drip(60, "20ms"), Fault.latency("5ms")]
  it.faults.use(
    Fault.plan(
      ...slow.map((fault, at) =>
        Fault.on("createJob", fault, {
          attempts: Array.from({ length: 40 }, (_, index) => 3 * index + at + 1),
          optional: true
        })
      )
    ),
    it.clock.now
  )
  writeFileSync(
    sites,
    JSON.stringify(Array.from({ length: siteCount }, (_, index) => ({ name: `field-${index + 1}`, workflow, project })))
  )
  mkdirSync(results)

  /** Runs the program, and kills it `after` milliseconds after its create number `at`. */
  const run = async (kill?: { readonly at: number; readonly after: number }) => {
    const child: ChildProcess = spawn(process.execPath, [program, baseUrl, token, sites, results], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    let printed = ""
    child.stdout?.on("data", (text) => (printed += text))
    child.stderr?.on("data", (text) => (printed += text))
    let seen = 0
    onCreate.set(authorization, () => {
      if (kill !== undefined && ++seen === kill.at) setTimeout(() => child.kill("SIGKILL"), kill.after)
    })
    const [code, signal] = await once(child, "close")
    onCreate.delete(authorization)
    total.adopted += printed.match(/Adopted its job/g)?.length ?? 0
    if (signal === "SIGKILL") total.kills++
    else assert.strictEqual(code, 0, printed)
  }

  for (let at = 0; at < kills; at++) await run({ at: 1 + below(5), after: below(90) })
  await run()
  const events = eventsOf(results)
  const paid = (await jobs()).filter((id) => !before.includes(id))
  await run()
  assert.lengthOf(await jobs(), before.length + paid.length, "finished inputs are not started again")

  const message = `SEED=${seed} KILLS=${kills} replays it`
  const created = new Map<string, Set<string>>()
  const unknown = new Set<string>()
  const notSent = new Set<string>()
  for (const event of events) {
    const { key } = event.input
    if (event._tag === "Created") created.set(key, (created.get(key) ?? new Set()).add(event.jobId))
    if (event._tag === "Failed") {
      if (event.error._tag === "CreateOutcomeUnknown") {
        unknown.add(key)
      } else {
        // On a busy machine a deadline of this test passes before the request is sent.
        assert.strictEqual(event.error._tag, "CreateNotSent", event.error.message)
        notSent.add(key)
      }
    }
  }
  const reported = [...created.values()].flatMap((ids) => [...ids])
  const unreported = paid.filter((id) => !reported.includes(id))
  assert.isAtMost(paid.length, siteCount, `no site is paid twice. ${message}`)
  assert.lengthOf(reported, created.size, `no site has two jobs. ${message}`)
  assert.lengthOf(new Set(reported), reported.length, `no job belongs to two sites. ${message}`)
  for (const id of reported) assert.include(paid, id, message)
  assert.isAtMost(unreported.length, unknown.size, `each job is reported, or its create is unknown. ${message}`)
  for (let index = 1; index <= siteCount; index++) {
    const key = `field-${index}`
    const outcomes = [created, unknown, notSent].filter((some) => some.has(key))
    assert.lengthOf(outcomes, 1, `${key} has one outcome. ${message}`)
    if (created.has(key)) assert.isTrue(existsSync(`${results}/${key}.zip`), `${key} has its result. ${message}`)
  }
  total.sites += siteCount
  total.paid += paid.length
  total.unknown += unknown.size
  total.notSent += notSent.size
  total.unknownJobs += unreported.length
  rmSync(results, { recursive: true })
}

describe("a season killed at random moments", () => {
  it("pays no site twice, and reports every job", async () => {
    const seeds = Array.from({ length: seasons }, (_, index) => first + index)
    const lane = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await play(seed)
    }
    await Promise.all(Array.from({ length: abreast }, lane))
    process.stdout.write(`${seasons} seasons from seed ${first} on: ${JSON.stringify(total)}\n`)
    assert.isAbove(total.kills, 0)
  }, 1_800_000)
})

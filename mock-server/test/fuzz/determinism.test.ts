/**
 * The same seed and the same script leave the same journal, byte by byte: in every run, on both transports, and beside
 * any other worlds.
 */

import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inProcessAgent, trackedFetch } from "../../src/clock/transport.js"
import { VirtualTime } from "../../src/clock/VirtualTime.js"
import { tokenOf } from "../../src/core/Token.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { HostNotAllowed } from "../../src/hosts.js"
import { MockServer } from "../../src/MockServer.js"
import { buildServer } from "../../src/server.js"
import { createJob } from "../jobs.js"
import { isLong, long, scale } from "./runs.js"

const { faults, jobs } = shippedFixtures()

// --- scripts ---

interface Seen {
  readonly status: number | string
  readonly json: Readonly<Record<string, unknown>>
}

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

const late: Seen = { status: "late", json: {} }

/** Ignores the result, since a fault plan allows any. */
const ask = (path: string, init: RequestInit = {}): Effect.Effect<Seen, never, MockServer> =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const isPackage = path.startsWith("http")
    const headers = isPackage ? {} : { authorization: Redacted.value(token) }
    const asking = Effect.promise((signal) =>
      fetch(isPackage ? path : baseUrl + path, { ...init, headers: { ...headers, ...init.headers }, signal })
        .then(async (response): Promise<Seen> => ({ status: response.status, json: parsed(await response.text()) }))
        .catch((error): Seen => ({ status: String(error), json: {} }))
    )
    return yield* Effect.timeoutTo(asking, { duration: "30 seconds", onSuccess: (seen) => seen, onTimeout: () => late })
  })

/** Runs a job to its end, or for some time, and fetches its package. */
const follow = (story: string, every: number) =>
  Effect.gen(function* () {
    const { enqueue } = yield* MockServer
    yield* enqueue(story)
    const path = `/v0/workflows/${jobs.get(story)?.workflow}/jobs`
    let id: unknown = (yield* ask(`${path}?project_id=p`, { method: "POST" })).json["id"]
    for (let n = 0; n < 3 && typeof id !== "string"; n++) {
      yield* Effect.sleep("2 seconds")
      const { json } = yield* ask(path)
      id = Array.isArray(json["jobs"]) ? json["jobs"].at(-1)?.id : undefined
    }
    for (let n = 0; n < 12; n++) {
      const { json } = yield* ask(`${path}/${id}`)
      if (json["finished_at"] !== "" && json["finished_at"] !== undefined) break
      yield* Effect.sleep(every)
    }
    for (let n = 0; n < 3; n++) {
      const { signed_url: url } = (yield* ask(`${path}/${id}/download`, { method: "PUT" })).json
      if (typeof url === "string" && url !== "") yield* ask(url, { headers: { range: "bytes=10-" } })
      yield* Effect.sleep("6 seconds")
    }
  })

const browse = Effect.gen(function* () {
  for (const path of [
    "/ping",
    "/v0/workflows",
    "/v0/workflows/wf-land-cover/estimate",
    "/v0/nothing",
    "/v0/workflows/x/jobs"
  ]) {
    yield* ask(path)
    yield* Effect.sleep("3 seconds")
  }
})

const scripts: ReadonlyArray<Effect.Effect<unknown, never, MockServer>> = [
  follow("crop-classification", 30_000),
  follow("water-quality-failed", 10_000),
  Effect.all([follow("instant", 1_000), follow("sixty-tasks", 20_000), browse], { concurrency: "unbounded" }),
  Effect.zipRight(browse, follow("steps-by-polls", 2_500)),
  follow("soil-moisture-recorded", 15_000)
]

// --- worlds ---

interface Spec {
  readonly script: number
  readonly preset: string | undefined
  readonly seed: string
}

const presets = [undefined, ...faults.keys()]

/** Makes a different world for each number. */
const specOf = (n: number): Spec => ({
  script: n % scripts.length,
  preset: presets[n % presets.length],
  seed: `seed-${n % 7}`
})

const transportOf = (n: number) => (n % 2 === 0 ? "inProcess" : "socket")

/** Returns the final journal of a world. */
const play = ({ preset, script, seed }: Spec, transport: "inProcess" | "socket") =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const rules = faults.get(preset ?? "")?.rules ?? []
    yield* Effect.orDie(mock.faults.use({ rules: rules.map((rule) => ({ ...rule, optional: true })) }))
    yield* scripts[script]!
    return JSON.stringify([yield* mock.requests, yield* mock.faults.fired, mock.time.elapsed], null, 1)
  }).pipe(Effect.provide(MockServer.layer({ transport, seed, leftovers: false, conduct: false, capsules: false })))

describe("the journal of a world", () => {
  it.effect(
    "is the same in every run and on both transports, byte by byte",
    () =>
      Effect.gen(function* () {
        for (let n = 0; n < presets.length; n++) {
          const spec = specOf(n)
          const first = yield* play(spec, "inProcess")
          for (let run = 1; run < scale("FUZZ_REPEATS", 4, 100); run++) {
            assert.strictEqual(yield* play(spec, transportOf(run)), first)
          }
        }
      }),
    long.timeout
  )

  it.effect(
    "is the same as that of the world alone, beside any other worlds",
    () =>
      Effect.gen(function* () {
        const specs = Array.from({ length: scale("FUZZ_WORLDS", 24, 200) }, (_, n) => specOf(n))
        const alone = yield* Effect.forEach(specs, (spec, n) => play(spec, transportOf(n)))
        const together = yield* Effect.forEach(specs, (spec, n) => play(spec, transportOf(n + 1)), {
          concurrency: "unbounded"
        })
        for (const [n, journal] of together.entries()) assert.strictEqual(journal, alone[n])
        assert.isAbove(new Set(alone).size, specs.length / 2)
      }),
    long.timeout
  )
})

describe("many concurrent worlds", () => {
  const collect = (): number => {
    setFlagsFromString("--expose-gc")
    runInNewContext("gc")()
    return process.memoryUsage().heapUsed
  }

  it("are isolated from each other, and need little memory", long, async () => {
    const count = scale("FUZZ_CROWD", 100, 1_000)
    const app = buildServer({ creation: "explicit" })
    await app.ready()
    const dispatcher = inProcessAgent({ "api.test": app.server }, (url) => new HostNotAllowed(url))
    const workflow = "wf-crop-classification"
    const ids = Array.from({ length: count }, (_, n) => {
      // worlds of one seed make the same ids
      const twin = app.mock.worlds.create("twin", { clock: new VirtualTime(), seed: `seed-${n}` })
      app.mock.worlds.drop("twin")
      return createJob(twin, workflow)?.identity.id
    })
    const neighbour = (n: number) => ids[(n + 1) % count]
    const empty = collect()
    const worlds = Array.from({ length: count }, (_, n) => {
      const time = new VirtualTime()
      const world = app.mock.worlds.create(`crowd-${n}`, {
        clock: time,
        seed: `seed-${n}`,
        storageUrl: "http://s.test"
      })
      return { n, time, world, fetch: trackedFetch(time, dispatcher) }
    })
    const idle = collect()

    /** Every world has a different number of polls, at different times. */
    const polls = (n: number) => 1 + (n % 9)
    await Promise.all(
      worlds.map(async ({ fetch, n, time, world }) => {
        const jobs = `http://api.test/v0/workflows/${workflow}/jobs`
        const headers = { authorization: tokenOf(world.name, "owner") }
        const idIn = async (path: string, init = {}) =>
          parsed(await (await fetch(path, { headers, ...init })).text())["id"]
        assert.strictEqual(await idIn(`${jobs}?project_id=p`, { method: "POST" }), ids[n])
        for (let poll = 0; poll < polls(n); poll++) {
          await new Promise<void>((resolve) => time.after(1_000 + n, resolve))
          assert.strictEqual(await idIn(`${jobs}/${ids[n]}`), ids[n])
        }
        // another world's job is unknown here
        assert.isUndefined(await idIn(`${jobs}/${neighbour(n)}`))
      })
    )
    const used = collect()
    const start = Date.UTC(2025, 0, 1)
    for (const { n, time, world } of worlds) {
      const end = start + polls(n) * (1_000 + n)
      assert.strictEqual(time.now, end)
      assert.deepStrictEqual(
        world.journal.entries.map(({ operation, status, subject, time }) => [operation, subject, status, time]),
        [
          ["createJob", workflow, 200, start],
          ...Array.from({ length: polls(n) }, (_, poll) => {
            return ["getJobById", ids[n], 200, start + (poll + 1) * (1_000 + n)]
          }),
          ["getJobById", neighbour(n), 404, end]
        ]
      )
      time.dispose()
    }
    if (isLong) {
      const each = (bytes: number) => `${(bytes / count / 1_024).toFixed(1)} KiB`
      console.log(
        `${count} worlds: ${each(idle - empty)} each when idle, ${each(used - empty)} after ${polls(4) + 2} requests`
      )
    }
    await app.close()
  })
})

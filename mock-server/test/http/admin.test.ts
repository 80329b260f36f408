/** The admin routes, used as by a test in another language. */
import fastify from "fastify"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { journalText } from "../../src/core/Capsule.js"
import { faultableOperations } from "../../src/core/Operations.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { adminRoutes } from "../../src/http/admin/routes.js"
import { mostSaves } from "../../src/http/admin/rows.js"
import { readCapsule, replay } from "../../src/replay/replay.js"
import { createJob } from "../jobs.js"
import { type Answer, type Ask, rawRequest, type Server, start } from "./harness.js"

const token = "the-admin-token"

describe("the admin routes", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ admin: { token, hosts: ["mock.test"] }, creation: "onFirstUse" })
  })
  afterAll(() => server.close())

  const call = async (method: string, path: string, body?: unknown): Promise<Answer> =>
    server.site().ask(`/__mock/v1${path}`, {
      method,
      token: `Bearer ${token}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } })
    })
  const api = (world: string, method: string, path: string): Promise<Answer> =>
    server.site().ask(path, { method, token: `mock_${world}_owner` } satisfies Ask)
  const create = "/v0/workflows/wf-crop/jobs?project_id=p"

  it("serve a whole test: a world, a story, time, a verification, and the end", async () => {
    const world = (await call("POST", "/worlds", { name: "tour", clock: "manual" })).json
    assert.deepInclude(world, { name: "tour", clock: "manual", now: "2025-01-01T00:00:00.000Z", jobs: 1 })

    assert.strictEqual((await call("POST", "/worlds/tour/stories", { story: "crop" })).status, 204)
    const { id } = (await api("tour", "POST", create)).json
    const poll = () => api("tour", "GET", `/v0/workflows/wf-crop/jobs/${id}`)
    assert.strictEqual((await poll()).json.status, "running")

    const clock = await call("POST", "/worlds/tour/clock", { advance: "1m" })
    assert.deepStrictEqual(clock.json, { now: "2025-01-01T00:01:00.000Z" })
    assert.strictEqual((await poll()).json.status, "completed")

    const verdict = await call("POST", "/worlds/tour/verify", { operation: "getJobById", subject: id, times: 3 })
    assert.deepStrictEqual(verdict.json, {
      ok: false,
      found: 2,
      message: `expected 3 of getJobById of "${id}", found 2`
    })
    const { entries } = (await call("GET", "/worlds/tour/journal")).json
    assert.deepStrictEqual(
      entries.map((entry: { operation: string }) => entry.operation),
      ["createJob", "getJobById", "getJobById"]
    )

    assert.strictEqual((await call("DELETE", "/worlds/tour")).status, 204)
    assert.strictEqual((await call("GET", "/worlds/tour")).status, 404)
  })

  it("send a signal to a job", async () => {
    await call("POST", "/worlds", { name: "signals", clock: "manual" })
    await call("POST", "/worlds/signals/stories", { story: "polled" })
    const { id } = (await api("signals", "POST", create)).json
    const poll = async () => (await api("signals", "GET", `/v0/workflows/wf-crop/jobs/${id}`)).json.status
    assert.deepStrictEqual([await poll(), await poll(), await poll()], ["running", "running", "waiting"])
    assert.strictEqual((await call("POST", "/worlds/signals/signals", { job: id, signal: "go" })).status, 204)
    assert.strictEqual(await poll(), "done")
  })

  it("report the signals of a job when it gets an unknown one", async () => {
    await call("POST", "/worlds", { name: "wrong-signals", clock: "manual" })
    await call("POST", "/worlds/wrong-signals/stories", { story: "polled" })
    const { id } = (await api("wrong-signals", "POST", create)).json
    const { json, status } = await call("POST", "/worlds/wrong-signals/signals", { job: id, signal: "goo" })
    assert.strictEqual(status, 400)
    const message = `the job ${id} never waits for a signal "goo"; its signals: "go" (did you mean "go"?)`
    assert.strictEqual(json.error.message, message)
  })

  it("set the quirks of a world that belong to no story", async () => {
    await call("POST", "/worlds", {
      name: "odd",
      quirks: { unknownIds: 403, emptyLists: "null", errorType: "image/png" }
    })
    const unknown = await api("odd", "GET", "/v0/workflows/unknown/jobs")
    assert.deepStrictEqual([unknown.status, unknown.headers.get("content-type")], [403, "image/png"])
    assert.strictEqual(JSON.parse(unknown.text).error.code, "forbidden")
    const storyless = await api("odd", "GET", "/v0/workflows/wf-storyless/jobs")
    assert.deepStrictEqual(storyless.json, { jobs: null })
    const { json } = await call("POST", "/worlds", { quirks: { unknownIds: 500 } })
    assert.strictEqual(json.error.message, "quirks.unknownIds: found 500, expected 400, 403 or 404")
  })

  it("begin a world with a scenario, by name or inline, and again when it is reset", async () => {
    const named = await call("POST", "/worlds", { name: "named", scenario: "throttled" })
    assert.strictEqual(named.status, 201)
    const scenario = { stories: ["instant"], quirks: { unknownIds: 403 }, tokens: { gone: "expired" }, seed: "s" }
    const { json } = await call("POST", "/worlds", { name: "inline", scenario, quirks: { emptyLists: "null" } })
    assert.strictEqual(json.seed, "s")
    for (const _ of ["at first", "after a reset"]) {
      const first = await api("inline", "POST", create)
      const second = await api("inline", "POST", create)
      assert.deepStrictEqual([first.json.status, second.json.status], ["completed", "running"])
      assert.strictEqual((await api("inline", "GET", "/v0/workflows/unknown/jobs")).status, 403)
      assert.deepStrictEqual((await api("inline", "GET", "/v0/workflows/wf-storyless/jobs")).json, { jobs: null })
      assert.strictEqual((await server.site().ask("/v0/workflows", { token: "mock_inline_gone" })).status, 403)
      await call("POST", "/worlds/inline/reset")
    }
    const statuses: Array<number> = []
    for (let n = 0; n < 6; n++) statuses.push((await api("named", "GET", "/v0/workflows")).status)
    assert.deepStrictEqual(statuses, [200, 200, 200, 200, 200, 429])
  })

  it("end requests with faults of the wire in a world with manual time", async () => {
    const rule = (on: string, effect: object) => ({ on, do: effect })
    const rules = [
      rule("createJob", { cut: { at: "answer", by: "reset" } }),
      rule("listWorkflows", { cut: { at: 9, by: "close" } }),
      rule("getJobById", { badChunk: true }),
      rule("ping", { drip: { bytes: 3, every: "1m" } })
    ]
    await call("POST", "/worlds", { name: "wire", clock: "manual", scenario: { faults: { rules } } })
    for (const [method, path] of [
      ["POST", create],
      ["GET", "/v0/workflows"],
      ["GET", "/v0/workflows/wf-crop/jobs/job-done"]
    ] as const) {
      const error = await api("wire", method, path).catch((error: unknown) => error)
      assert.instanceOf(error, TypeError)
    }
    const dripping = api("wire", "GET", "/ping")
    const text = dripping.then((answer) => answer.text)
    while (server.app.mock.worlds.openRequests("wire") === 0) await new Promise(setImmediate)
    await call("POST", "/worlds/wire/clock", { advance: "1h" })
    assert.strictEqual(await text, '"pong"')
  })

  it("reset a world", async () => {
    await call("POST", "/worlds", { name: "again", clock: "manual" })
    const { id } = (await api("again", "POST", create)).json
    await call("POST", "/worlds/again/clock", { advance: "1h" })
    const { json } = await call("POST", "/worlds/again/reset")
    assert.deepInclude(json, { jobs: 1, requests: 0, now: "2025-01-01T00:00:00.000Z" })
    assert.strictEqual((await api("again", "POST", create)).json.id, id)
  })

  it("set the faults of a world, and return their counts", async () => {
    await call("POST", "/worlds", { name: "faulty", clock: "manual" })
    const plan = {
      rules: [
        { on: "ping", attempts: [1], do: { answer: { status: 503, retryAfter: "7s" } } },
        { on: "listJobs", do: { badChunk: true } }
      ]
    }
    const put = await call("PUT", "/worlds/faulty/faults", plan)
    assert.deepStrictEqual(put.json, { plan, fired: [0, 0], leftovers: ["rules[0] answer", "rules[1] badChunk"] })
    const refused = await api("faulty", "GET", "/ping")
    assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [503, "7"])
    assert.strictEqual((await api("faulty", "GET", "/ping")).status, 200)
    const { json } = await call("GET", "/worlds/faulty/faults")
    assert.deepStrictEqual(json, { plan, fired: [1, 0], leftovers: ["rules[1] badChunk"] })
    assert.strictEqual((await call("DELETE", "/worlds/faulty/faults")).status, 204)
    assert.deepStrictEqual((await call("GET", "/worlds/faulty/faults")).json, {
      plan: { rules: [] },
      fired: [],
      leftovers: []
    })
  })

  it("take a fault plan by name, for an existing world and for a new one", async () => {
    await call("POST", "/worlds", { name: "planned", faults: "throttled" })
    const statuses: Array<number> = []
    for (let n = 0; n < 6; n++) statuses.push((await api("planned", "GET", "/ping")).status)
    assert.deepStrictEqual(statuses, [200, 200, 200, 200, 200, 429])
    const { plan } = (await call("PUT", "/worlds/planned/faults", "flaky")).json
    assert.deepStrictEqual(plan, shippedFixtures().faults.get("flaky"))
  })

  describe("export a world,", () => {
    const lived = async (name: string) => {
      await call("POST", "/worlds", { name, clock: "manual", seed: "own", faults: "throttled" })
      await call("POST", `/worlds/${name}/stories`, { story: "polled" })
      const { id } = (await api(name, "POST", create)).json
      await call("POST", `/worlds/${name}/clock`, { advance: "1m" })
      return (world: string) => api(world, "GET", `/v0/workflows/wf-crop/jobs/${id}`)
    }

    it("which another world restores", async () => {
      const poll = await lived("exporting")
      const stray = await api("exporting", "GET", "/nothing?__proto__=1")
      assert.strictEqual(stray.status, 404)
      const snapshot = (await call("GET", "/worlds/exporting/export")).json
      assert.deepInclude(snapshot, { version: 2, seed: "own", now: Date.UTC(2025, 0, 1, 0, 1) })

      const world = await call("POST", "/worlds", { name: "importing", clock: "manual", snapshot })
      assert.deepInclude(world.json, { seed: "own", now: "2025-01-01T00:01:00.000Z", jobs: 2, requests: 2 })
      assert.deepStrictEqual((await call("GET", "/worlds/importing/export")).json, snapshot)
      assert.strictEqual((await poll("importing")).text, (await poll("exporting")).text)
      assert.deepStrictEqual(
        (await call("GET", "/worlds/importing/journal")).json,
        (await call("GET", "/worlds/exporting/journal")).json
      )
    })

    it("which it restores itself", async () => {
      const poll = (await lived("back")).bind(null, "back")
      const snapshot = (await call("GET", "/worlds/back/export")).json
      const first = [(await poll()).json.status, (await poll()).json.status, (await poll()).json.status]
      assert.deepStrictEqual(first, ["running", "running", "waiting"])
      const restored = await call("POST", "/worlds/back/restore", { snapshot })
      assert.deepInclude(restored.json, { name: "back", now: "2025-01-01T00:01:00.000Z", requests: 1 })
      assert.strictEqual((await poll()).json.status, "running")
    })
  })

  it("save a world under a name, list the saves, and restore one", async () => {
    await call("POST", "/worlds", { name: "saving", clock: "manual" })
    const saved = await call("POST", "/worlds/saving/saves", { name: "new" })
    assert.strictEqual(saved.status, 201)
    assert.deepStrictEqual(saved.json, { name: "new", now: "2025-01-01T00:00:00.000Z", jobs: 1, requests: 0 })
    const { id } = (await api("saving", "POST", create)).json
    await call("POST", "/worlds/saving/clock", { advance: "10s" })
    await call("POST", "/worlds/saving/saves", { name: "running" })
    assert.deepStrictEqual((await call("GET", "/worlds/saving/saves")).json, {
      saves: [saved.json, { name: "running", now: "2025-01-01T00:00:10.000Z", jobs: 2, requests: 1 }]
    })
    await call("POST", "/worlds/saving/restore", { save: "new" })
    assert.strictEqual((await api("saving", "POST", create)).json.id, id)
    assert.strictEqual((await call("DELETE", "/worlds/saving/saves/new")).status, 204)
    const gone = await call("POST", "/worlds/saving/restore", { save: "new" })
    assert.strictEqual(gone.status, 404)
    assert.strictEqual(gone.json.error.message, 'There is no save "new"; saves: "running".')
  })

  it("limit the saves of a world", async () => {
    await call("POST", "/worlds", { name: "hoarding" })
    const save = async (name: string) => (await call("POST", "/worlds/hoarding/saves", { name })).status
    for (let n = 0; n < mostSaves; n++) assert.strictEqual(await save(`save-${n}`), 201)
    assert.deepStrictEqual([await save("save-0"), await save("one-more")], [201, 409])
    await call("DELETE", "/worlds/hoarding/saves/save-0")
    assert.strictEqual(await save("one-more"), 201)
  })

  it("refuse to restore or reset a world while a request is parked, and do it after the answer", async () => {
    const rules = [{ on: "ping", do: { latency: "10s" } }]
    await call("POST", "/worlds", { name: "parked", clock: "manual", faults: { rules } })
    await call("POST", "/worlds/parked/saves", { name: "before" })
    const restore = () => call("POST", "/worlds/parked/restore", { save: "before" })
    const parked = api("parked", "GET", "/ping")
    while ((await call("GET", "/worlds/parked/journal")).json.count === 0);
    for (const refused of [await restore(), await call("POST", "/worlds/parked/reset")]) {
      assert.strictEqual(refused.status, 409)
      assert.strictEqual(refused.json.error.code, "busy")
      assert.match(refused.json.error.message, /^the world is busy: 1 request is in progress/)
    }
    await call("POST", "/worlds/parked/clock", { advance: "10s" })
    assert.strictEqual((await parked).json, "pong")
    assert.deepInclude((await restore()).json, { requests: 0, now: "2025-01-01T00:00:00.000Z" })
    assert.strictEqual((await call("POST", "/worlds/parked/reset")).status, 200)
  })

  it("accept an export larger than the limit of other bodies", async () => {
    await call("POST", "/worlds", { name: "large", clock: "manual" })
    const world = server.app.mock.worlds.get("large")
    for (let n = 0; n < 9_000; n++) createJob(world, "wf-crop")
    const { json, text } = await call("GET", "/worlds/large/export")
    assert.isAbove(text.length, 1024 * 1024)
    assert.strictEqual((await call("POST", "/worlds/large/restore", { snapshot: json })).status, 200)
    assert.strictEqual((await call("POST", "/worlds/large/stories", { story: "x".repeat(1024 * 1024) })).status, 413)
  })

  it("give a world its own tokens, and faster real time", async () => {
    await call("POST", "/worlds", { name: "fast", speed: 1000, tokens: { guest: { "project-2": "viewer" } } })
    const answer = await server.site().ask("/v0/workflows/wf-crop/jobs", { token: "mock_fast_guest" })
    assert.strictEqual(answer.status, 403)
    assert.strictEqual((await call("GET", "/worlds/fast")).json.clock, "real")
  })

  it("also list the worlds that requests created", async () => {
    await api("walk-in", "GET", "/v0/workflows")
    const names = (await call("GET", "/worlds")).json.worlds.map(({ name }: { name: string }) => name)
    assert.include(names, "walk-in")
  })

  const faultNames = '"flaky", "brownout", "eventually-consistent", "lossy-download", "throttled"'
  const empty = {
    version: 2,
    seed: "pixxel",
    startedAt: 0,
    now: 0,
    drawers: {},
    faults: { plan: { rules: [] }, since: 0, fired: [], attempts: [], buckets: [] },
    journal: { seq: 0, entries: [], attempts: [] }
  }
  const wrong: ReadonlyArray<readonly [path: string, body: unknown, message: string, method?: string]> = [
    [
      "/worlds",
      { nmae: "x" },
      'nmae: found the key "nmae", expected one of "name", "scenario", "seed", "clock", "speed", "maxJobs", "tokens", "quirks", "faults", "snapshot" (did you mean "name"?)'
    ],
    ["/worlds", { clock: "auto" }, 'clock: found "auto", expected one of "real", "manual"'],
    [
      "/worlds",
      { tokens: { A: "revoked" } },
      'tokens.A: found the key "A", expected a name of 1 to 64 of a-z, 0-9 and -'
    ],
    [
      "/worlds",
      { quirks: { everyStory: { set: { id: 1 } } } },
      'quirks.everyStory.set.id: found the key "id", expected any other, since the server makes the ids'
    ],
    [
      "/worlds",
      { scenario: "zero-value" },
      'scenario: found "zero-value", expected the name of a scenario: "zero-values", "brownout", "eventually-consistent", "flaky", "legacy-shapes", "lossy-download", "throttled" (did you mean "zero-values"?)'
    ],
    [
      "/worlds",
      { scenario: { stories: ["corp"] } },
      'scenario.stories[0]: found "corp", expected the name of a story: "crop", "instant", "polled" (did you mean "crop"?)'
    ],
    [
      "/worlds",
      { scenario: { faults: { rules: [{ on: "pong", do: {} }] } } },
      `scenario.faults.rules[0].on: found "pong", expected an operation, a list of them, or "*": "ping", "listWorkflows", "getWorkflowsById", "getWorkflowCostEstimate", "listJobs", "createJob", "getJobById", "downloadJob", "downloadTask", "ListProjects", "GetProjectById", "ListStores" and ${faultableOperations.length - 12} more (did you mean "ping"?)`
    ],
    ["/worlds", { name: "Upper" }, 'name: found "Upper", expected a name of 1 to 64 of a-z, 0-9 and -'],
    [
      "/worlds/errors/stories",
      { story: "corp" },
      'there is no story called corp; stories: "crop", "instant", "polled" (did you mean "crop"?)'
    ],
    [
      "/worlds/errors/clock",
      { advance: "5 min" },
      'advance: found "5 min", expected a duration such as "500ms", "20s", "1m30s" or "1h"'
    ],
    [
      "/worlds/errors/clock",
      { advance: "999999999h" },
      "advance by 3599999996400000 ms: expected no further than the year 9999"
    ],
    ["/worlds", { speed: 1e300 }, "speed: found 1e+300, expected a whole number from 1 to 1000000"],
    ["/worlds/errors/signals", undefined, "(root): found no body, expected one in JSON"],
    ["/worlds/errors/verify", {}, '(root): found no "operation", expected a text that is not empty'],
    [
      "/worlds",
      { faults: "flakey" },
      `faults: found "flakey", expected the name of a fault plan: ${faultNames} (did you mean "flaky"?)`
    ],
    [
      "/worlds",
      { faults: { rules: [{ on: "ping", do: {} }] } },
      "faults.rules[0].do: found nothing, expected an effect"
    ],
    [
      "/worlds",
      { snapshot: { ...empty, seed: "own" }, seed: "other" },
      'snapshot.seed: found "own", expected "other", the seed of this world'
    ],
    [
      "/worlds",
      { snapshot: { ...empty, version: 1 } },
      "snapshot.version: found 1, expected 2, the version of this mock server: save the world again"
    ],
    [
      "/worlds/errors/faults",
      "flakey",
      `(root): found "flakey", expected the name of a fault plan: ${faultNames} (did you mean "flaky"?)`,
      "PUT"
    ],
    [
      "/worlds/errors/faults",
      { rules: [{ on: "pong", do: { badChunk: true } }] },
      `rules[0].on: found "pong", expected an operation, a list of them, or "*": "ping", "listWorkflows", "getWorkflowsById", "getWorkflowCostEstimate", "listJobs", "createJob", "getJobById", "downloadJob", "downloadTask", "ListProjects", "GetProjectById", "ListStores" and ${faultableOperations.length - 12} more (did you mean "ping"?)`,
      "PUT"
    ],
    [
      "/worlds/errors/faults",
      { rules: [{ on: "ping", do: { stale: "1s" } }] },
      'rules[0].on: found "ping", expected for stale one of "getJobById", "GetOrderById", "GetOrderItemById", "GetAoiById", "listJobs", "ListStores", "ListOrders", "ListOrderItems", "ListDeliveries", "ListAOIs", "ListIndices", "ListVisualizations" and 8 more',
      "PUT"
    ],
    ["/worlds/errors/stories", undefined, "(root): found no body, expected one in JSON"],
    ["/worlds/errors/faults", 5, "(root): found 5, expected the name of a fault plan, or a fault plan", "PUT"],
    ["/worlds/errors/saves", { name: "" }, 'name: found "", expected a name of 1 to 64 of A-Z, a-z, 0-9, dot, _ and -'],
    ["/worlds/errors/restore", {}, '(root): found neither, expected one of "save", "snapshot"'],
    [
      "/worlds/errors/restore",
      { save: "a", snapshot: empty },
      '(root): found both, expected one of "save", "snapshot"'
    ],
    [
      "/worlds/errors/restore",
      {
        snapshot: {
          ...empty,
          drawers: {
            jobs: {
              jobs: [{ id: "j", workflow: "wf-crop", story: "corp", createdAt: 0, events: [], asked: [] }],
              workflows: []
            }
          }
        }
      },
      'snapshot.drawers.jobs.jobs[0].story: found "corp", expected the name of a story: "crop", "instant", "polled" (did you mean "crop"?)'
    ]
  ]
  for (const [path, body, message, method = "POST"] of wrong) {
    it(`report: ${message}`, async () => {
      await call("POST", "/worlds", { name: "errors" })
      const answer = await call(method, path, body)
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.json.error.message, message)
    })
  }

  it("treat an empty body of any type as none", async () => {
    await call("POST", "/worlds", { name: "empty" })
    for (const [method, path, status] of [
      ["POST", "/worlds/empty/reset", 200],
      ["POST", "/worlds/empty/stories", 400],
      ["DELETE", "/worlds/empty", 204]
    ] as const) {
      const headers = { "content-type": "application/json" }
      const answer = await server.site().ask(`/__mock/v1${path}`, { method, token: `Bearer ${token}`, headers })
      assert.strictEqual(answer.status, status)
    }
  })

  it("refuse a body that is nested too deeply", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    await call("POST", "/worlds", { name: "deep" })
    const answer = await server.site().ask("/__mock/v1/worlds/deep/faults", {
      method: "PUT",
      token: `Bearer ${token}`,
      headers: { "content-type": "application/json" },
      body: `{"rules": [\n  {"on": "ping", "do": {"answer": {"status": 200, "body": ${deep}}}}]}`
    })
    assert.strictEqual(answer.status, 400)
    const message = "2:154 found more than 100 lists and objects in each other, expected no more"
    assert.strictEqual(answer.json.error.message, message)
  })

  it("refuse a body that would poison a prototype", async () => {
    const answer = await server.site().ask("/__mock/v1/worlds", {
      method: "POST",
      token: `Bearer ${token}`,
      headers: { "content-type": "application/json" },
      body: '{"__proto__": {"name": "x"}}'
    })
    assert.strictEqual(answer.status, 400)
  })

  describe("are closed to", () => {
    const refused: ReadonlyArray<readonly [who: string, headers: Record<string, string>, status: number]> = [
      ["an unknown token", {}, 401],
      ["another token", { authorization: "Bearer the-admin-tokem" }, 401],
      ["the token without Bearer", { authorization: token }, 401],
      ["a token of a world", { authorization: "Bearer mock_x_owner" }, 401],
      ["another host, as by DNS rebinding", { authorization: `Bearer ${token}`, host: "evil.test" }, 403],
      ["a page of another origin", { authorization: `Bearer ${token}`, origin: "http://evil.test" }, 403]
    ]
    for (const [who, headers, status] of refused) {
      it(who, async () => {
        assert.strictEqual((await rawRequest(server.url, "/__mock/v1/worlds", { headers })).status, status)
      })
    }
  })

  it("are open to an allowed host, and to their own origin", async () => {
    const headers = { authorization: `Bearer ${token}`, host: "mock.test:80", origin: "http://mock.test:80" }
    assert.strictEqual((await rawRequest(server.url, "/__mock/v1/worlds", { headers })).status, 200)
  })

  it("judge the conduct of a world's clients", async () => {
    await call("POST", "/worlds", { name: "judged", clock: "manual" })
    for (let n = 0; n < 3; n++) await api("judged", "GET", "/v0/workflows/wf-crop/jobs/job-done")
    const { violations } = (await call("POST", "/worlds/judged/conduct")).json
    assert.deepStrictEqual(
      violations.map(({ rule, requests }: { rule: string; requests: Array<number> }) => [rule, requests]),
      [["pollAfterEnd", [1, 2, 3]]]
    )
    const without = await call("POST", "/worlds/judged/conduct", { pollAfterEnd: false })
    assert.deepStrictEqual(without.json, { violations: [] })
    const wrong = await call("POST", "/worlds/judged/conduct", { pollFlor: "5s" })
    assert.include(wrong.json.error.message, 'did you mean "pollFloor"?')
  })

  it("return the capsule of a world, which replays to the same journal", async () => {
    await call("POST", "/worlds", { name: "kept", clock: "manual", faults: "flaky" })
    await api("kept", "POST", create)
    for (let n = 0; n < 5; n++) await api("kept", "GET", "/v0/workflows/wf-crop/jobs/job-done").catch(() => undefined)
    const capsule = readCapsule((await call("GET", "/worlds/kept/capsule")).text)
    assert.strictEqual(journalText(await replay(capsule)), journalText(capsule.journal))
  })

  it("are all described, without others", async () => {
    const routes: Array<string> = []
    const app = fastify({ exposeHeadRoutes: false }).addHook("onRoute", ({ method, url }) => {
      routes.push(`${method} ${url}`)
    })
    await app.register(adminRoutes(server.app.mock.worlds, { token, hosts: [] }))
    const { paths } = (await call("GET", "/openapi.json")).json
    const described = Object.entries(paths).flatMap(([path, calls]) =>
      Object.keys(Object(calls)).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`)
    )
    assert.sameMembers(["GET /openapi.json", ...described], routes)
    await app.close()
  })

  it("are disabled by default", async () => {
    const closed = await start()
    const { status } = await closed.site().ask("/__mock/v1/worlds", { token: `Bearer ${token}` })
    await closed.close()
    assert.strictEqual(status, 404)
  })
})

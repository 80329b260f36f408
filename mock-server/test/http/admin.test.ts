/** The admin routes, as a test in another language would use them. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
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

  it("lead through a test: a world, a story, time, what was asked, and the end", async () => {
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

  it("tell a job that waits for a signal to go on", async () => {
    await call("POST", "/worlds", { name: "signals", clock: "manual" })
    await call("POST", "/worlds/signals/stories", { story: "polled" })
    const { id } = (await api("signals", "POST", create)).json
    const poll = async () => (await api("signals", "GET", `/v0/workflows/wf-crop/jobs/${id}`)).json.status
    assert.deepStrictEqual([await poll(), await poll(), await poll()], ["running", "running", "waiting"])
    assert.strictEqual((await call("POST", "/worlds/signals/signals", { job: id, signal: "go" })).status, 204)
    assert.strictEqual(await poll(), "done")
  })

  it("say which signals a job waits for when it is sent another", async () => {
    await call("POST", "/worlds", { name: "wrong-signals", clock: "manual" })
    await call("POST", "/worlds/wrong-signals/stories", { story: "polled" })
    const { id } = (await api("wrong-signals", "POST", create)).json
    const { json, status } = await call("POST", "/worlds/wrong-signals/signals", { job: id, signal: "goo" })
    assert.strictEqual(status, 400)
    const message = `the job ${id} waits for no signal "goo"; its signals: "go" (did you mean "go"?)`
    assert.strictEqual(json.error.message, message)
  })

  it("give a world the oddities of what no story is about", async () => {
    await call("POST", "/worlds", {
      name: "odd",
      quirks: { unknownIds: 403, emptyLists: "null", errorType: "image/png" }
    })
    const unknown = await api("odd", "GET", "/v0/workflows/nobody/jobs")
    assert.deepStrictEqual([unknown.status, unknown.headers.get("content-type")], [403, "image/png"])
    assert.strictEqual(JSON.parse(unknown.text).error.code, "forbidden")
    const storyless = await api("odd", "GET", "/v0/workflows/wf-storyless/jobs")
    assert.deepStrictEqual(storyless.json, { jobs: null })
    const { json } = await call("POST", "/worlds", { quirks: { unknownIds: 500 } })
    assert.strictEqual(json.error.message, "quirks.unknownIds: found 500, expected 400, 403 or 404")
  })

  it("put a world back to its beginning", async () => {
    await call("POST", "/worlds", { name: "again", clock: "manual" })
    const { id } = (await api("again", "POST", create)).json
    await call("POST", "/worlds/again/clock", { advance: "1h" })
    const { json } = await call("POST", "/worlds/again/reset")
    assert.deepInclude(json, { jobs: 1, requests: 0, now: "2025-01-01T00:00:00.000Z" })
    assert.strictEqual((await api("again", "POST", create)).json.id, id)
  })

  it("give a world tokens of its own, and real time that goes faster", async () => {
    await call("POST", "/worlds", { name: "fast", speed: 1000, tokens: { guest: { "project-2": "viewer" } } })
    const answer = await server.site().ask("/v0/workflows/wf-crop/jobs", { token: "mock_fast_guest" })
    assert.strictEqual(answer.status, 403)
    assert.strictEqual((await call("GET", "/worlds/fast")).json.clock, "real")
  })

  it("list the worlds that requests created too", async () => {
    await api("walk-in", "GET", "/v0/workflows")
    const names = (await call("GET", "/worlds")).json.worlds.map(({ name }: { name: string }) => name)
    assert.include(names, "walk-in")
  })

  const wrong: ReadonlyArray<readonly [path: string, body: unknown, message: string]> = [
    [
      "/worlds",
      { nmae: "x" },
      'nmae: found the key "nmae", expected one of "name", "seed", "clock", "speed", "tokens", "quirks" (did you mean "name"?)'
    ],
    ["/worlds", { clock: "auto" }, 'clock: found "auto", expected one of "real", "manual"'],
    ["/worlds", { name: "Upper" }, 'name: found "Upper", expected a name of 1 to 64 of a-z, 0-9 and -'],
    ["/worlds/errors/stories", { story: "corp" }, 'there is no story called corp (did you mean "crop"?)'],
    [
      "/worlds/errors/clock",
      { advance: "5 min" },
      'advance: found "5 min", expected a duration such as "500ms", "20s", "1m30s" or "1h"'
    ],
    [
      "/worlds/errors/clock",
      { advance: "999999999h" },
      "advance: found 999999999h, expected no further than the year 9999"
    ],
    ["/worlds", { speed: 1e300 }, "speed: found 1e+300, expected a whole number from 1 to 1000000"],
    ["/worlds/errors/signals", undefined, "(root): found nothing, expected a signal"],
    ["/worlds/errors/verify", {}, '(root): found no "operation", expected a text that is not empty']
  ]
  for (const [path, body, message] of wrong) {
    it(`say what is wrong: ${message}`, async () => {
      await call("POST", "/worlds", { name: "errors" })
      const answer = await call("POST", path, body)
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.json.error.message, message)
    })
  }

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
      ["nobody's token", {}, 401],
      ["another token", { authorization: "Bearer the-admin-tokem" }, 401],
      ["the token without Bearer", { authorization: token }, 401],
      ["a token of a world", { authorization: "Bearer mock_x_owner" }, 401],
      ["another host, as DNS rebinding would have it", { authorization: `Bearer ${token}`, host: "evil.test" }, 403],
      ["a page of another origin", { authorization: `Bearer ${token}`, origin: "http://evil.test" }, 403]
    ]
    for (const [who, headers, status] of refused) {
      it(who, async () => {
        assert.strictEqual((await rawRequest(server.url, "/__mock/v1/worlds", { headers })).status, status)
      })
    }
  })

  it("are open to a host that was let in, and to their own origin", async () => {
    const headers = { authorization: `Bearer ${token}`, host: "mock.test:80", origin: "http://mock.test:80" }
    assert.strictEqual((await rawRequest(server.url, "/__mock/v1/worlds", { headers })).status, 200)
  })

  it("are described, every one of them", async () => {
    const { paths } = (await call("GET", "/openapi.json")).json
    const described = Object.entries(paths).flatMap(([path, calls]) =>
      Object.keys(Object(calls)).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`)
    )
    for (const line of described) {
      const [method, path = ""] = line.split(" ")
      assert.isTrue(server.app.hasRoute({ method: Object(method), url: `/__mock/v1${path}` }), line)
    }
    assert.lengthOf(described, 11)
  })

  it("are not there unless they are asked for", async () => {
    const closed = await start()
    const { status } = await closed.site().ask("/__mock/v1/worlds", { token: `Bearer ${token}` })
    await closed.close()
    assert.strictEqual(status, 404)
  })
})

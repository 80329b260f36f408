/** Known attacks, one test for each. `test/fuzz` has random ones. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll } from "vitest"
import { checkPlan, FaultPlanError } from "../../src/core/faults/Check.js"
import { mostProblems } from "../../src/core/Problem.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { planOf } from "../../src/fixtures/named.js"
import { MockServer } from "../../src/MockServer.js"
import { rawRequest, type Server, start } from "./harness.js"

const adminToken = "the-admin-token"
const admin = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" }

describe("a server under attack", () => {
  let server: Server
  const defects: Array<unknown> = []
  beforeAll(async () => {
    server = await start({ admin: { token: adminToken }, onDefect: (error) => defects.push(error) })
  })
  afterAll(async () => {
    await server.close()
    assert.deepStrictEqual(defects, [])
  })

  describe("by path traversal", () => {
    const up = [
      "..",
      "%2e%2e",
      "%2E.",
      "..%2f..%2f..%2fetc%2fpasswd",
      "..%5c..%5cwin.ini",
      "....//",
      "%252e%252e",
      "..;"
    ]
    const places = (step: string): ReadonlyArray<string> => [
      `/${step}/${step}/etc/passwd`,
      `/v0/workflows/${step}/package.json?project_id=p`,
      `/v0/workflows/wf-crop/jobs/${step}/${step}`,
      `/w/${step}/v0/workflows`,
      `/__mock/v1/worlds/${step}`,
      `/__mock/v1/${step}/${step}/openapi.json`
    ]

    it.each(up)("with %s: no path leads out of the API", async (step) => {
      const { world } = server.site()
      for (const path of places(step)) {
        const headers = path.startsWith("/__mock") ? admin : { authorization: tokenOf(world.name, "owner") }
        const { body, status } = await rawRequest(server.url, path, { headers })
        assert.include([400, 404], status, path)
        assert.property(JSON.parse(body), "error")
      }
    })

    it.each(up)("with %s: no storage URL leads to a file", async (step) => {
      const { world } = server.site()
      const storage = await server.app.mock.storageUrl()
      for (const path of [
        `/${step}/etc/passwd`,
        `/w/${world.name}/jobs/${step}/package.zip`,
        `/w/${world.name}/${step}`
      ]) {
        const { body, status } = await rawRequest(storage, `${path}?expires=9999999999999&signature=x`)
        assert.include([400, 403, 404], status, path)
        assert.match(body, /<Code>(NoSuchKey|SignatureDoesNotMatch|InvalidRequest)<\/Code>/)
      }
    })

    it("in the name of a story, a fault plan or a world: names are only looked up, never read as files", () => {
      const { clock, world } = server.site()
      for (const name of ["../workflows/crop", "/etc/passwd", "..\\jobs\\crop", "crop.json", "./crop"]) {
        assert.throws(() => world.enqueue(name), RangeError)
        assert.throws(() => planOf(shippedFixtures(), name), FaultPlanError)
        assert.throws(() => server.app.mock.worlds.create(name, { clock }), RangeError)
      }
    })
  })

  describe("by __proto__", () => {
    const poisoned = () => Object.hasOwn(Object.prototype, "polluted") || Object.hasOwn(Object.prototype, "name")

    it.each([
      "__proto__=polluted",
      "__proto__[polluted]=1",
      "constructor[prototype][polluted]=1",
      "project_id[__proto__]=polluted",
      "__proto__.polluted=1"
    ])("in a query: %s", async (query) => {
      const { ask, world } = server.site()
      const { status } = await ask(`/v0/workflows?${query}`)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(Object.values(world.journal.entries[0]?.query ?? {}), ["***"])
      assert.isFalse(poisoned())
    })

    it.each([
      '{"__proto__": {"polluted": 1}}',
      '{"constructor": {"prototype": {"polluted": 1}}}',
      '{"tokens": {"__proto__": "expired"}}',
      '{"tokens": {"a": {"__proto__": "owner"}}}'
    ])("in a body: %s", async (body) => {
      const { ask } = server.site()
      const answer = await ask("/__mock/v1/worlds", { method: "POST", token: null, headers: admin, body })
      assert.strictEqual(answer.status, 400)
      assert.isFalse(poisoned())
    })

    it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
      "as an id, a token and a world: %s",
      async (name) => {
        const { ask, world } = server.site()
        for (const path of [`/v0/workflows/${name}/jobs`, `/v0/workflows/wf-crop/jobs/${name}`]) {
          assert.strictEqual((await ask(path)).status, 404)
        }
        assert.strictEqual(
          (await ask("/v0/workflows", { token: `mock_${world.name}_${name.toLowerCase()}` })).status,
          401
        )
        const missing = await ask(`/__mock/v1/worlds/${name}`, { token: null, headers: admin })
        assert.strictEqual(missing.status, 404)
      }
    )

    it("in the headers of a fault: it is refused as a name", () => {
      const headers: unknown = JSON.parse('{ "__proto__": "a" }')
      assert.throws(
        () => checkPlan({ rules: [{ on: "ping", do: { answer: { status: 200, headers } } }] }),
        FaultPlanError,
        'found the key "__proto__", expected the name of a header'
      )
      // and a valid name is not mistaken for another
      assert.doesNotThrow(() =>
        checkPlan(Fault.plan(Fault.on("ping", Fault.answer(200, { headers: { constructor: "a" } }))))
      )
    })

    it.effect("as a host: it is not found, like any unknown host", () =>
      Effect.gen(function* () {
        const { fetch } = yield* MockServer
        const error = yield* Effect.flip(Effect.tryPromise(() => fetch("http://constructor/")))
        assert.include(String(Object(Object(error).error).cause), "getaddrinfo ENOTFOUND constructor")
      }).pipe(Effect.provide(MockServer.layer({ transport: "inProcess" })))
    )
  })

  describe("by header injection", () => {
    const evil = "a\r\nset-cookie: stolen=1"

    it.each([
      ["the value of a header", Fault.answer(200, { headers: { "x-a": evil } })],
      ["the name of a header", Fault.answer(200, { headers: { [evil]: "a" } })],
      ["a content type", Fault.contentType(evil)],
      ["the target of a redirect", Fault.redirect(`https://elsewhere.test/${evil}`)]
    ])("through %s of a fault: the plan is refused", (_, effect) => {
      assert.throws(() => checkPlan(Fault.plan(Fault.on("ping", effect))), FaultPlanError)
    })

    it("through the content type of a world's errors: the world is refused", async () => {
      const { ask } = server.site()
      const body = JSON.stringify({ quirks: { errorType: `image/png${evil}` } })
      const { json, status } = await ask("/__mock/v1/worlds", { method: "POST", token: null, headers: admin, body })
      assert.strictEqual(status, 400)
      assert.include(json.error.message, "quirks.errorType")
    })

    it("through an echoed path: it is returned as sent, in one line", async () => {
      const { ask, world, clock } = server.site()
      world.faults.use(Fault.plan(Fault.on("listJobs", Fault.redirect("loop"))), clock.now)
      const path = "/v0/workflows/wf%0d%0aset-cookie:%20stolen=1/jobs?x=%0d%0aset-cookie:%20b"
      const { headers, status } = await ask(path)
      assert.strictEqual(status, 302)
      assert.strictEqual(headers.get("location"), path)
      assert.isNull(headers.get("set-cookie"))
    })

    it("through a decoded id: no header contains it, and a body contains it as JSON", async () => {
      const { ask } = server.site()
      const { headers, json } = await ask(`/v0/workflows/${encodeURIComponent(evil)}/jobs`)
      assert.strictEqual(json.error.message, `There is no workflow ${JSON.stringify(evil)}.`)
      assert.notInclude(JSON.stringify([...headers]), "stolen")
    })
  })

  describe("by much in one body, on the admin routes", () => {
    const put = (path: string, body: string) =>
      server.site().ask(`/__mock/v1${path}`, { method: "PUT", token: null, headers: admin, body })

    it.each([
      ["escaped quotes in a string that never ends", `["${'\\"'.repeat(250_000)}`],
      ["quotes", '"'.repeat(500_000)],
      ["half a megabyte of text for an enumerated name", `{"rules":[{"on":"${"x".repeat(500_000)}","do":{}}]}`],
      ["a key of half a megabyte", `{"${"rules".repeat(100_000)}":[]}`],
      ["a name of half a megabyte", JSON.stringify("flaky".repeat(100_000))]
    ])("%s: 400 in few words", async (_, body) => {
      const { world } = server.site()
      const { status, text } = await put(`/worlds/${world.name}/faults`, body)
      assert.strictEqual(status, 400)
      assert.isBelow(text.length, 2_000)
    })

    it("thousands of problems: the first ones are listed, and how many there are", async () => {
      const { world } = server.site()
      const rules = Array.from({ length: 20_000 }, (_, index) => ({ on: `getJobbyId${index}`, do: {} }))
      const { json, status } = await put(`/worlds/${world.name}/faults`, JSON.stringify({ rules }))
      assert.strictEqual(status, 400)
      const { problems } = json.error.details
      assert.lengthOf(problems, mostProblems + 1)
      assert.deepStrictEqual(problems.at(-1), { path: "(root)", message: "19900 more, which are not listed" })
    })
  })

  describe("by DNS rebinding, on the admin routes", () => {
    const port = () => new URL(server.url).port

    it.each([
      "evil.test",
      "localhost.evil.test",
      "127.0.0.1.evil.test",
      "evil.test@127.0.0.1",
      "127.0.0.1@evil.test",
      "127.0.0.1#evil.test",
      "localhost.",
      "0.0.0.0",
      "127.1",
      "2130706433",
      "[::ffff:127.0.0.1]",
      "api.pixxel-mock"
    ])("the host %j is refused", async (host) => {
      const { body, status } = await rawRequest(server.url, "/__mock/v1/worlds", { headers: { ...admin, host } })
      assert.strictEqual(status, 403)
      assert.strictEqual(JSON.parse(body).error.code, "host_not_allowed")
    })

    it.each(["http://evil.test", "null", "https://localhost", "http://localhost.evil.test", "http://localhost:1"])(
      "a page of %s is refused, although the host is correct",
      async (origin) => {
        const headers = { ...admin, host: `localhost:${port()}`, origin }
        const { body, status } = await rawRequest(server.url, "/__mock/v1/worlds", { headers })
        assert.strictEqual(status, 403)
        assert.strictEqual(JSON.parse(body).error.code, "origin_not_allowed")
      }
    )

    it.each(["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])("%s is this machine", async (name) => {
      const host = `${name}:${port()}`
      const { status } = await rawRequest(server.url, "/__mock/v1/worlds", { headers: { ...admin, host } })
      assert.strictEqual(status, 200)
    })
  })
})

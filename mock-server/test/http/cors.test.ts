/** A browser lets a page use the API of another origin when the server says so, and asks beforehand (CORS). */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { type Ask, type Server, start } from "./harness.js"

const list = "/v0/workflows/wf-crop/jobs"
const asks = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" }

const ofThisMachine = [
  "http://localhost:5173",
  "https://localhost",
  "http://app.localhost:3000",
  "http://127.0.0.1:8080",
  "http://[::1]:4200"
]
const ofOthers = [
  "https://evil.test",
  "http://localhost.evil.test",
  "http://evil.test/localhost",
  "http://127.0.0.1.evil.test",
  "null",
  "file://localhost"
]

describe("a page in a browser", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ allowedOrigins: ["https://app.test"], admin: { token: "t" }, creation: "onFirstUse" })
  })
  afterAll(() => server.close())

  const preflight = (path: string, origin: string, headers: Record<string, string> = asks): Ask & { path: string } => ({
    path,
    method: "OPTIONS",
    token: null,
    headers: { origin, ...headers }
  })
  const options = async ({ path, ...ask }: Ask & { path: string }) => server.site().ask(path, ask)

  it.each([...ofThisMachine, "https://app.test"])("of %s may send the requested headers", async (origin) => {
    for (const path of [list, "/w/anything/v0/workflows", "/no/operation", "/ping?x=1"]) {
      const { headers, status, text } = await options(preflight(path, origin))
      assert.deepStrictEqual([status, text], [204, ""])
      assert.deepInclude(Object.fromEntries(headers), {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "authorization,content-type",
        vary: "origin"
      })
    }
  })

  it.each(ofOthers)("of %s is refused with the option that allows it", async (origin) => {
    const { headers, json, status } = await options(preflight(list, origin))
    assert.strictEqual(status, 403)
    assert.isNull(headers.get("access-control-allow-origin"))
    assert.deepStrictEqual(json.error, {
      code: "origin_not_allowed",
      message:
        `A page of ${origin} may not use the mock server, expected one of this machine: ` +
        "start it with allowedOrigins (--allow-origin)."
    })
    const { ask } = server.site()
    assert.isNull((await ask(list, { headers: { origin } })).headers.get("access-control-allow-origin"))
  })

  it("may be of any origin, where all are allowed", async () => {
    const open = await start({ allowedOrigins: ["*"] })
    for (const origin of ofOthers) {
      const { headers, status } = await open.site().ask(list, { method: "OPTIONS", headers: { origin, ...asks } })
      assert.deepStrictEqual([status, headers.get("access-control-allow-origin")], [204, origin])
    }
    await open.close()
  })

  it("leaves no trace of its preflight: no world, no request, no fault, no attempt", async () => {
    const { clock, world } = server.site()
    world.useFaults(Fault.plan(Fault.on("*", Fault.answer(503))))
    const before = world.save()
    const worlds = server.app.mock.worlds.all.length
    const [origin = ""] = ofThisMachine
    for (const token of [tokenOf(world.name, "owner"), "mock_never-made_owner"]) {
      const headers = { ...asks, authorization: token }
      for (const path of [list, `/w/${world.name}${list}`]) {
        assert.strictEqual((await options(preflight(path, origin, headers))).status, 204)
      }
    }
    clock.now += 0
    assert.deepStrictEqual(world.save(), before)
    assert.lengthOf(server.app.mock.worlds.all, worlds + 4) // those of `options`
    assert.isUndefined(server.app.mock.worlds.get("never-made"))
    assert.deepStrictEqual(world.judge(), [])
  })

  it("reads each answer, with any status", async () => {
    const { ask, world } = server.site()
    const [origin = ""] = ofThisMachine
    world.useFaults(Fault.plan(Fault.on("ping", Fault.answer(503)), Fault.on("getJobById", Fault.redirect("loop"))))
    const cases: ReadonlyArray<readonly [path: string, status: number, ask?: Ask]> = [
      [list, 200],
      ["/v0/workflows/wf-none/jobs", 404],
      ["/no/operation", 404],
      ["/%", 400],
      [list, 403, { token: null }],
      [list, 401, { token: "x" }],
      ["/ping", 503],
      [`${list}/job-done`, 302],
      [`${list}?project_id=p`, 400, { method: "POST", body: "{}" }]
    ]
    for (const [path, status, more = {}] of cases) {
      const { headers, ...answer } = await ask(path, { ...more, headers: { origin } })
      assert.strictEqual(answer.status, status, path)
      assert.strictEqual(headers.get("access-control-allow-origin"), origin, path)
      assert.strictEqual(headers.get("access-control-expose-headers"), "*", path)
      assert.isNull(headers.get("access-control-allow-credentials"))
    }
  })

  it("fetches packages, with ranges and without", async () => {
    const { ask, clock } = server.site()
    const [origin = ""] = ofThisMachine
    const download = () => ask(`${list}/job-done/download`, { method: "PUT" })
    await download()
    clock.now += 60_000
    const { signed_url } = (await download()).json
    const asked = await fetch(signed_url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET", "access-control-request-headers": "range" }
    })
    assert.deepStrictEqual([asked.status, asked.headers.get("access-control-allow-headers")], [204, "range"])
    for (const [headers, status] of [
      [{ origin }, 200],
      [{ origin, range: "bytes=0-9" }, 206],
      [{ origin, range: "bytes=99999999-" }, 416]
    ] as const) {
      const answer = await fetch(signed_url, { headers })
      assert.deepStrictEqual([answer.status, answer.headers.get("access-control-allow-origin")], [status, origin])
      await answer.arrayBuffer()
    }
    const evil = await fetch(signed_url, { headers: { origin: "https://evil.test" } })
    assert.isNull(evil.headers.get("access-control-allow-origin"))
    await evil.arrayBuffer()
    const refused = await fetch(signed_url, {
      method: "OPTIONS",
      headers: { origin: "https://evil.test/<&", "access-control-request-method": "GET" }
    })
    assert.strictEqual(refused.status, 403)
    assert.include(await refused.text(), "A page of https://evil.test/&lt;&amp; may not use the mock server")
  })

  it.each([...ofThisMachine, "https://app.test"])("of %s has no part in the admin routes", async (origin) => {
    for (const path of ["/__mock/v1/worlds", "/w/x/__mock/v1/worlds"]) {
      const asked = await options(preflight(path, origin))
      const sent = await server.site().ask(path, { token: "Bearer t", headers: { origin } })
      assert.deepStrictEqual([asked.status, sent.status], [404, 403])
      for (const { headers } of [asked, sent]) assert.isNull(headers.get("access-control-allow-origin"))
    }
  })

  it("is nothing to clients that are none", async () => {
    const { ask, world } = server.site()
    const { headers } = await ask(list)
    assert.deepStrictEqual([headers.get("access-control-allow-origin"), headers.get("vary")], [null, null])
    const plain = await ask(list, { method: "OPTIONS" })
    assert.strictEqual(plain.status, 404)
    assert.deepStrictEqual(world.leftovers, [`#2 OPTIONS ${list} matches no operation`])
  })
})

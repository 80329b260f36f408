/** A request to a proxy names the origin too (RFC 9112, section 3.2.2): it means the same as one without. */
import { connect } from "node:net"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { tokenOf } from "../../src/core/Token.js"
import { rawRequest, type Server, start } from "./harness.js"

describe("a request in absolute form", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ admin: { token: "t", hosts: ["mock.test"] } })
  })
  afterAll(() => server.close())

  it.each([
    "http://api.pixxel.space",
    "http://mock:4010",
    "https://mock",
    "HTTP://MOCK",
    "http://[::1]:4010",
    "http://user@mock"
  ])("of %s has the answer of its path", async (origin) => {
    const { world } = server.site()
    const headers = { authorization: tokenOf(world.name, "owner") }
    for (const path of [
      "/v0/workflows/wf-crop/jobs",
      `/w/${world.name}/v0/workflows/wf-crop/jobs`,
      "/v0/workflows?project_id=http://elsewhere/v0"
    ]) {
      const expected = await rawRequest(server.url, path, { headers })
      assert.strictEqual(expected.status, 200)
      assert.deepStrictEqual(await rawRequest(server.url, origin + path, { headers }), expected)
      const [entry, other] = world.journal.entries.slice(-2)
      assert.deepStrictEqual(other?.path, entry?.path)
      assert.deepStrictEqual(other?.operation, entry?.operation)
    }
  })

  it("without a path is for the root", async () => {
    for (const target of ["http://mock", "http://mock?x=1"]) {
      const { body, status } = await rawRequest(server.url, target)
      assert.strictEqual(status, 404)
      assert.include(JSON.parse(body).error.message, "GET / is no operation")
    }
  })

  it("leads to a package as well", async () => {
    const { ask, clock, world } = server.site()
    const download = () => ask("/v0/workflows/wf-crop/jobs/job-done/download", { method: "PUT" })
    await download()
    clock.now += 60_000
    const { signed_url } = (await download()).json
    const { pathname, search } = new URL(signed_url)
    const { status } = await rawRequest(await server.app.mock.storageUrl(), `http://bucket.test${pathname}${search}`)
    assert.strictEqual(status, 200)
    assert.strictEqual(world.journal.entries.at(-1)?.operation, "getPackage")
  })

  it("is for the host that it names, with any Host header", async () => {
    const admin = { authorization: "Bearer t" }
    const statusOf = async (target: string, host: string) =>
      (await rawRequest(server.url, target, { headers: { ...admin, host } })).status
    assert.strictEqual(await statusOf("http://mock.test/__mock/v1/worlds", "evil.test"), 200)
    assert.strictEqual(await statusOf("http://evil.test/__mock/v1/worlds", "mock.test"), 403)
    assert.strictEqual(await statusOf("http://mock.test@evil.test/__mock/v1/worlds", "mock.test"), 403)
  })

  it("is not made of a path that only looks like one", async () => {
    const { hostname, port } = new URL(server.url)
    for (const target of ["/http://mock/ping", "//mock/ping", "ftp://mock/ping"]) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(`GET ${target} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n`)
        })
        socket.once("data", (head) => resolve(String(head)))
      })
      assert.match(answer, /^HTTP\/1\.1 40[04] /, target)
    }
  })
})

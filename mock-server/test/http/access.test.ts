import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { HandClock, rawRequest, type Server, start } from "./harness.js"

const secret = "sk_live_4242_do_not_show"

describe("access", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  const create = { method: "POST" }
  const createPath = "/v0/workflows/wf-crop/jobs?project_id=p"

  describe("accepts a token", () => {
    for (const form of ["", "Bearer ", "bearer ", "BEARER  "]) {
      it(`as ${JSON.stringify(`${form}<token>`)}`, async () => {
        const { ask, world } = server.site()
        const { status } = await ask("/v0/workflows", { token: `${form}mock_${world.name}_owner` })
        assert.strictEqual(status, 200)
      })
    }
  })

  const refused: ReadonlyArray<readonly [what: string, token: (world: string) => string | null, status: number]> = [
    ["no token", () => null, 403],
    ["an empty token", () => "", 403],
    ["an expired token", (world) => `mock_${world}_expired`, 403],
    ["a revoked token", (world) => `Bearer mock_${world}_revoked`, 403],
    ["a scheme without a token", () => "Bearer", 401],
    ["a double prefix", (world) => `Bearer Bearer mock_${world}_owner`, 401],
    ["another scheme", () => "Basic bW9jazptb2Nr", 401],
    ["a token without a role", (world) => `mock_${world}`, 401],
    ["an unknown role", (world) => `mock_${world}_admin`, 401],
    ["a world that does not exist", () => "mock_nowhere_owner", 401],
    ["a world's name in capitals", (world) => `mock_${world.toUpperCase()}_owner`, 401],
    ["a token of another kind", () => secret, 401]
  ]
  for (const [what, token, status] of refused) {
    it(`answers ${status} to ${what}`, async () => {
      const { ask, world } = server.site()
      const answer = await ask("/v0/workflows", { token: token(world.name) })
      assert.strictEqual(answer.status, status)
      assert.strictEqual(answer.json.error.code, status === 401 ? "unauthorized" : "forbidden")
      assert.isString(answer.json.error.message)
    })
  }

  it("lets a viewer read, but not run", async () => {
    const { ask, world } = server.site("viewer")
    const before = world.drawers.jobs.of("wf-crop").length
    assert.strictEqual((await ask("/v0/workflows/wf-crop/jobs")).status, 200)
    const answer = await ask(createPath, create)
    assert.strictEqual(answer.status, 403)
    assert.include(answer.json.error.message, "viewer")
    assert.lengthOf(world.drawers.jobs.of("wf-crop"), before)
  })

  it("needs no token for a ping", async () => {
    const { ask } = server.site()
    const answer = await ask("/ping", { token: null })
    assert.strictEqual(answer.status, 200)
    assert.isString(answer.json)
  })

  describe("of a base URL with a prefix", () => {
    it("selects the world by the prefix", async () => {
      const { ask, world } = server.site()
      const { status } = await ask(`/w/${world.name}/v0/workflows`)
      assert.strictEqual(status, 200)
      assert.strictEqual(world.journal.count, 1)
    })

    it("reads a prefix only at the beginning of the path", async () => {
      const { ask, world } = server.site()
      const other = server.site()
      const { status } = await ask(`/v0/w/${other.world.name}/workflows`)
      assert.deepStrictEqual([status, world.journal.count, other.world.journal.count], [404, 1, 0])
    })

    it("refuses another world's token, and journals the request in the world of the prefix", async () => {
      const one = server.site()
      const other = server.site()
      const { status } = await one.ask(`/w/${one.world.name}/v0/workflows`, {
        token: `mock_${other.world.name}_owner`
      })
      assert.strictEqual(status, 401)
      assert.deepStrictEqual([one.world.journal.count, other.world.journal.count], [1, 0])
    })
  })

  it("never stores, shows or repeats any part of a foreign token", async () => {
    const { ask, world } = server.site()
    const answers = [
      await ask(`/w/${world.name}/v0/workflows`, { token: secret }),
      await ask(`/w/${world.name}/v0/workflows?token=${secret}&limit=x`, { token: `Bearer ${secret}` }),
      await ask(`/w/${world.name}/nothing?token=${secret}`, { token: secret })
    ]
    assert.deepStrictEqual(
      answers.map(({ status }) => status),
      [401, 401, 404]
    )
    const kept = JSON.stringify([answers.map(({ headers, text }) => [text, [...headers]]), world.journal.entries])
    assert.notInclude(kept, secret)
    assert.deepStrictEqual(
      world.journal.entries.map(({ credential }) => credential),
      ["refused", "refused", "refused"]
    )
  })

  it("never stores a token of its own", async () => {
    const { ask, world } = server.site()
    await ask("/v0/workflows")
    assert.notInclude(JSON.stringify(world.journal.entries), `mock_${world.name}`)
  })

  describe("of a world that does not exist yet", () => {
    it("is given with its first token, if worlds are created on first use", async () => {
      const clock = new HandClock()
      const open = await start({ creation: "onFirstUse", clock: () => clock })
      const headers = { authorization: "mock_brand-new_owner" }
      const guessed = await rawRequest(open.url, "/w/guessed/v0/workflows")
      const answer = await rawRequest(open.url, "/v0/workflows", { headers })
      assert.deepStrictEqual([guessed.status, answer.status], [403, 200])
      assert.isDefined(open.app.mock.worlds.get("brand-new"))
      assert.isUndefined(open.app.mock.worlds.get("guessed"))
      await open.close()
    })
  })
})

import { connect } from "node:net"
import { assert, describe, it } from "vitest"
import { buildServer } from "../../src/server.js"
import { fixtures } from "./fixtures.js"
import { HandClock, start } from "./harness.js"

describe("a server", () => {
  it("closes both of its origins, even with open connections", async () => {
    const { app, close, url } = await start()
    const origins = [url, await app.mock.storageUrl()]
    const ended = origins.map((origin) => {
      const { hostname, port } = new URL(origin)
      const socket = connect(Number(port), hostname, () => socket.write("GET /ping HTTP/1.1\r\nhost: x\r\n"))
      return new Promise<void>((resolve) => socket.on("close", () => resolve()).on("error", () => {}))
    })
    await Promise.all(origins.map((origin) => fetch(`${origin}/ping`).then((response) => response.text())))
    await close()
    await Promise.all(ended)
    assert.deepStrictEqual([app.server.listening, app.mock.storage.server.listening], [false, false])
  })

  it("describes the API without a token, also below the base URL of a world", async () => {
    const { close, url } = await start()
    for (const path of ["/openapi.json", "/w/some-world/openapi.json"]) {
      const response = await fetch(url + path)
      const described = (await response.json()) as { readonly openapi: string; readonly paths: object }
      assert.deepStrictEqual([response.status, described.openapi], [200, "3.1.0"])
      assert.property(described.paths, "/v0/workflows/{workflow_id}/jobs/{job_id}")
    }
    await close()
  })

  it("binds its second origin to the address of the first", async () => {
    const { app, close } = await start()
    assert.strictEqual(new URL(await app.mock.storageUrl()).hostname, "127.0.0.1")
    await close()
  })

  it("answers an internal error with a 500 without the reason, and reports it to its builder", async () => {
    const defects: Array<unknown> = []
    const server = await start({ onDefect: (error) => defects.push(error) })
    const { ask, world } = server.site()
    const broken = new Error("secret reason")
    Object.defineProperty(world.drawers.jobs, "of", {
      value: () => {
        throw broken
      }
    })
    const { json, status, text } = await ask("/v0/workflows/wf-crop/jobs")
    assert.deepStrictEqual([status, json.error.code], [500, "internal"])
    assert.notInclude(text, "secret reason")
    assert.deepStrictEqual(defects, [broken])
    await server.close()
  })

  describe("'s worlds", () => {
    const { worlds } = buildServer({ fixtures, creation: "explicit" }).mock
    const clock = new HandClock()

    it("have unique names", () => {
      worlds.create("twice", { clock })
      assert.throws(() => worlds.create("twice", { clock }), RangeError)
      for (const name of ["", "UPPER", "under_score", "a/b", "x".repeat(65)]) {
        assert.throws(() => worlds.create(name, { clock }), RangeError, name)
      }
    })

    it("are gone when they are dropped", () => {
      worlds.create("dropped", { clock })
      assert.isTrue(worlds.drop("dropped"))
      assert.isUndefined(worlds.get("dropped"))
      assert.isUndefined(worlds.find("dropped"))
    })

    it("refuse an unknown story", () => {
      const world = worlds.create("queue", { clock })
      assert.throws(() => world.enqueue("no-such-story"), RangeError)
    })

    it("keep only the last requests", () => {
      const { journal } = worlds.create("journal", { clock })
      const arrival = {
        time: 0,
        origin: "api" as const,
        operation: "ping",
        subject: "",
        method: "GET",
        route: "/ping",
        path: "/ping",
        ids: {},
        query: {},
        headers: {},
        received: 0,
        world: "journal",
        credential: { kind: "missing" } as const
      }
      for (let i = 0; i < 10_001; i++) journal.arrived(arrival)
      assert.deepStrictEqual([journal.count, journal.entries.length, journal.entries[0]?.seq], [10_001, 10_000, 2])
    })
  })
})

/** `buildServer` for programs without Effect: what its module loads, and options by name. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, assert, describe, it } from "vitest"
import { RealClock } from "../src/clock/RealClock.js"
import * as server from "../src/server.js"
import { type BuiltApp, buildServer, type ServerOptions, tokenOf } from "../src/server.js"
import { fixtures } from "./http/fixtures.js"

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

/** All packages that a module and its imports name, in values and in types. */
const packagesOf = (entry: string): ReadonlySet<string> => {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, "utf8")
    // the lines of comments are no imports
    for (const [, name = ""] of text.matchAll(/^(?! *\*)(?:.*\bfrom |import |.*\bimport\()"([^"]+)"/gm)) {
      if (name.startsWith(".")) visit(join(dirname(file), name.replace(/\.js$/, ".ts")))
      else packages.add(name)
    }
  }
  visit(source(entry))
  return packages
}

describe("the module of buildServer", () => {
  it("imports no Effect, neither as a value nor as a type", () => {
    const packages = [...packagesOf("server.ts")].filter((name) => !name.startsWith("node:"))
    assert.sameMembers(packages, ["fastify", "jsonc-parser", "typebox/type"])
    assert.isTrue(packagesOf("MockServer.ts").has("effect/Effect")) // the walk finds effect where it is used
  })

  it("is named in the documentation, and in the exports of the package", () => {
    const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")
    assert.property(JSON.parse(read("../package.json")).exports, "./server")
    const line = 'import { buildServer, tokenOf } from "@effect-pixxel/mock-server/server"'
    assert.include(read("../src/server.ts"), line)
    assert.containsAllKeys(server, ["buildServer", "tokenOf", "RealClock", "VirtualTime", "Fault", "FixtureError"])
  })
})

describe("a server whose clock has a name", () => {
  const open: Array<BuiltApp> = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()))
  })

  const build = (options: ServerOptions) => {
    const app = buildServer({ fixtures, ...options })
    open.push(app)
    return app
  }

  /** A new job of a world, and its present form. */
  const jobOf = async (app: BuiltApp, world: string) => {
    const headers = { authorization: `Bearer ${tokenOf(world, "owner")}` }
    const url = "/v0/workflows/wf-crop/jobs"
    const created = await app.inject({ method: "POST", url: `${url}?project_id=p`, headers })
    const { id } = created.json<{ readonly id: string }>()
    return async () => (await app.inject({ url: `${url}/${id}`, headers })).json<{ readonly status: string }>().status
  }

  for (const clock of ["manual", "auto"] as const) {
    it(`stands still until it is advanced: ${clock}`, async () => {
      const app = build({ clock })
      const status = await jobOf(app, "one")
      assert.strictEqual(await status(), "running")
      await app.mock.advance("one", "20s")
      assert.strictEqual(await status(), "running")
      await app.mock.advance("one", 10_000)
      assert.strictEqual(await status(), "completed")
    })
  }

  it("goes its own way in each world", async () => {
    const app = build({ clock: "manual" })
    const [one, other] = [await jobOf(app, "one"), await jobOf(app, "other")]
    await app.mock.advance("one", "1h")
    assert.deepStrictEqual([await one(), await other()], ["completed", "running"])
  })

  it("passes over latencies: auto", async () => {
    const app = build({ clock: "auto", faults: { rules: [{ on: "ping", do: { latency: "1h" } }] } })
    const headers = { authorization: tokenOf("one", "owner") }
    const before = app.mock.worlds.find("one")?.clock.now ?? 0
    assert.strictEqual((await app.inject({ url: "/ping", headers })).statusCode, 200)
    assert.strictEqual((app.mock.worlds.find("one")?.clock.now ?? 0) - before, 3_600_000)
  })

  it("is real time, also faster, by default", () => {
    for (const options of [{}, { clock: "real" }, { clock: "real", speed: 60 }, { speed: 60 }] as const) {
      assert.instanceOf(build(options).mock.worlds.find("one")?.clock, RealClock)
    }
  })

  it("is made by a function too", () => {
    const clock = new RealClock()
    assert.strictEqual(build({ clock: () => clock }).mock.worlds.find("one")?.clock, clock)
  })

  it("ends with its world", () => {
    const { worlds } = build({ clock: "manual" }).mock
    const ended: Array<string> = []
    for (const world of [worlds.find("found"), worlds.create("created", { clock: "manual" })]) {
      const clock = world?.clock
      assert(clock)
      Object.assign(clock, { dispose: () => ended.push(String(world?.name)) })
      worlds.drop(String(world?.name))
    }
    assert.deepStrictEqual(ended, ["found", "created"])
  })

  it("is another one after a reset", async () => {
    const { advance, worlds } = build({ clock: "manual" }).mock
    const began = worlds.create("again", { clock: "manual" }).clock.now
    await advance("again", "1h")
    assert.strictEqual(worlds.get("again")?.clock.now, began + 3_600_000)
    assert.strictEqual(worlds.reset("again")?.clock.now, began)
  })

  it("is shown by the admin routes", async () => {
    const app = build({ clock: "auto", admin: { token: "t" } })
    for (const clock of ["real", "auto", "manual"] as const) app.mock.worlds.create(clock, { clock })
    const headers = { authorization: "Bearer t", host: "localhost" }
    const shown = await app.inject({ url: "/__mock/v1/worlds", headers })
    assert.deepStrictEqual(
      shown
        .json<{ readonly worlds: ReadonlyArray<Record<string, unknown>> }>()
        .worlds.map(({ clock, name }) => [name, clock]),
      [
        ["real", "real"],
        ["auto", "auto"],
        ["manual", "manual"]
      ]
    )
  })

  describe("refuses", () => {
    /** Programs without types say anything. */
    const wrong = (options: Record<string, unknown>) => () => buildServer({ fixtures, ...options } as ServerOptions)

    it.each([
      ["manul", /^clock is "manul": expected "real", "auto", "manual", or a function .* \(did you mean "manual"\?\)$/],
      ["", /^clock is "": expected/],
      ["followTestClock", /^clock is "followTestClock": expected/],
      ["constructor", /^clock is "constructor": expected/]
    ])("the clock %j", (clock, message) => {
      assert.throws(wrong({ clock }), RangeError, message)
      assert.throws(wrong({ clock, creation: "explicit" }), RangeError, message)
      const { worlds } = buildServer({ fixtures, creation: "explicit" }).mock
      assert.throws(() => worlds.create("one", { clock: clock as "real" }), RangeError, message)
    })

    it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9])("the speed %d", (speed) => {
      assert.throws(wrong({ speed }), RangeError, /^speed is .*: expected a number above 0/)
    })

    it.each(["soon", "", "10", "-1s", -1, Number.NaN, Number.POSITIVE_INFINITY])("to advance by %j", async (by) => {
      const failure = await build({ clock: "manual" })
        .mock.advance("one", by)
        .then(() => undefined, String)
      assert.match(String(failure), /^RangeError: advance is .*: expected milliseconds, or a duration such as "500ms"/)
    })

    it.each(["real", "auto", "manual"] as const)("to advance beyond the year 9999: %s", async (clock) => {
      for (const by of ["99999999h", 1e300]) {
        const failure = await build({ clock })
          .mock.advance("one", by)
          .then(() => undefined, String)
        assert.match(String(failure), /^RangeError: advance by .* ms: expected no further than the year 9999$/)
      }
    })

    it("to advance beyond the cap of virtual time", async () => {
      const failure = await build({ clock: "auto" })
        .mock.advance("one", "200h")
        .then(() => undefined, String)
      assert.match(String(failure), /^VirtualTimeExceeded/)
    })

    it("to advance a world that does not exist", async () => {
      const { advance } = build({ creation: "explicit" }).mock
      const failure = await advance("one", "1s").then(() => undefined, String)
      assert.strictEqual(failure, 'RangeError: there is no world "one" to advance')
    })
  })
})

/** The line of each preset for the command line, for HTTP and for a test: each makes the world that it names. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { bundled } from "../../vitest.program.js"
import { shippedFixtures } from "../src/fixtures/load.js"
import { MockServer } from "../src/MockServer.js"
import { HandClock, type Server, start } from "./http/harness.js"
import { bodyOf, createJob } from "./jobs.js"
import { presets } from "./presets.js"

const bin = bundled(new URL("../src/bin.ts", import.meta.url))
const workflow = "wf-crop-classification"

describe("the presets", () => {
  const children: Array<ChildProcess> = []
  let server: Server
  beforeAll(async () => {
    server = await start({ admin: { token: "secret" }, fixtures: shippedFixtures() })
  })
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL")
    await server.close()
  })

  /** Makes a world with this scenario, and returns its first job as answered. */
  const expected = (scenario: string) => {
    const world = server.app.mock.worlds.create(`expected-${scenario}`, { clock: new HandClock(), scenario })
    const job = createJob(world, workflow)
    return { world, body: job && bodyOf(world, job) }
  }

  it("are the shipped scenarios, each with a description", () => {
    assert.sameMembers(
      presets.map(({ name }) => name),
      [...shippedFixtures().scenarios.keys()]
    )
    for (const { about } of presets) assert.isNotEmpty(about)
  })

  it.effect.each(presets)("are one line in a test: $test", ({ name, test }) =>
    Effect.gen(function* () {
      const { baseUrl, faults, fetch, token } = yield* MockServer
      const { body, world } = expected(name)
      const init = { method: "POST", headers: { authorization: Redacted.value(token) } }
      const url = `${baseUrl}/v0/workflows/${workflow}/jobs?project_id=p`
      assert.deepStrictEqual((yield* faults.fired).length, world.faults.fired.length)
      const created = yield* Effect.promise(() => fetch(url, init).then((response): Promise<object> => response.json()))
      // a slow preset answers later than it creates
      assert.deepStrictEqual(Object.keys(created), Object.keys(body ?? {}))
      if (name !== "brownout") assert.deepStrictEqual(created, body)
    }).pipe(
      Effect.provide(new Function("MockServer", `return ${test}`)(MockServer) as ReturnType<typeof MockServer.layer>)
    )
  )

  it.each(presets)("are one request: $http", async ({ http, name }) => {
    const [, method = "", path = "", body = ""] = /^(\w+) (\S+) (.*)$/.exec(http) ?? []
    const headers = { authorization: "Bearer secret", "content-type": "application/json" }
    const response = await fetch(server.url + path, { method, body, headers })
    assert.strictEqual(response.status, 201)
    const made = server.app.mock.worlds.get(((await response.json()) as { readonly name: string }).name)
    const { worlds } = server.app.mock
    const wanted = worlds.get(`expected-${name}`) ?? expected(name).world
    assert.deepStrictEqual([made?.quirks, made?.faults.fired], [wanted.quirks, wanted.faults.fired])
  })

  it.each(presets)("are one command: $commandLine", async ({ commandLine }) => {
    const [npx, command, ...args] = commandLine.split(" ")
    assert.deepStrictEqual([npx, command], ["npx", "@effect-pixxel/mock-server"])
    const child = spawn(process.execPath, [bin, ...args, "--port", "0"])
    children.push(child)
    const [said] = await Promise.race([once(child.stdout, "data"), once(child, "close")])
    assert.match(String(said), /^listening on http/)
  })
})

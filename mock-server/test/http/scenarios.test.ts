/** Scenarios of worlds, and the precedence of their options. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import type { FixtureSet } from "../../src/core/Fixture.js"
import { grantOf } from "../../src/core/Rights.js"
import { type Scenario, ScenarioError } from "../../src/core/Scenario.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { beginningOf } from "../../src/fixtures/named.js"
import { buildServer, type ServerOptions } from "../../src/server.js"
import type { WorldOptions } from "../../src/Worlds.js"
import { createJob } from "../jobs.js"
import { fixtures } from "./fixtures.js"
import { HandClock } from "./harness.js"

const refusing = (status: number) => ({ rules: [{ on: "ping" as const, do: { answer: { status } } }] })

const serverOf = (options: ServerOptions = {}) => buildServer({ fixtures, clock: () => new HandClock(), ...options })

/** Makes a world of a new server. */
const worldOf = (options: Omit<WorldOptions, "clock">, server: ServerOptions = {}) =>
  serverOf(server).mock.worlds.create("w", { clock: new HandClock(), ...options })

/** Returns the fault of a ping in a world. */
const pingOf = (world: ReturnType<typeof worldOf>) =>
  world.faults.decide({ operation: "ping", subject: "", age: undefined }, world.clock.now).fault?.effect.answer?.status

const statuses = (world: ReturnType<typeof worldOf>, workflow: string, count: number) =>
  Array.from({ length: count }, () => {
    const job = createJob(world, workflow)
    return job && world.drawers.jobs.view(job, world.clock.now).status
  })

describe("a scenario", () => {
  it("queues its stories in order, before the workflow's own", () => {
    const world = worldOf({ scenario: { stories: ["instant", "polled", { story: "instant" }] } })
    assert.deepStrictEqual(statuses(world, "wf-crop", 5), ["completed", "running", "completed", "running", "running"])
  })

  it("may assign a story to a workflow other than its own", () => {
    const world = worldOf({ scenario: { stories: [{ story: "instant", workflow: "wf-storyless" }] } })
    assert.deepStrictEqual(statuses(world, "wf-storyless", 2), ["completed", undefined])
    assert.deepStrictEqual(statuses(world, "wf-crop", 1), ["running"])
  })

  it("has faults, quirks, tokens and a seed", () => {
    const scenario: Scenario = {
      faults: refusing(503),
      quirks: { unknownIds: 400 },
      tokens: { guest: { "*": "viewer" } },
      seed: "mine"
    }
    const world = worldOf({ scenario })
    assert.deepStrictEqual(
      [pingOf(world), world.quirks.unknownIds, grantOf(world.tokens, "guest"), world.seed],
      [503, 400, { "*": "viewer" }, "mine"]
    )
  })

  it("yields to the world's own options", () => {
    const scenario: Scenario = {
      faults: refusing(503),
      quirks: { unknownIds: 400, emptyLists: "null", everyStory: { unset: "zero", progress: "plain" } },
      tokens: { guest: { "*": "viewer" }, other: "revoked" },
      seed: "the scenario's"
    }
    const world = worldOf({
      scenario,
      faults: refusing(429),
      quirks: { unknownIds: 403, everyStory: { progress: "number" } },
      tokens: { guest: "expired" },
      seed: "the world's"
    })
    assert.deepStrictEqual([pingOf(world), world.seed], [429, "the world's"])
    assert.deepInclude(world.quirks, { unknownIds: 403, emptyLists: "null" })
    assert.deepInclude(world.quirks.everyStory, { unset: "zero", progress: "number" })
    assert.deepStrictEqual([grantOf(world.tokens, "guest"), grantOf(world.tokens, "other")], ["expired", "revoked"])
  })

  const mine: FixtureSet = {
    ...fixtures,
    faults: new Map([["flaky", refusing(418)]]),
    scenarios: new Map<string, Scenario>([
      ["zero-values", { seed: "of my own" }],
      ["mine", { faults: "flaky" }]
    ])
  }

  it("is looked up in the fixtures first, and so is its fault plan", () => {
    assert.strictEqual(worldOf({ scenario: "zero-values" }, { fixtures: mine }).seed, "of my own")
    assert.strictEqual(pingOf(worldOf({ scenario: "mine" }, { fixtures: mine })), 418)
  })

  it("of the shipped ones is available with any fixtures", () => {
    assert.strictEqual(worldOf({ scenario: "legacy-shapes" }, { fixtures: mine }).quirks.errorType, "image/png")
  })

  it("that is invalid makes no world, and is reported with all problems", () => {
    const { worlds } = serverOf().mock
    const scenario: Scenario = { stories: ["corp"], faults: "flakey", tokens: { "A B": "expired" } }
    assert.throws(
      () => worlds.create("w", { clock: new HandClock(), scenario }),
      ScenarioError,
      `the scenario cannot be used
tokens["A B"]: found the key "A B", expected a name of 1 to 64 of a-z, 0-9 and -
stories[0]: found "corp", expected the name of a story: "crop", "instant", "polled" (did you mean "crop"?)
faults: found "flakey", expected the name of a fault plan: "flaky", "brownout", "eventually-consistent", "lossy-download", "throttled" (did you mean "flaky"?)`
    )
    assert.isUndefined(worlds.get("w"))
  })
})

describe("the scenario that the documentation shows", () => {
  it("can be used", () => {
    const page = readFileSync(new URL("../../../docs/mock-server.md", import.meta.url), "utf8")
    const [, shown = ""] = /## Fixtures and scenarios\n[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? []
    const scenario: Scenario = JSON.parse(shown)
    assert.doesNotThrow(() => beginningOf(shippedFixtures(), scenario))
    assert.isNotEmpty(scenario.stories)
  })
})

describe("a server's scenario", () => {
  const scenario: Scenario = {
    stories: ["instant"],
    faults: refusing(503),
    quirks: { unknownIds: 400 },
    seed: "the scenario's"
  }

  it("applies to every world: on first use, on creation, and on reset", () => {
    const { worlds } = serverOf({ scenario }).mock
    const begun = [worlds.find("walk-in"), worlds.create("made", { clock: new HandClock() })]
    for (const world of [...begun, worlds.reset("walk-in")]) {
      if (world === undefined) throw new Error("there is one")
      assert.deepStrictEqual([pingOf(world), world.quirks.unknownIds, world.seed], [503, 400, "the scenario's"])
      assert.deepStrictEqual(statuses(world, "wf-crop", 2), ["completed", "running"])
    }
  })

  it("yields to a world's own, except for faults and seed that this one lacks", () => {
    const world = worldOf({ scenario: { quirks: { emptyLists: "null" } } }, { scenario })
    assert.deepStrictEqual(world.quirks, { emptyLists: "null" })
    assert.deepStrictEqual(statuses(world, "wf-crop", 1), ["running"])
    assert.deepStrictEqual([pingOf(world), world.seed], [503, "the scenario's"])
  })

  it("yields to the server's own options", () => {
    const world = worldOf({}, { scenario, faults: refusing(429), seed: "the server's" })
    assert.deepStrictEqual([pingOf(world), world.seed, world.quirks.unknownIds], [429, "the server's", 400])
  })

  it("that does not exist fails the server", () => {
    assert.throws(() => serverOf({ scenario: "zero" }), ScenarioError, 'found "zero", expected the name of a scenario')
  })
})

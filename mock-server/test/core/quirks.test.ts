/** Quirks of a story over those of its world, and what becomes of a job. */
import { assert, describe, it } from "vitest"
import type { FixtureSet, JobFixture, Quirks, WorldQuirks } from "../../src/core/Fixture.js"
import { mergeQuirks, mergeWorldQuirks } from "../../src/core/Quirks.js"
import { World } from "../../src/core/World.js"
import { HandClock } from "../http/harness.js"

describe("quirks over others", () => {
  const rows: ReadonlyArray<readonly [what: string, under: Quirks, over: Quirks, merged: Quirks]> = [
    ["what only one of them says", { unset: "zero" }, { progress: "plain" }, { unset: "zero", progress: "plain" }],
    ["the nearer one", { unset: "zero" }, { unset: "omit" }, { unset: "omit" }],
    [
      "each word by itself",
      { taskStatus: { created: "new", failed: "bad" }, jobStatus: { queued: "NEW", failed: "ERROR" } },
      { taskStatus: { failed: "FAILED" }, jobStatus: { failed: "FAILED" } },
      { taskStatus: { created: "new", failed: "FAILED" }, jobStatus: { queued: "NEW", failed: "FAILED" } }
    ],
    ["each field by itself", { set: { cost: 1, price: 1 } }, { set: { cost: 2 } }, { set: { cost: 2, price: 1 } }],
    ["all that is left out", { omit: ["cost"] }, { omit: ["spec"] }, { omit: ["cost", "spec"] }],
    ["what is written though the other leaves it out", { omit: ["cost"] }, { set: { cost: 2 } }, { set: { cost: 2 } }],
    ["what is left out though the other writes it", { set: { cost: 1 } }, { omit: ["cost"] }, { omit: ["cost"] }]
  ]
  it.each(rows)("have %s", (_, under, over, merged) => {
    const empty = { taskStatus: {}, jobStatus: {}, omit: [], set: {} }
    assert.deepStrictEqual(mergeQuirks(under, over), { ...empty, ...merged })
  })

  it("are merged for a world as they are for a story", () => {
    const under: WorldQuirks = { unknownIds: 403, everyStory: { set: { cost: 1 } } }
    const { everyStory, ...rest } = mergeWorldQuirks(under, { unknownIds: 400, everyStory: { set: { price: 2 } } })
    assert.deepStrictEqual(rest, { unknownIds: 400 })
    assert.deepStrictEqual(everyStory?.set, { cost: 1, price: 2 })
    assert.deepStrictEqual(mergeWorldQuirks(under, {}).everyStory?.set, { cost: 1 })
    assert.deepStrictEqual(mergeWorldQuirks(undefined, { everyStory: { unset: "zero" } }), {
      everyStory: { unset: "zero" }
    })
  })
})

describe("a world whose stories all have quirks", () => {
  const plain: JobFixture = { kind: "job", source: "made up", workflow: "w", cost: 7, tasks: [] }
  const own: JobFixture = { ...plain, quirks: { progress: "number" } }
  const recorded: JobFixture = { ...plain, frames: [{ at: "0s", body: { id: "seen", progress: "1%" } }] }
  const fixtures: FixtureSet = {
    jobs: new Map(Object.entries({ plain, own, recorded })),
    workflows: new Map([["w", { kind: "workflow", source: "made up", id: "w", story: "plain" }]]),
    errors: new Map(),
    faults: new Map(),
    scenarios: new Map()
  }
  const world = new World({
    name: "w",
    seed: "s",
    clock: new HandClock(),
    storageUrl: undefined,
    fixtures,
    tokens: {},
    quirks: { everyStory: { progress: "plain", omit: ["cost"], jobStatus: { queued: "NEW" } } }
  })
  const created = (story: string) => {
    world.enqueue(story)
    const job = world.createJob("w")
    if (job === undefined) throw new Error("there is a story")
    return job
  }

  it("writes a story without quirks with them", () => {
    const job = created("plain")
    assert.deepInclude(world.body(job), { progress: "0", status: "NEW" })
    assert.notProperty(world.body(job), "cost")
    assert.deepInclude(world.listItem(job), { progress: "0", status: "NEW" })
    assert.strictEqual(world.status(job), "NEW")
  })

  it("leaves a story its own", () => {
    const job = created("own")
    assert.deepInclude(world.body(job), { progress: 0, status: "NEW" })
    assert.notProperty(world.body(job), "cost")
  })

  it("writes a recorded one as it was seen", () => {
    const job = created("recorded")
    assert.deepStrictEqual(world.body(job), { id: job.identity.id, progress: "1%" })
    assert.deepStrictEqual(job.quirks, {})
  })

  it("works a story out once, and its quirks too, however many jobs follow it", () => {
    const [first, second] = [created("plain"), created("plain")]
    assert.strictEqual(first.plan, second.plan)
    assert.strictEqual(first.quirks, second.quirks)
  })
})

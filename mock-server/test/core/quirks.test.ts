/** Quirks of a story over those of its world, and their effect on a job. */
import { assert, describe, it } from "vitest"
import type { FixtureSet, WorldQuirks } from "../../src/core/Fixture.js"
import { mergeQuirks, mergeWorldQuirks } from "../../src/core/Quirks.js"
import { World } from "../../src/core/World.js"
import type { JobFixture, Quirks } from "../../src/resources/jobs/fixture.js"
import { HandClock } from "../http/harness.js"
import { bodyOf, createJob, itemOf } from "../jobs.js"

describe("quirks over others", () => {
  const rows: ReadonlyArray<readonly [what: string, under: Quirks, over: Quirks, merged: Quirks]> = [
    ["the words of only one of them", { unset: "zero" }, { progress: "plain" }, { unset: "zero", progress: "plain" }],
    ["the nearer word", { unset: "zero" }, { unset: "omit" }, { unset: "omit" }],
    [
      "each word separately",
      { taskStatus: { created: "new", failed: "bad" }, jobStatus: { queued: "NEW", failed: "ERROR" } },
      { taskStatus: { failed: "FAILED" }, jobStatus: { failed: "FAILED" } },
      { taskStatus: { created: "new", failed: "FAILED" }, jobStatus: { queued: "NEW", failed: "FAILED" } }
    ],
    ["each field separately", { set: { cost: 1, price: 1 } }, { set: { cost: 2 } }, { set: { cost: 2, price: 1 } }],
    ["all omitted fields", { omit: ["cost"] }, { omit: ["spec"] }, { omit: ["cost", "spec"] }],
    [
      "a field that the nearer sets and the other omits",
      { omit: ["cost"] },
      { set: { cost: 2 } },
      { set: { cost: 2 } }
    ],
    ["a field that the nearer omits and the other sets", { set: { cost: 1 } }, { omit: ["cost"] }, { omit: ["cost"] }]
  ]
  it.each(rows)("have %s", (_, under, over, merged) => {
    const empty = { taskStatus: {}, jobStatus: {}, omit: [], set: {} }
    assert.deepStrictEqual(mergeQuirks(under, over), { ...empty, ...merged })
  })

  it("are merged for a world as for a story", () => {
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
    const job = createJob(world, "w")
    if (job === undefined) throw new Error("there is a story")
    return job
  }

  it("applies them to a story without quirks", () => {
    const job = created("plain")
    assert.deepInclude(bodyOf(world, job), { progress: "0", status: "NEW" })
    assert.notProperty(bodyOf(world, job), "cost")
    assert.deepInclude(itemOf(world, job), { progress: "0", status: "NEW" })
  })

  it("keeps the quirks of a story", () => {
    const job = created("own")
    assert.deepInclude(bodyOf(world, job), { progress: 0, status: "NEW" })
    assert.notProperty(bodyOf(world, job), "cost")
  })

  it("sends a recorded story unchanged", () => {
    const job = created("recorded")
    assert.deepStrictEqual(bodyOf(world, job), { id: job.identity.id, progress: "1%" })
    assert.deepStrictEqual(job.quirks, {})
  })

  it("computes a story and its quirks once for all of its jobs", () => {
    const [first, second] = [created("plain"), created("plain")]
    assert.strictEqual(first.plan, second.plan)
    assert.strictEqual(first.quirks, second.quirks)
  })
})

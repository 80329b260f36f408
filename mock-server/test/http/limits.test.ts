/** All that grows with requests has a limit, whose error names the remedy. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Attempts, mostSubjects } from "../../src/core/Attempts.js"
import { checkPlan, FaultPlanError, mostRules } from "../../src/core/faults/Check.js"
import { SnapshotError } from "../../src/core/Snapshot.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { createJob } from "../jobs.js"
import { type Ask, HandClock, type Server, start } from "./harness.js"

const create = "/v0/workflows/wf-crop/jobs?project_id=p"
const post = { method: "POST" } satisfies Ask

describe("a server with limits", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ maxJobs: 2, maxWorlds: 3, creation: "onFirstUse", admin: { token: "t" } })
  })
  afterAll(() => server.close())

  const admin = (method: string, path: string, body: unknown = {}) =>
    server.site().ask(`/__mock/v1${path}`, {
      method,
      token: "Bearer t",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })

  it("refuses one job too many, and says why", async () => {
    const { ask, world } = server.site()
    for (const _ of [1, 2]) assert.strictEqual((await ask(create, post)).status, 200)
    const { json, status } = await ask(create, post)
    assert.strictEqual(status, 400)
    assert.deepStrictEqual(json.error, {
      code: "too_many_jobs",
      message:
        `The world ${world.name} has 3 jobs, expected at most 3: reset it, use another world, or start the mock server ` +
        "with a higher maxJobs (--max-jobs).",
      details: { found: 3, expected: 3 } // one is of the fixtures
    })
    assert.strictEqual(world.drawers.jobs.count, 3)
    server.app.mock.worlds.reset(world.name)
    assert.strictEqual((await ask(create, post)).status, 200)
  })

  it("refuses one queued story too many, of any workflow", async () => {
    const { world } = server.site()
    for (const _ of [1, 2]) world.enqueue("crop")
    const { json, status } = await admin("POST", `/worlds/${world.name}/stories`, { story: "instant" })
    assert.strictEqual(status, 400)
    assert.strictEqual(
      json.error.message,
      `the world ${world.name} has 2 queued stories, the maximum: reset it, or raise maxJobs`
    )
    createJob(world, "wf-crop")
    assert.doesNotThrow(() => world.enqueue("instant"))
  })

  it("lets a world have more that is made so", () => {
    const world = server.app.mock.worlds.create("more", { clock: new HandClock(), maxJobs: 3 })
    for (const _ of [1, 2, 3]) assert.isDefined(createJob(world, "wf-crop"))
    assert.throws(() => createJob(world, "wf-crop"), RangeError, "the world more has 4 jobs")
    const saved = world.save()
    world.restore(saved)
    const less = server.site().world
    assert.throws(
      () => less.restore(saved),
      SnapshotError,
      "drawers.jobs.jobs: found 4 jobs, expected at most 3: maxJobs allows more"
    )
  })

  it("forgets idle worlds for new ones, and refuses a new one when none is idle", async () => {
    const { worlds } = server.app.mock
    const leave = ["a", "b", "c"].map((name) => {
      worlds.find(name)
      return worlds.enter(name)
    })
    const ask = () => server.site().ask("/v0/workflows", { token: tokenOf("d", "owner") })
    const { json, status } = await ask()
    assert.deepStrictEqual([status, json.error.code], [400, "too_many_worlds"])
    assert.match(json.error.message, /^Each of 3 worlds has requests under way, expected at most 3 worlds: wait /)
    for (const end of leave) end()
    assert.strictEqual((await ask()).status, 200)
  })

  it("refuses one world too many of the admin routes, until one is deleted", async () => {
    for (const name of ["x", "y", "z"]) assert.strictEqual((await admin("POST", "/worlds", { name })).status, 201)
    const { json, status } = await admin("POST", "/worlds", { name: "one-more" })
    assert.deepStrictEqual([status, json.error.code], [409, "too_many_worlds"])
    assert.match(json.error.message, /^The server has 3 worlds that tests made, expected at most 3: delete one, or /)
    await admin("DELETE", "/worlds/y")
    assert.strictEqual((await admin("POST", "/worlds", { name: "one-more" })).status, 201)
  })

  it("refuses a plan of more rules than each request should look at", () => {
    const plan = (length: number) => Fault.plan(...Array.from({ length }, () => Fault.on("ping", Fault.badChunk)))
    assert.doesNotThrow(() => checkPlan(plan(mostRules)))
    assert.throws(
      () => checkPlan(plan(mostRules + 1)),
      FaultPlanError,
      `rules: found ${mostRules + 1} rules, expected at most ${mostRules}`
    )
  })

  it("counts the attempts of the subjects that were asked about last", () => {
    const attempts = new Attempts()
    const ask = (subject: number) => attempts.next("getJobById", `job-${subject}`)
    for (let subject = 0; subject < mostSubjects; subject++) ask(subject)
    assert.deepStrictEqual([ask(0), ask(1)], [2, 2])
    for (let more = 0; more < 3; more++) ask(mostSubjects + more)
    assert.lengthOf(attempts.save(), mostSubjects)
    // the three that were asked about longest ago are forgotten
    assert.deepStrictEqual([ask(5), ask(1), ask(2)], [2, 3, 1])
  })
})

/** Messages about snapshots that a world cannot restore. `test/http/snapshots.test.ts` tests restored worlds. */
import { assert, describe, it } from "vitest"
import { hashId } from "../../src/core/Ids.js"
import { type Snapshot, SnapshotError } from "../../src/core/Snapshot.js"
import { World } from "../../src/core/World.js"
import * as Fault from "../../src/Fault.js"
import { fixtures } from "../http/fixtures.js"
import { HandClock } from "../http/harness.js"
import { createJob } from "../jobs.js"

const start = Date.UTC(2025, 0, 1)
const broken = Fault.on("*", Fault.badChunk)

const makeWorld = () =>
  new World({
    name: "w",
    seed: "seed",
    clock: new HandClock(),
    storageUrl: undefined,
    fixtures,
    tokens: {},
    quirks: {}
  })

/** A world with at least one of all parts of a snapshot. */
const lived = (): World => {
  const world = makeWorld()
  const requested = {
    origin: "api",
    method: "GET",
    headers: {},
    received: 0,
    world: "w",
    credential: { kind: "missing" }
  } as const
  const known = { operation: "getJobById", route: "/v0/workflows/{workflow_id}/jobs/{job_id}" }
  world.useFaults(Fault.plan(Fault.on("ping", Fault.limit(1, "5s")), broken))
  world.faults.decide({ operation: "ping", subject: "", age: undefined }, start)
  world.enqueue("polled")
  const id = String(createJob(world, "wf-crop")?.identity.id)
  world.enqueue("instant")
  world.drawers.jobs.delivered(id, world.clock.now)
  world.drawers.jobs.askForPackage("job-done", undefined, world.clock.now)
  world.drawers.jobs.askForPackage("job-done", "task-1", world.clock.now)
  const path = { path: "/x", subject: id, ids: { job_id: id } }
  world.journal
    .arrived({ ...requested, ...known, ...path, time: start, query: { status: ["a", "b"] } })
    .over(start, true)
  world.journal.arrived({ ...requested, ...path, operation: undefined, route: undefined, time: start, query: {} })
  return world
}

const thrownBy = (run: () => void): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

type Edit = (snapshot: Snapshot) => object

/** Replaces the value at a path of the snapshot. */
const at =
  (path: ReadonlyArray<string | number>, value: unknown): Edit =>
  (snapshot) => {
    const copy = structuredClone(snapshot)
    const parent = path.slice(0, -1).reduce<object>((inner, key) => Reflect.get(inner, key), copy)
    Reflect.set(parent, path.at(-1) ?? "", value)
    return copy
  }

describe("a snapshot", () => {
  it("is plain JSON, has all happenings, and has no name", () => {
    const id = hashId("seed", "job", "wf-crop", 0)
    const plan = { rules: [{ on: "ping", do: { limit: { tokens: 1, per: "5s", retryAfterAs: "seconds" } } }, broken] }
    const asked = {
      origin: "api",
      subject: id,
      method: "GET",
      path: "/x",
      ids: { job_id: id },
      headers: {},
      received: 0,
      time: start
    }
    assert.deepStrictEqual<unknown>(lived().save(), {
      version: 2,
      seed: "seed",
      startedAt: start,
      now: start,
      drawers: {
        jobs: {
          jobs: [
            {
              id: "job-done",
              workflow: "wf-crop",
              story: "crop",
              createdAt: start - 3_600_000,
              events: [],
              asked: [{ at: start }, { task: "task-1", at: start }]
            },
            {
              id,
              workflow: "wf-crop",
              story: "polled",
              createdAt: start,
              events: [{ kind: "delivery", at: 0 }],
              asked: []
            }
          ],
          workflows: [{ id: "wf-crop", created: 1, queued: ["instant"] }]
        },
        stores: { items: [], created: 0 },
        orders: { items: [], created: 0 },
        orderItems: { items: [], created: 0 },
        deliveries: { items: [], created: 0 },
        catalogDownloads: { items: [], created: 0 },
        aois: { items: [], created: 0 },
        downloads: { items: [], created: 0 },
        indices: { items: [], created: 0 },
        visualizations: { items: [], created: 0 },
        insights: { items: [], created: 0 }
      },
      faults: {
        plan,
        since: start,
        fired: [0, 1],
        attempts: [{ operation: "ping", subject: "", count: 1 }],
        buckets: [{ rule: 0, level: 0, at: start }]
      },
      journal: {
        seq: 2,
        entries: [
          {
            ...asked,
            seq: 1,
            operation: "getJobById",
            route: "/v0/workflows/{workflow_id}/jobs/{job_id}",
            query: { status: ["a", "b"] },
            attempt: 1,
            credential: "missing",
            ended: start,
            end: "whole"
          },
          { ...asked, seq: 2, query: {}, attempt: 1, credential: "missing" }
        ],
        attempts: [
          { operation: "getJobById", subject: id, count: 1 },
          { operation: "GET", subject: id, count: 1 }
        ],
        happenings: [
          { at: start, action: { do: "faults", plan } },
          { at: start, action: { do: "enqueue", story: "polled", workflow: "wf-crop" } },
          { at: start, action: { do: "enqueue", story: "instant", workflow: "wf-crop" } },
          { arrived: 1 },
          { over: 1 },
          { arrived: 2 }
        ]
      }
    })
  })

  it("is complete: a world that restores it has an equal one", () => {
    const snapshot = lived().save()
    const world = makeWorld()
    world.restore(snapshot)
    assert.deepStrictEqual(world.save(), snapshot)
  })

  it("is independent of the world: changes of one do not affect the other", () => {
    const snapshot = lived().save()
    const world = makeWorld()
    const before = structuredClone(snapshot)
    world.restore(snapshot)
    world.drawers.jobs.delivered(String(snapshot.drawers.jobs?.jobs.at(-1)?.id), world.clock.now)
    createJob(world, "wf-crop")
    assert.deepStrictEqual(snapshot, before)
  })

  const refused: ReadonlyArray<readonly [what: string, edit: Edit, problem: string]> = [
    ["no snapshot", () => [], "(root): found a list, expected a saved world"],
    [
      "an older version",
      ({ drawers: { jobs }, ...rest }) => ({ ...rest, ...jobs, version: 1 }),
      "version: found 1, expected 2, the version of this mock server: save the world again"
    ],
    ["another seed", at(["seed"], "sead"), 'seed: found "sead", expected "seed", the seed of this world'],
    [
      "a story that does not exist",
      at(["drawers", "jobs", "jobs", 1, "story"], "poled"),
      'drawers.jobs.jobs[1].story: found "poled", expected the name of a story: "polled", "crop", "instant" (did you mean "polled"?)'
    ],
    [
      "a queued story that does not exist",
      at(["drawers", "jobs", "workflows", 0, "queued"], ["corp"]),
      'drawers.jobs.workflows[0].queued[0]: found "corp", expected the name of a story: "crop", "instant", "polled" (did you mean "crop"?)'
    ],
    [
      "a workflow that does not exist",
      at(["drawers", "jobs", "jobs", 0, "workflow"], "wf-corp"),
      'drawers.jobs.jobs[0].workflow: found "wf-corp", expected the id of a workflow: "wf-crop", "wf-storyless" (did you mean "wf-crop"?)'
    ],
    [
      "the state of a workflow that does not exist",
      at(["drawers", "jobs", "workflows", 0, "id"], "wf-corp"),
      'drawers.jobs.workflows[0].id: found "wf-corp", expected the id of a workflow: "wf-crop", "wf-storyless" (did you mean "wf-crop"?)'
    ],
    [
      "two jobs of one id",
      at(["drawers", "jobs", "jobs", 1, "id"], "job-done"),
      'drawers.jobs.jobs[1].id: found "job-done" a second time, expected a name of its own'
    ],
    [
      "an additional key",
      at(["journal", "entires"], []),
      'journal.entires: found the key "entires", expected no other key'
    ],
    [
      "an invalid plan",
      at(["faults", "plan", "rules", 1, "do"], {}),
      "faults.plan.rules[1].do: found nothing, expected an effect"
    ],
    [
      "fewer counts than rules",
      at(["faults", "fired"], [1]),
      "faults.fired: found 1 number, expected one for each of the 2 rules"
    ],
    [
      "the state of a limit that the rule does not have",
      at(["faults", "buckets", 0, "rule"], 1),
      "faults.buckets[0].rule: found 1, expected the place of a rule with a limit, from 0"
    ],
    [
      "a bucket above its size",
      at(["faults", "buckets", 0, "level"], 2),
      "faults.buckets[0].level: found 2, expected at most 1, the tokens of its limit"
    ],
    [
      "requests out of order",
      at(["journal", "entries", 1, "seq"], 1),
      "journal.entries[1].seq: found 1, expected more than 1, that of the entry before"
    ],
    [
      "a request after the last one",
      at(["journal", "seq"], 1),
      "journal.entries[1].seq: found 2, expected at most 1, the last of the journal"
    ],
    [
      "a job created later than now",
      at(["drawers", "jobs", "jobs", 0, "createdAt"], start + 1),
      `drawers.jobs.jobs[0].createdAt: found ${start + 1}, expected none after "now", which is ${start}`
    ],
    [
      "an event later than now",
      at(["drawers", "jobs", "jobs", 1, "events", 0, "at"], 7),
      `drawers.jobs.jobs[1].events[0].at: found 7 ms after ${start}, expected none after "now", which is ${start}`
    ],
    [
      "a time beyond the range of dates",
      at(["now"], 1e300),
      "now: found 1e+300, expected a time in milliseconds since 1970"
    ],
    [
      "an unknown happening",
      at(["journal", "happenings", 0], { left: 1 }),
      'journal.happenings[0]: found an object, expected an object of "arrived", of "over", or of "at" and "action"'
    ]
  ]
  for (const [what, edit, problem] of refused) {
    it(`is refused for ${what}, and the world stays as it is`, () => {
      const snapshot = lived().save()
      const world = makeWorld()
      const before = world.save()
      const error = thrownBy(() => world.restore(edit(snapshot)))
      assert.instanceOf(error, SnapshotError)
      assert.strictEqual(error.message, `the snapshot cannot be used\n${problem}`)
      assert.deepStrictEqual(world.save(), before)
    })
  }
})

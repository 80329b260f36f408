import * as fc from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { shapeProblems } from "../../src/core/ShapeCheck.js"
import { jobProblems } from "../../src/resources/jobs/check.js"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"
import { type JobView, matters, plan, type TimelineEvent, view } from "../../src/resources/jobs/Timeline.js"
import { jobBody, jobListItem } from "../../src/resources/jobs/wire.js"
import { breathe, long, runs } from "../fuzz/runs.js"
import { jobOf } from "../jobs.js"
import { shapes } from "../shapes.js"
import { PlayedJob, tick } from "./reference.js"
import { end, endingStories, enough, histories, moments, stories } from "./stories.js"

const story = (rest: Partial<JobFixture>): JobFixture => ({
  kind: "job",
  source: "made up",
  workflow: "w",
  tasks: [],
  ...rest
})

const poll = (at: number): TimelineEvent => ({ kind: "delivery", at })
const signal = (at: number, name: string): TimelineEvent => ({ kind: "signal", at, name })

/** Formats status and progress of the job and of each task in one line. */
const line = ({ progress, status, tasks }: JobView): string =>
  [`${status} ${progress}`, ...tasks.map((task) => `${task.status} ${task.progress}`)].join(" | ")

/** Returns the state of the story at each of these moments. */
const seen = (fixture: JobFixture, at: ReadonlyArray<number>, events: ReadonlyArray<TimelineEvent> = []) =>
  Object.fromEntries(at.map((elapsed) => [elapsed, line(view(plan(fixture), elapsed, events))]))

describe("a story of tasks", () => {
  const chain = story({
    tasks: [
      { name: "ingest", takes: "20s" },
      { name: "classify", takes: "1m", depends_on: ["ingest"] },
      { name: "report", takes: "20s", depends_on: ["classify"] }
    ]
  })

  it("is queued for 5 s, runs its tasks in order, and is completed", () => {
    assert.deepStrictEqual(
      seen(chain, [0, 4_999, 5_000, 5_001, 24_999, 25_000, 84_999, 85_000, 104_999, 105_000, 1e9]),
      {
        0: "queued 0 | created 0 | created 0 | created 0",
        4999: "queued 0 | created 0 | created 0 | created 0",
        5000: "running 0 | inprogress 5 | created 0 | created 0",
        5001: "running 0 | inprogress 5 | created 0 | created 0",
        24999: "running 19 | inprogress 94 | created 0 | created 0",
        25000: "running 20 | completed 100 | inprogress 5 | created 0",
        84999: "running 79 | completed 100 | inprogress 94 | created 0",
        85000: "running 80 | completed 100 | completed 100 | inprogress 5",
        104999: "running 99 | completed 100 | completed 100 | inprogress 94",
        105000: "completed 100 | completed 100 | completed 100 | completed 100",
        1e9: "completed 100 | completed 100 | completed 100 | completed 100"
      }
    )
  })

  it("has the times of its beginning, its end and its last change", () => {
    const { finishedAt, startedAt, tasks, updatedAt } = view(plan(chain), 90_000, [])
    assert.deepStrictEqual(
      { startedAt, finishedAt, updatedAt },
      { startedAt: 5_000, finishedAt: undefined, updatedAt: 85_000 }
    )
    assert.deepStrictEqual(
      tasks.map((task) => [task.startedAt, task.finishedAt]),
      [
        [5_000, 25_000],
        [25_000, 85_000],
        [85_000, undefined]
      ]
    )
    assert.strictEqual(view(plan(chain), 500_000, []).finishedAt, 105_000)
  })

  it("fails when a task fails: dependent tasks never start, the others continue", () => {
    const failing = story({
      tasks: [
        { name: "mask", takes: "10s", outcome: "failed" },
        { name: "estimate", takes: "10s", depends_on: ["mask"] },
        { name: "chart", takes: "10s", depends_on: ["estimate"] },
        { name: "archive", takes: "30s" }
      ]
    })
    assert.deepStrictEqual(seen(failing, [14_999, 15_000, 34_999, 35_000, 1e9]), {
      14999: "running 33 | inprogress 94 | created 0 | created 0 | inprogress 34",
      15000: "running 33 | failed 100 | created 0 | created 0 | inprogress 35",
      34999: "running 66 | failed 100 | created 0 | created 0 | inprogress 94",
      35000: "failed 66 | failed 100 | created 0 | created 0 | completed 100",
      1e9: "failed 66 | failed 100 | created 0 | created 0 | completed 100"
    })
  })

  it("never reaches 100 when it fails, even in its last task", () => {
    const failing = story({ tasks: [{ name: "a", takes: "10s", outcome: "failed" }] })
    assert.strictEqual(line(view(plan(failing), 1e9, [])), "failed 99 | failed 100")
  })

  it("with validation errors fails immediately", () => {
    const invalid = story({ val_errors: [{ err: "not connected" }], tasks: [{ name: "a", takes: "1s" }] })
    assert.deepStrictEqual(seen(invalid, [0, 10_000]), { 0: "failed 0 | created 0", 10000: "failed 0 | created 0" })
  })
})

describe("a phase lasts", () => {
  const until = (condition: NonNullable<NonNullable<JobFixture["phases"]>[number]["until"]>) =>
    story({ phases: [{ status: "one", until: condition }, { status: "two" }] })
  const twoFrom = (fixture: JobFixture, events: ReadonlyArray<TimelineEvent>) => {
    const began = view(plan(fixture), 1e9, events).updatedAt
    assert.strictEqual(view(plan(fixture), began, events).status, "two")
    if (began > 0) assert.strictEqual(view(plan(fixture), began - 1, events).status, "one")
    return began
  }

  const cases: ReadonlyArray<readonly [string, JobFixture, ReadonlyArray<TimelineEvent>, number]> = [
    ["a while", until({ after: "1m30s" }), [poll(5)], 90_000],
    ["until n deliveries", until({ polls: 3 }), [poll(5), poll(7), signal(8, "go"), poll(9)], 9],
    ["until its signal", until({ signal: "go" }), [signal(3, "stop"), signal(4, "go")], 4],
    ["until any of several conditions", until({ any: [{ signal: "go" }, { after: "1s" }] }), [signal(400, "go")], 400],
    [
      "until all of several conditions",
      until({ all: [{ signal: "go" }, { after: "1s" }] }),
      [signal(400, "go")],
      1_000
    ],
    ["until all keys of its condition", until({ polls: 1, after: "1s" }), [poll(1_700)], 1_700]
  ]
  it.each(cases)("%s", (_, fixture, events, at) => assert.strictEqual(twoFrom(fixture, events), at))

  it("forever when its condition is never met", () =>
    assert.strictEqual(view(plan(until({ polls: 2 })), 1e12, [poll(1)]).status, "one"))

  it("and counts only events during it", () => {
    const fixture = story({
      phases: [{ status: "one", until: { polls: 1 } }, { status: "two", until: { polls: 1 } }, { status: "three" }]
    })
    assert.deepStrictEqual(seen(fixture, [9, 10, 19, 20], [poll(10), poll(20)]), {
      9: "one 0",
      10: "two 0",
      19: "two 0",
      20: "three 0"
    })
  })

  it("and an answer at its first moment is the first that shows it", () => {
    const fixture = story({
      phases: [{ status: "one", until: { after: "10s" } }, { status: "two", until: { polls: 2 } }, { status: "three" }]
    })
    assert.strictEqual(view(plan(fixture), 30_000, [poll(9_999), poll(10_000)]).status, "two")
    assert.strictEqual(view(plan(fixture), 30_000, [poll(10_000), poll(20_000)]).status, "three")
  })

  it("and counts two deliveries at one moment as two", () => {
    const fixture = story({
      phases: [{ status: "one", until: { polls: 1 } }, { status: "two", until: { polls: 1 } }, { status: "three" }]
    })
    assert.strictEqual(view(plan(fixture), 10, [poll(10), poll(10)]).status, "three")
  })

  it("and the tasks begin with the first phase that waits for them", () => {
    const fixture = story({
      phases: [
        { status: "held", until: { signal: "go" } },
        { status: "running", until: { tasksDone: true } },
        { status: "done" }
      ],
      tasks: [{ name: "a", takes: "10s" }]
    })
    assert.deepStrictEqual(seen(fixture, [99_999, 100_000, 109_999, 110_000], [signal(100_000, "go")]), {
      99999: "held 0 | created 0",
      100000: "running 0 | inprogress 5",
      109999: "running 99 | inprogress 94",
      110000: "done 100 | completed 100"
    })
  })
})

describe("any story", () => {
  const rank = { created: 0, inprogress: 1, completed: 2, failed: 2 }
  const amount = runs("FUZZ_TIMELINES", 200, 20_000)
  const identity = { id: "j", workflowId: "w", createdAt: 0, seed: "s" }

  it("is accepted in a folder of fixtures", long, () =>
    fc.assert(
      fc
        .asyncProperty(stories, async (fixture) => {
          assert.deepStrictEqual([...shapeProblems(shapes.jobs, fixture), ...jobProblems(fixture)], [])
        })
        .beforeEach(breathe),
      amount
    )
  )

  it("never goes back", long, () =>
    fc.assert(
      fc
        .asyncProperty(
          stories,
          histories,
          fc.array(moments, { minLength: 2, maxLength: 12 }),
          async (fixture, events, times) => {
            const worked = plan(fixture)
            const phases = worked.phases.map(({ status }) => status)
            const views = times.sort((a, b) => a - b).map((at) => view(worked, at, events))
            for (const [index, later] of views.entries()) {
              const earlier = views[index - 1]
              if (earlier === undefined) continue
              assert.isAtLeast(phases.indexOf(later.status), phases.indexOf(earlier.status))
              assert.isAtLeast(later.progress, earlier.progress)
              assert.isAtLeast(later.updatedAt, earlier.updatedAt)
              assert.strictEqual(later.startedAt, earlier.startedAt ?? later.startedAt)
              assert.strictEqual(later.finishedAt, earlier.finishedAt ?? later.finishedAt)
              for (const [i, task] of later.tasks.entries()) {
                assert.isAtLeast(task.progress, earlier.tasks[i]!.progress)
                assert.isAtLeast(rank[task.status], rank[earlier.tasks[i]!.status])
                assert.strictEqual(task.startedAt, earlier.tasks[i]!.startedAt ?? task.startedAt)
                assert.strictEqual(task.finishedAt, earlier.tasks[i]!.finishedAt ?? task.finishedAt)
              }
            }
          }
        )
        .beforeEach(breathe),
      amount
    )
  )

  it("never changes after its end", long, () =>
    fc.assert(
      fc
        .asyncProperty(stories, histories, moments, moments, async (fixture, events, at, more) => {
          const earlier = view(plan(fixture), at, events)
          fc.pre(earlier.outcome !== "pending")
          assert.deepStrictEqual(view(plan(fixture), at + more, events), earlier)
        })
        .beforeEach(breathe),
      amount
    )
  )

  it("has the same state after one jump and after many steps", long, () =>
    fc.assert(
      fc
        .asyncProperty(
          stories,
          histories,
          fc.array(moments, { maxLength: 12 }),
          moments,
          async (fixture, events, looks, at) => {
            const jumped = view(plan(fixture), at, events)
            // later events must have no effect: a server that steps does not know them
            const known: Array<TimelineEvent> = []
            const steps = [...events, ...looks.map((look) => ({ at: look }))].sort((a, b) => a.at - b.at)
            for (const step of steps.filter((step) => step.at <= at)) {
              const seen = view(plan(fixture), step.at, known)
              // events that no story reads are not kept
              if ("kind" in step && plan(fixture).listens && seen.outcome === "pending") known.push(step)
            }
            assert.deepStrictEqual(view(plan(fixture), at, known), jumped)
          }
        )
        .beforeEach(breathe),
      amount
    )
  )

  it("starts no task before its dependencies have completed", long, () =>
    fc.assert(
      fc
        .asyncProperty(stories, histories, moments, async (fixture, events, at) => {
          const { tasks } = view(plan(fixture), at, events)
          const byName = new Map(fixture.tasks.map((task, index) => [task.name, tasks[index]!]))
          for (const [index, task] of tasks.entries()) {
            if (task.startedAt === undefined) continue
            for (const name of fixture.tasks[index]!.depends_on ?? []) {
              assert.strictEqual(byName.get(name)!.status, "completed")
              assert.isAtMost(byName.get(name)!.finishedAt!, task.startedAt)
            }
          }
        })
        .beforeEach(breathe),
      amount
    )
  )

  it("equals the reference implementation, tick by tick", long, async () => {
    const ofTicks = histories.map((events) => events.map((event) => ({ ...event, at: event.at - (event.at % tick) })))
    await fc.assert(
      fc
        .asyncProperty(stories, ofTicks, fc.integer({ min: 0, max: 600 }), async (fixture, events, ticks) => {
          const played = new PlayedJob(fixture)
          const left = [...events]
          for (let now = 0; now <= ticks * tick; now += tick) {
            if (now > 0) played.tick()
            for (; left[0]?.at === now; left.shift()) {
              const [{ kind, name = "" }] = left as [TimelineEvent]
              if (kind === "delivery") played.shown()
              else played.signalled(name)
            }
            const { outcome, progress, status, tasks } = view(
              plan(fixture),
              now,
              events.filter(({ at }) => at <= now)
            )
            assert.deepStrictEqual(
              [now, status, outcome, progress, tasks.map((task) => `${task.status} ${task.progress}`)],
              [now, played.status, played.outcome, played.progress, played.tasks]
            )
          }
        })
        .beforeEach(breathe),
      amount
    )
  })

  it("can be encoded at any time, as plain JSON", long, () =>
    fc.assert(
      fc
        .asyncProperty(stories, histories, moments, async (fixture, events, at) => {
          const seen = view(plan(fixture), at, events)
          const job = jobOf(fixture, identity)
          const body = jobBody(job, seen)
          assert.deepStrictEqual(JSON.parse(JSON.stringify(body)), body)
          const item = jobListItem(job, seen)
          for (const [field, value] of Object.entries(item)) assert.deepStrictEqual(body[field], value)
        })
        .beforeEach(breathe),
      amount
    )
  )

  it("ends like its tasks if it waits for them", long, () =>
    fc.assert(
      fc
        .asyncProperty(endingStories, async (fixture) => {
          const { outcome, tasks } = view(plan(fixture), end, enough)
          assert.strictEqual(
            outcome === "failed",
            fixture.tasks.some((task) => task.outcome === "failed")
          )
          assert.strictEqual(
            outcome === "succeeded",
            tasks.every((task) => task.outcome === "succeeded")
          )
        })
        .beforeEach(breathe),
      amount
    )
  )
})

it("A plan is computed once for a story", () => {
  const fixture = story({ tasks: [{ name: "a", takes: "1s" }] })
  assert.strictEqual(plan(fixture), plan(fixture))
  assert.isFrozen(plan(fixture))
})

it("A plan tells whether events have an effect", () => {
  const waiting = (until: NonNullable<NonNullable<JobFixture["phases"]>[number]["until"]>) =>
    plan(story({ phases: [{ status: "one", until }, { status: "two" }] })).listens
  assert.isFalse(plan(story({})).listens)
  assert.isFalse(waiting({ after: "1s" }))
  assert.isTrue(waiting({ polls: 1 }))
  assert.isTrue(waiting({ any: [{ after: "1s" }, { signal: "go" }] }))
})

describe("an event that makes no difference", () => {
  /** The events that are kept, one after the other as they happen. */
  const kept = (fixture: JobFixture, events: ReadonlyArray<TimelineEvent>): ReadonlyArray<TimelineEvent> => {
    const all: Array<TimelineEvent> = []
    for (const event of events) if (matters(plan(fixture), all, event)) all.push(event)
    return all
  }

  it("need not be kept: without it the job is the same at any moment", () => {
    fc.assert(
      fc.property(stories, histories, moments, (fixture, events, at) => {
        assert.deepStrictEqual(view(plan(fixture), at, kept(fixture, events)), view(plan(fixture), at, events))
      }),
      { numRuns: 500 }
    )
  })

  it("is a poll or a signal that no phase waits for: a job that is polled endlessly keeps a few", () => {
    const waiting = story({
      phases: [{ status: "running", until: { all: [{ polls: 3 }, { signal: "go" }] } }, { status: "completed" }]
    })
    const many = Array.from({ length: 1_000 }, (_, index) => [poll(index), signal(index, "stop")]).flat()
    assert.deepStrictEqual(kept(waiting, many), [poll(0), poll(1), poll(2)])
    assert.deepStrictEqual(kept(waiting, [...many, signal(1_000, "go"), poll(1_000)]).slice(3), [signal(1_000, "go")])
  })
})

/**
 * Random valid stories, and random histories of them.
 */
import * as fc from "effect/FastCheck"
import type { Condition, JobFixture } from "../../src/resources/jobs/fixture.js"
import type { TimelineEvent } from "../../src/resources/jobs/Timeline.js"

/** Often so small that several events coincide. */
const seconds = (max: number) =>
  fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max })).map((n) => `${n}s`)

const leaf = fc.oneof(
  seconds(60).map((after) => ({ after })),
  fc.integer({ min: 1, max: 4 }).map((polls) => ({ polls })),
  fc.constantFrom("go", "stop").map((signal) => ({ signal }))
)
const condition = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf).map(([a, b]) => ({ ...a, ...b })),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((all) => ({ all }))
)

/** Each task depends on some earlier ones, and has any position in the list. */
const tasks = fc
  .array(
    fc.record({
      takes: seconds(90),
      fails: fc.integer({ min: 0, max: 9 }),
      picks: fc.array(fc.nat(), { maxLength: 3 })
    }),
    {
      maxLength: 8
    }
  )
  .map((drawn) =>
    drawn.map(({ fails, picks, takes }, index): JobFixture["tasks"][number] => ({
      name: `t${index}`,
      takes,
      outcome: fails === 0 ? "failed" : "completed",
      depends_on: index === 0 ? [] : [...new Set(picks.map((pick) => `t${pick % index}`))]
    }))
  )
  .chain((inOrder) => fc.shuffledSubarray(inOrder, { minLength: inOrder.length }))

const base = { kind: "job", source: "made up", workflow: "w" } as const

/** A story that ends after enough polls and signals. */
export const endingStories: fc.Arbitrary<JobFixture> = fc
  .record({ tasks, before: fc.array(condition, { maxLength: 3 }), plain: fc.boolean() })
  .map(({ before, plain, tasks }) => {
    const story = { ...base, tasks }
    if (plain) return story
    const end = tasks.some((task) => task.outcome === "failed") ? "failed" : "completed"
    return {
      ...story,
      phases: [
        ...before.map((until, index) => ({ status: `waiting-${index}`, until })),
        { status: "running", until: { tasksDone: true } },
        { status: end }
      ]
    }
  })

const anyLeaf = fc.oneof(leaf, fc.constant({ tasksDone: true } as const))
const parts = fc.option(fc.array(anyLeaf, { minLength: 1, maxLength: 3 }), { nil: undefined })

/** All conditions that the shape allows, combined, and with `any` beside `all`. */
const anyCondition: fc.Arbitrary<Condition> = fc
  .record({ leaves: fc.array(anyLeaf, { maxLength: 2 }), any: parts, all: parts })
  .map(({ all, any, leaves }) => ({ ...Object.assign({}, ...leaves), ...(any && { any }), ...(all && { all }) }))
  .filter((until) => Object.keys(until).length > 0)

/** Whether the tasks are certainly done at the end of the phase. */
const waitsForTasks = ({ all = [], any = [], tasksDone }: Condition): boolean =>
  tasksDone === true || all.some(waitsForTasks) || (any.length > 0 && any.every(waitsForTasks))

/** Any valid story, including one that ends before its tasks, or never. */
export const stories: fc.Arbitrary<JobFixture> = fc.oneof(
  endingStories,
  fc.record({ tasks, until: leaf }).map(
    ({ tasks, until }): JobFixture => ({
      ...base,
      tasks,
      // ended early, mostly during its tasks
      phases: [{ status: "running", until: { any: [{ tasksDone: true }, until] } }, { status: "failed" }]
    })
  ),
  tasks.map((tasks): JobFixture => ({ ...base, tasks, val_errors: [{ err: "not connected" }] })),
  fc
    .record({ tasks, before: fc.array(anyCondition, { maxLength: 4 }), pick: fc.nat() })
    .map(({ before, pick, tasks }): JobFixture => {
      const failure = tasks.some((task) => task.outcome === "failed")
      const done = before.some(waitsForTasks)
      const ends = [
        "archived", // not a final status
        ...(failure || !done ? ["failed"] : []),
        ...(!failure && (done || tasks.length === 0) ? ["completed"] : [])
      ]
      const last = { status: ends[pick % ends.length] ?? "" }
      return { ...base, tasks, phases: [...before.map((until, index) => ({ status: `phase-${index}`, until })), last] }
    })
)

/** All moments of a story of whole seconds, and some between them. */
export const moments = fc.oneof(
  fc.integer({ min: 0, max: 900_000 }),
  fc.integer({ min: 0, max: 900 }).map((second) => second * 1_000)
)

/** Events of a job in order; often coinciding, and often at a transition of phases. */
export const histories: fc.Arbitrary<ReadonlyArray<TimelineEvent>> = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 0, max: 400 }).map((n) => n * 1_000),
        fc.integer({ min: 0, max: 12 }).map((n) => n * 1_000)
      ),
      what: fc.constantFrom("delivery", "go", "stop")
    }),
    { maxLength: 20 }
  )
  .map((drawn) =>
    drawn
      .sort((a, b) => a.at - b.at)
      .map(({ at, what }) => (what === "delivery" ? { kind: what, at } : { kind: "signal", at, name: what }))
  )

/** Enough events to end any story that can end before `end`. */
export const enough: ReadonlyArray<TimelineEvent> = Array.from({ length: 10 }, (_, round) => round * 100_000).flatMap(
  (at) => [
    { kind: "signal", at, name: "go" },
    { kind: "signal", at, name: "stop" },
    ...Array.from({ length: 4 }, () => ({ kind: "delivery", at }) as const)
  ]
)

export const end = 2_000_000

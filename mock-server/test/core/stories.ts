/**
 * Random stories that make sense, and random histories of them.
 */
import * as fc from "effect/FastCheck"
import type { JobFixture } from "../../src/core/Fixture.js"
import type { TimelineEvent } from "../../src/core/Timeline.js"

const seconds = (max: number) => fc.integer({ min: 0, max }).map((n) => `${n}s`)

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

/** Each task depends on some of those before it, and stands anywhere in the list. */
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

/** A story whose phases are the default ones, or depend on polls and signals as well. */
export const stories: fc.Arbitrary<JobFixture> = fc
  .record({ tasks, before: fc.array(condition, { maxLength: 3 }), plain: fc.boolean() })
  .map(({ before, plain, tasks }) => {
    const story = { kind: "job", source: "made up", workflow: "w", tasks } as const
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

/** What happened to a job, in order. */
export const histories: fc.Arbitrary<ReadonlyArray<TimelineEvent>> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 400_000 }),
      what: fc.constantFrom("delivery", "go", "stop")
    }),
    { maxLength: 20 }
  )
  .map((drawn) =>
    drawn
      .sort((a, b) => a.at - b.at)
      .map(({ at, what }) => (what === "delivery" ? { kind: what, at } : { kind: "signal", at, name: what }))
  )

/** Enough of everything, often enough, to bring any of these stories to its end before `end`. */
export const enough: ReadonlyArray<TimelineEvent> = Array.from({ length: 10 }, (_, round) => round * 100_000).flatMap(
  (at) => [
    { kind: "signal", at, name: "go" },
    { kind: "signal", at, name: "stop" },
    ...Array.from({ length: 4 }, () => ({ kind: "delivery", at }) as const)
  ]
)

export const end = 2_000_000

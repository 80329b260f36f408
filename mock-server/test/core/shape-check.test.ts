/**
 * The check of shapes, compared with TypeBox's own.
 */
import { readFileSync } from "node:fs"
import * as fc from "effect/FastCheck"
import { Check } from "typebox/schema"
import { assert, describe, it } from "vitest"
import { planShape } from "../../src/core/faults/Plan.js"
import { type Scenario, scenarioShape } from "../../src/core/Scenario.js"
import { shapeProblems } from "../../src/core/ShapeCheck.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { shapes } from "../shapes.js"

const { errors, faults, jobs, scenarios, workflows } = shippedFixtures()
const recording: unknown = JSON.parse(
  readFileSync(new URL("../../../fixtures/recordings/soil-moisture-recorded.json", import.meta.url), "utf8")
)
/** Has all parts that a scenario may have. */
const scenario: Scenario = {
  stories: ["instant", { story: "instant", workflow: "wf-land-cover" }],
  faults: { rules: [{ on: "ping", do: { latency: { from: "1s", to: "2s" } } }] },
  tokens: { guest: { "*": "viewer" }, gone: "revoked" },
  quirks: { unknownIds: 403, everyStory: { jobStatus: { running: "busy" } } },
  seed: "s"
}
const kinds = [
  [shapes.jobs, [...jobs.values()].filter(({ frames }) => frames === undefined)],
  [shapes.recordings, [recording]],
  [shapes.workflows, [...workflows.values()]],
  [shapes.errors, [...errors.values()]],
  [planShape, [...faults.values()]],
  [scenarioShape, [...scenarios.values(), scenario]]
] as const

type Edit = (value: unknown) => unknown

/** Returns all places of a value, each with a function that replaces the value there. */
const places = (value: unknown): ReadonlyArray<(edit: Edit) => unknown> => {
  const inside: ReadonlyArray<(edit: Edit) => unknown> = Array.isArray(value)
    ? value.flatMap((item, index) =>
        places(item).map((change) => (edit: Edit) => value.map((other, at) => (at === index ? change(edit) : other)))
      )
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) =>
          places(item).map((change) => (edit: Edit) => ({ ...value, [key]: change(edit) }))
        )
      : []
  return [(edit) => edit(value), ...inside]
}

const without = (value: unknown, index: number): unknown => {
  if (typeof value !== "object" || value === null) return value
  const kept = Object.entries(value).filter((_, position) => position !== index)
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept)
}

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom(
        null,
        "",
        "5s",
        "1m30s",
        "5",
        "omit",
        "completed",
        0,
        -1,
        1.5,
        400,
        true,
        [],
        {},
        ["a"],
        { a: "b" },
        [1],
        { after: "1s" }
      ),
      fc.jsonValue()
    )
    .map(
      (replacement): Edit =>
        () =>
          replacement
    ),
  fc.nat({ max: 6 }).map(
    (index): Edit =>
      (value) =>
        without(value, index)
  ),
  fc.constantFrom("extra", "tasks", "title").map(
    (key): Edit =>
      (value) =>
        typeof value === "object" && !Array.isArray(value) ? { ...value, [key]: "x" } : value
  )
)

describe("the check of shapes", () => {
  it("accepts the shipped fixtures", () => {
    for (const [shape, fixtures] of kinds) {
      for (const fixture of fixtures) assert.deepStrictEqual(shapeProblems(shape, fixture), [])
    }
  })

  it("accepts and refuses the same values as TypeBox", () => {
    let refused = 0
    const cases = kinds.flatMap(([shape, fixtures]) => fixtures.map((fixture) => ({ shape, changes: places(fixture) })))
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.nat(), edits, ({ changes, shape }, place, edit) => {
        const broken = changes[place % changes.length]!(edit)
        const accepted = shapeProblems(shape, broken).length === 0
        if (!accepted) refused += 1
        assert.strictEqual(accepted, Check(shape, broken), JSON.stringify(broken))
      }),
      { numRuns: 2_000 }
    )
    assert.isAbove(refused, 200)
  })

  it("compares a wrong name with the right ones only when its message is read", () => {
    let comparisons = 0
    // near names are found by `filter`, and nothing else filters the words of a shape without a title
    const words = new Proxy(["getJobById", "listJobs"], {
      get: (target, key, receiver) => {
        if (key === "filter") comparisons++
        return Reflect.get(target, key, receiver)
      }
    })
    const shape = { type: "array", items: { enum: words } } as const
    const problems = shapeProblems(
      shape,
      Array.from({ length: 1_000 }, () => "getJob")
    )
    assert.lengthOf(problems, 1_000)
    assert.strictEqual(comparisons, 0)
    assert.include(problems[0]?.message, 'found "getJob", expected one of "getJobById", "listJobs"')
    assert.isAbove(comparisons, 0)
  })
})

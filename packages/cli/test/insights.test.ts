/** Insights on the command line, against the embedded mock. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pixxel } from "./harness.js"

describe("pixxel insights", () => {
  it.effect("lists insights in all forms, and by their status", () =>
    Effect.gen(function* () {
      const line = "insights list aoi-north-field --mock"
      const text = (yield* pixxel(line)).stdout
      expect(text.replaceAll(/\d{4}-[\d-]+T[\d:]+Z/g, "TIME")).toMatchInlineSnapshot(`
        "ID                   NAME               STATUS     PROGRESS  COST       CREATED
        insight-north-crops  North field, June  completed  100 %     42 tokens  TIME
        insight-north-water  North pond         failed     100 %     12 tokens  TIME
        "
      `)
      const { insights } = JSON.parse((yield* pixxel(`${line} --json`)).stdout)
      const lines = (yield* pixxel(`${line} --jsonl`)).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((it) => JSON.parse(it).id),
        insights.map(({ id }: { id: string }) => id)
      )
      const failed = yield* pixxel(`${line} --status failed --jsonl`)
      assert.lengthOf(failed.stdout.trim().split("\n"), 1)
    })
  )

  it.effect("shows an insight with the names of its inputs and results", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("insights get aoi-north-field insight-north-crops --mock")
      assert.match(stdout, /inputs +input_image, start_date\nresults +areas, classes\n/)
    })
  )

  it.effect("watches an insight to its end, and says how to see a failed one", () =>
    Effect.gen(function* () {
      const done = yield* pixxel("insights watch aoi-north-field insight-north-crops --mock --jsonl")
      const events = done.stdout
        .trim()
        .split("\n")
        .map((it) => JSON.parse(it))
      assert.deepStrictEqual(
        events.map(({ event, insight }) => [event, insight.status]),
        [
          ["changed", "completed"],
          ["ended", "completed"]
        ]
      )
      const failed = yield* pixxel("insights watch aoi-north-field insight-north-water --mock")
      assert.deepStrictEqual([failed.code, failed.stdout], [6, "insight-north-water  failed  100 %\n"])
      assert.include(failed.stderr, "no water was found")
      assert.include(
        failed.stderr,
        "To see it: pixxel insights get --aoi aoi-north-field --insight insight-north-water --mock"
      )
    })
  )

  it.effect("suggests the lists for an unknown insight", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("insights get aoi-north-field nothing --mock")
      assert.strictEqual(code, 5)
      assert.include(stderr, "pixxel insights list --aoi ID --mock")
    })
  )
})

/** Insights on the command line, against the embedded mock. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { broken, json, over, pixxel, scripted } from "./harness.js"

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
      assert.match(stdout, /inputs +input_image, start_date, end_date\nresults +areas, result\n/)
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

const image = "--input input_image=asset:mosaic-2025-06-14"
const days = "--input start_date=2025-06-01 --input end_date=2025-06-30"
const wanted = `aoi-north-field project-monsoon-2024 cropclassification@1.0.0 ${image} ${days}`

describe("pixxel insights estimate", () => {
  it.effect("shows the tokens in all forms", () =>
    Effect.gen(function* () {
      const line = `insights estimate ${wanted} --mock`
      assert.strictEqual((yield* pixxel(line)).stdout, "About 12 tokens.\n")
      assert.deepStrictEqual(JSON.parse((yield* pixxel(`${line} --json`)).stdout), { estimate: 12 })
    })
  )

  const ran = scripted(
    () => json({ spec: { inputs: [] } }),
    () => json({ id: "insight-7", message: "queued" }, { status: 201 })
  )

  it.effect("that ran names its insight, and how to follow it", () =>
    Effect.gen(function* () {
      const line = "insights estimate aoi-1 p-1 ndvi@1.0.0"
      const { code, stderr } = yield* pixxel(line, { environment: ran })
      assert.strictEqual(code, 9)
      assert.include(stderr, "the insight insight-7 of AOI aoi-1: it runs and is billed.")
      assert.include(stderr, "To wait for it: pixxel insights wait --aoi aoi-1 --insight insight-7")
      assert.deepInclude(JSON.parse((yield* pixxel(`${line} --json`, { environment: ran })).stderr).error, {
        insightId: "insight-7",
        aoiId: "aoi-1"
      })
    })
  )

  it.effect("whose answer was lost says to list the insights first", () =>
    Effect.gen(function* () {
      const environment = scripted(
        () => json({ spec: { inputs: [] } }),
        () => broken("ECONNRESET")
      )
      const { code, stderr } = yield* pixxel("insights estimate aoi-1 p-1 ndvi@1.0.0", { environment })
      assert.strictEqual(code, 9)
      assert.include(stderr, "pixxel insights list --aoi aoi-1")
    })
  )
})

describe("pixxel insights create", () => {
  const line = `insights create ${wanted} --mock`

  it.effect("shows the new insight", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`${line} --name North --json`)
      assert.deepInclude(JSON.parse(stdout), { aoiId: "aoi-north-field", name: "North" })
    })
  )

  it.effect("takes the output of an insight as an input", () =>
    Effect.gen(function* () {
      for (const output of ["insight:insight-north-crops", "insight:insight-north-crops/result"]) {
        const { code, stderr } = yield* pixxel(line.replace("asset:mosaic-2025-06-14", output))
        assert.strictEqual(code, 0, stderr)
      }
    })
  )

  const refused: ReadonlyArray<readonly [what: string, line: string, code: number, message: string]> = [
    [
      "an asset of another AOI",
      line.replace("mosaic-2025-06-14", "nothing"),
      2,
      "--input input_image is no asset of AOI"
    ],
    ["a wrong day", line.replace("2025-06-01", "june"), 2, "start_date"],
    ["an unknown input", line.replace("start_date", "begin_date"), 2, "begin_date"],
    ["no input", line.replace(days, ""), 2, "start_date"],
    ["an input without its name", line.replace("start_date=", ""), 2, "--input needs NAME=VALUE, not '2025-06-01'"],
    ["an unknown block", line.replace("1.0.0", "9.0.0"), 5, "There is no"],
    ["an insight that has failed", line.replace("asset:mosaic-2025-06-14", "insight:insight-north-water"), 2, "OUTPUT"],
    ["a cost above the limit", `${line} --max-cost 11`, 10, "No insight of AOI aoi-north-field was started"]
  ]
  for (const [what, line, code, message] of refused) {
    it.effect(`starts nothing for ${what}`, () =>
      Effect.gen(function* () {
        const outcome = yield* pixxel(line)
        assert.strictEqual(outcome.code, code, outcome.stderr)
        assert.include(outcome.stderr, message)
      })
    )
  }

  /** An API that estimates, and counts its creates. */
  const api = () => {
    let creates = 0
    const fetch: typeof globalThis.fetch = async (_, init) => {
      if (init?.method !== "POST") return json({ spec: { inputs: [] }, insights: [] })
      const { estimate } = JSON.parse(await new Response(init.body).text())
      if (estimate === true) return json({ estimate: 42 })
      creates++
      return json({ id: "insight-7" }, { status: 201 })
    }
    return { environment: over(fetch), creates: () => creates }
  }

  it.effect("asks with the estimated cost, and starts nothing without a yes", () =>
    Effect.gen(function* () {
      for (const [answers, code, count] of [
        ["y\n", 0, 1],
        ["n\n", 12, 0]
      ] as const) {
        const { creates, environment } = api()
        const attended = { stdin: true, stdout: true, stderr: true }
        const outcome = yield* pixxel("insights create aoi-1 p-1 ndvi@1.0.0", { environment, answers, attended })
        assert.deepStrictEqual([outcome.code, creates()], [code, count])
        assert.include(
          outcome.stderr,
          "This starts an insight of block ndvi@1.0.0 on AOI aoi-1 in project p-1. The estimated cost is 42 tokens.\nStart it? [y/N]"
        )
      }
    })
  )

  it.effect("requires consent in advance without a terminal", () =>
    Effect.gen(function* () {
      for (const [more, code, count] of [
        ["", 2, 0],
        ["--yes", 0, 1],
        ["--max-cost 42", 0, 1],
        ["--max-cost 41", 10, 0]
      ] as const) {
        const { creates, environment } = api()
        const outcome = yield* pixxel(`insights create aoi-1 p-1 ndvi@1.0.0 ${more}`, { environment })
        assert.deepStrictEqual([outcome.code, creates()], [code, count], outcome.stderr)
      }
    })
  )

  it.effect("names the insight when its result has no reader", () =>
    Effect.gen(function* () {
      const failing = Object.assign(new Error("EPIPE"), { code: "EPIPE" })
      const outcome = yield* pixxel("insights create aoi-1 p-1 ndvi@1.0.0 --yes", { ...api(), failing })
      assert.strictEqual(outcome.code, 141)
      assert.include(outcome.stderr, "Insight insight-7 of AOI aoi-1 exists and is billed.")
      assert.include(outcome.stderr, "pixxel insights wait --aoi aoi-1 --insight insight-7")
    })
  )

  it.effect("says to list the insights after an unknown outcome", () =>
    Effect.gen(function* () {
      const fetch: typeof globalThis.fetch = async (_, init) => {
        if (init?.method === "POST") throw broken("ECONNRESET")
        return json({ spec: { inputs: [] }, insights: [] })
      }
      const outcome = yield* pixxel("insights create aoi-1 p-1 ndvi@1.0.0 --yes --no-adopt", {
        environment: over(fetch)
      })
      assert.strictEqual(outcome.code, 9)
      assert.include(outcome.stderr, "look for a new one: pixxel insights list --aoi aoi-1")
    })
  )
})

/** Insights on the command line, against the embedded mock. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { broken, interruptedCreate, json, over, pixxel, refused, type Surroundings, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-insights-"))
afterAll(() => rmSync(folder, { recursive: true }))

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

  const wrong: ReadonlyArray<readonly [what: string, line: string, code: number, message: string]> = [
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
  for (const [what, line, code, message] of wrong) {
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

describe("an interrupted create of an insight", () => {
  it.effect("waits for the insight, says so, and names it", () =>
    Effect.gen(function* () {
      const line = "insights create aoi-1 p-1 ndvi@1.0.0 --yes"
      const { after, before } = yield* interruptedCreate(
        line,
        { spec: { inputs: [] }, insights: [] },
        { id: "insight-7" }
      )
      assert.strictEqual(
        before,
        [
          "pixxel: Interrupted while an insight is being created. Waiting to find out whether the insight exists. Interrupt again to stop waiting.",
          "  List the insights before you run it again, and look for a new one: pixxel insights list --aoi aoi-1",
          ""
        ].join("\n")
      )
      assert.include(after, "pixxel: Interrupted. Insight insight-7 continues.")
      assert.include(after, "To wait again: pixxel insights wait --aoi aoi-1 --insight insight-7")
    })
  )
})

/** Runs a command line while the time passes. */
const inTime = (line: string, surroundings: Surroundings) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(pixxel(line, surroundings))
    const step = Effect.zipRight(
      Effect.promise(() => new Promise(setImmediate)),
      TestClock.adjust("1 second")
    )
    yield* Effect.fork(Effect.forever(step))
    return yield* Fiber.join(fiber)
  })

describe("pixxel insights run", () => {
  const line = `insights run ${wanted} --mock`

  it.effect("shows the end and the package", () =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel(line)
      assert.match(stderr, /inprogress {2}\d+ %/)
      assert.match(stdout, /status +completed\n[\s\S]*the package is ready/)
      const { download, insight } = JSON.parse((yield* pixxel(`${line} --json`)).stdout)
      assert.deepStrictEqual(
        [insight.status, download.status, download.signedUrl],
        ["completed", "ready", "<redacted>"]
      )
    })
  )

  it.effect("saves the package to a file or to a folder", () =>
    Effect.gen(function* () {
      const path = join(folder, "results", "crops.zip")
      assert.include((yield* pixxel(`${line} --out ${path}`)).stdout, path)
      assert.strictEqual(readFileSync(path).toString("latin1", 0, 2), "PK")
      const events = (yield* pixxel(`${line} --out ${folder} --jsonl`)).stdout
        .trim()
        .split("\n")
        .map((it) => JSON.parse(it))
      const { download, event, insight } = events.at(-1)
      assert.deepStrictEqual([event, download.path], ["ended", join(folder, `${insight.id}.zip`)])
    })
  )

  /** An API whose insight ends at once, and whose store answers so. */
  const storing = (answer: () => Response) =>
    over(async (url, init) => {
      if (String(url).startsWith("https://store.test")) return answer()
      if (init?.method === "POST") return json({ id: "insight-7" }, { status: 201 })
      if (init?.method === "PUT") return json({ status: "ready", signed_url: "https://store.test/a.zip" })
      return json({ spec: { inputs: [] }, insights: [{ id: "insight-7", status: "completed" }] })
    })

  it.effect("says to download, and not to run again, when the package cannot be fetched", () =>
    Effect.gen(function* () {
      const out = join(folder, "refused.zip")
      const environment = storing(() => refused(404))
      const { code, stderr } = yield* inTime(`insights run aoi-1 p-1 ndvi@1.0.0 --yes --out ${out}`, { environment })
      assert.strictEqual(code, 11)
      assert.include(stderr, "The insight is billed. Do not run it again.")
      assert.include(stderr, `pixxel insights download --aoi aoi-1 --insight insight-7 --out ${out}`)
      assert.notInclude(stderr, "pixxel insights run")
    })
  )

  it.effect("says to wait when it took too long", () =>
    Effect.gen(function* () {
      const environment = over(async (_, init) =>
        init?.method === "POST"
          ? json({ id: "insight-7" }, { status: 201 })
          : json({ spec: { inputs: [] }, insights: [{ id: "insight-7", status: "inprogress" }] })
      )
      const { code, stderr } = yield* inTime("insights run aoi-1 p-1 ndvi@1.0.0 --yes --timeout 3s", { environment })
      assert.strictEqual(code, 7)
      assert.include(stderr, "To wait again: pixxel insights wait --aoi aoi-1 --insight insight-7 --timeout 3s")
    })
  )
})

describe("pixxel insights download", () => {
  it.effect("saves all data, or a selection under its own name", () =>
    Effect.gen(function* () {
      const line = `insights download aoi-north-field insight-north-crops --out ${folder} --mock`
      yield* pixxel(line)
      yield* pixxel(`${line} --output result,areas`)
      const sizes = ["insight-north-crops", "insight-north-crops-result-areas"].map(
        (name) => readFileSync(join(folder, `${name}.zip`)).length
      )
      assert.strictEqual(new Set(sizes).size, 1)
      const one = yield* pixxel(`${line} --output result --input start_date --json`)
      assert.isBelow(JSON.parse(one.stdout).download.bytes, sizes[0] ?? 0)
    })
  )

  it.effect("names the data that there is", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("insights download aoi-north-field insight-north-crops --output no --mock")
      assert.strictEqual(code, 3)
      assert.include(stderr, '"areas", "result"')
    })
  )
})

describe("pixxel insights delete", () => {
  const line = "insights delete aoi-north-field insight-north-water --project project-monsoon-2024"

  it.effect("asks, and deletes nothing without a yes", () =>
    Effect.gen(function* () {
      const methods: Array<string> = []
      const environment = over(async (_, init) => {
        methods.push(init?.method ?? "GET")
        return new Response("")
      })
      const attended = { stdin: true, stdout: true, stderr: true }
      const declined = yield* pixxel(line, { environment, answers: "n\n", attended })
      assert.deepStrictEqual([declined.code, methods], [12, []])
      assert.include(declined.stderr, "and its results, which are paid.\nDelete it? [y/N]")
      assert.strictEqual((yield* pixxel(line, { environment })).code, 2)
      const agreed = yield* pixxel(line, { environment, answers: "y\n", attended })
      assert.deepStrictEqual([agreed.code, methods], [0, ["DELETE"]])
    })
  )

  it.effect("names the deleted insight in all forms", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* pixxel(`${line} --mock`)).stdout, "Deleted insight insight-north-water.\n")
      const { stdout } = yield* pixxel(`${line} --mock --json`)
      assert.deepStrictEqual(JSON.parse(stdout), { deleted: "insight-north-water" })
    })
  )
})

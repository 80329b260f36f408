import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll } from "vitest"
import { sample } from "../../../vitest.size.js"
import { examples, load } from "../src/commands/index.js"
import { Environment } from "../src/Environment.js"
import { pixxel, polygon } from "./harness.js"

await load()

const noSettings = Layer.merge(Environment.layer, Layer.setConfigProvider(ConfigProvider.fromMap(new Map())))

/** Replaces the download folder of the examples by a temporary one. */
const results = mkdtempSync(join(tmpdir(), "pixxel-results-"))
afterAll(() => rmSync(results, { recursive: true }))

writeFileSync(join(results, "field.geojson"), JSON.stringify(polygon))
writeFileSync(join(results, "legend.json"), JSON.stringify({ "2025-06-14": [{ color: "#1a9850", label: "All" }] }))

/** Runs a command with its files in that folder; each command has another package. */
const mocked = (line: string) => {
  const [group, verb] = line.split(" ")
  const placed = line
    .replace("--out results", `--out ${results}`)
    .replace(/field\.geojson|legend\.json|ndvi\.png|(?<=--out )styles/, `${results}/$&`)
    .replace(/(?<=--out )(field|result)\.zip/, `${results}/${group}-${verb}.zip`)
  return pixxel(`${placed} --mock`, { environment: noSettings })
}

const run = "jobs run --workflow wf-crop-classification --project project-monsoon-2024 --yes"

describe("--mock", () => {
  it.effect.each(sample(examples(), 6))("runs the examples of the help without settings: %s", (example) =>
    Effect.gen(function* () {
      const outcome = yield* mocked(example.slice("pixxel ".length))
      assert.strictEqual(outcome.code, 0)
      assert.isNotEmpty(outcome.stdout)
    })
  )

  it.effect("shows a second command the same ready-made jobs", () =>
    Effect.gen(function* () {
      const list = mocked("jobs list --workflow wf-crop-classification --json")
      const [before, , after] = [yield* list, yield* mocked(run), yield* list]
      const ids = JSON.parse(before.stdout).jobs.map((job: { id: string }) => job.id)
      assert.includeMembers(ids, ["job-crop-done", "job-crop-running"])
      assert.strictEqual(before.stdout, after.stdout)
    })
  )

  it.effect("runs the main job to its package, and reports each change once", () =>
    Effect.gen(function* () {
      const outcome = yield* mocked(run)
      assert.strictEqual(outcome.code, 0)
      assert.include(outcome.stdout, "the package is ready")
      const lines = outcome.stderr.trimEnd().split("\n")
      assert.isAbove(lines.length, 3)
      assert.match(lines.at(-1)!, /^job \S+ {2}completed {2}100 % {2}3\/3 tasks done$/)
      assert.deepStrictEqual(
        lines.filter((line, at) => line === lines[at - 1]),
        []
      )
    })
  )

  it.effect("prints only one JSON document with --json", () =>
    Effect.gen(function* () {
      const outcome = yield* mocked(`${run} --json`)
      assert.strictEqual(outcome.stderr, "")
      const { download, job } = JSON.parse(outcome.stdout)
      assert.deepStrictEqual([job.status, download.status], ["completed", "ready"])
      assert.strictEqual(download.signedUrl, "<redacted>")
      assert.notInclude(outcome.stdout, "storage.pixxel-mock")
    })
  )

  it.effect("reports why a job failed, and exits with 6", () =>
    Effect.gen(function* () {
      const outcome = yield* mocked("jobs wait --workflow wf-water-quality --job job-water-failed --json")
      assert.strictEqual(outcome.code, 6)
      const { error } = JSON.parse(outcome.stderr)
      assert.lengthOf(error.failedTasks, 1)
      assert.include(error.message, error.failedTasks[0].errMsg)
    })
  )

  it.effect("waits for minutes of virtual time, and exits with 7", () =>
    Effect.gen(function* () {
      const line = "jobs run --workflow wf-methane-screening --project project-basin-watch --timeout 10m"
      const outcome = yield* mocked(line)
      assert.strictEqual(outcome.code, 7)
      assert.include(outcome.stderr, "The embedded mock server has ended")
    })
  )
})

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { fileName } from "../src/fileName.js"
import { json, pixxel, refused, scripted } from "./harness.js"
import { zip } from "./zip.js"

const root = mkdtempSync(join(tmpdir(), "pixxel-download-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
const folder = () => join(root, String(++folders), "results")

const job = "--workflow wf-crop-classification --job job-crop-done --mock"
const run = "jobs run --workflow wf-crop-classification --project project-monsoon-2024 --mock"

const isZip = (path: string) => readFileSync(path).subarray(0, 4).toString("latin1") === "PK\u0003\u0004"

describe("jobs download", () => {
  it.effect("creates the folder and the file, and names the verification", () =>
    Effect.gen(function* () {
      const out = folder()
      const outcome = yield* pixxel(`jobs download ${job} --out ${out}`)
      assert.strictEqual(outcome.code, 0)
      assert.deepStrictEqual(readdirSync(out), ["job-crop-done.zip"])
      assert.isTrue(isZip(join(out, "job-crop-done.zip")))
      expect(outcome.stdout.replaceAll(out, "OUT")).toMatchInlineSnapshot(`
        "file      OUT/job-crop-done.zip
        size      3.10 kB
        verified  by its checksum (sha-256)
        "
      `)
      expect(outcome.stderr).toMatchInlineSnapshot(`
        "download: the package is being built (pending)
        download: 100 %  3.10 kB of 3.10 kB  249 B/s
        "
      `)
    })
  )

  it.effect("fetches nothing the second time, unpacks the existing file, and does nothing the third time", () =>
    Effect.gen(function* () {
      const out = folder()
      yield* pixxel(`jobs download ${job} --out ${out}`)
      const download = Effect.map(
        pixxel(`jobs download ${job} --out ${out} --unpack --json`),
        ({ stdout }) => JSON.parse(stdout).download
      )
      const second = yield* download
      assert.deepStrictEqual([second.fetched, second.isSkipped, second.unpacked.isSkipped], [0, true, false])
      assert.isTrue(existsSync(join(out, "job-crop-done", "manifest.json")))
      const third = yield* download
      assert.deepStrictEqual([third.isSkipped, third.unpacked.isSkipped], [true, true])
    })
  )

  it.effect("names the leftover folder of a run on another machine", () =>
    Effect.gen(function* () {
      const out = folder()
      const left = join(out, "job-crop-done~unpacking-00000000-1-0000000000000000")
      mkdirSync(left, { recursive: true })
      const { code, stdout } = yield* pixxel(`jobs download ${job} --out ${out} --unpack`)
      assert.strictEqual(code, 0)
      assert.include(stdout, `Another run uses ${left}. If no run is active, remove it.`)
      assert.isTrue(existsSync(left))
    })
  )

  it.effect("does not touch another file of that name, except on request", () =>
    Effect.gen(function* () {
      const out = folder()
      yield* pixxel(`jobs download ${job} --out ${out}`)
      const path = join(out, "job-crop-done.zip")
      writeFileSync(path, "mine")
      const refused = yield* pixxel(`jobs download ${job} --out ${out}`)
      assert.strictEqual(refused.code, 11)
      assert.include(refused.stderr, "--if-exists overwrite")
      assert.strictEqual(readFileSync(path, "utf8"), "mine")
      assert.strictEqual((yield* pixxel(`jobs download ${job} --out ${out} --if-exists overwrite`)).code, 0)
      assert.isTrue(isZip(path))
    })
  )

  it.effect("prints only the signed URL with --print-url, on stdout only, and downloads nothing", () =>
    Effect.gen(function* () {
      const out = folder()
      const shown = yield* pixxel(`jobs download ${job} --out ${out} --print-url`)
      assert.match(shown.stdout, /^http:\/\/\S+signature=\S+\n$/)
      assert.notInclude(shown.stderr, "signature")
      assert.isFalse(existsSync(out))
      for (const form of ["", " --json", " --jsonl", " --verbose"]) {
        const { stderr, stdout } = yield* pixxel(`jobs download ${job} --out ${out}${form}`)
        assert.notInclude(stdout + stderr, "signature")
      }
    })
  )

  it.effect("with --jsonl prints one event per line, the file last", () =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel(`jobs download ${job} --out ${folder()} --jsonl`)
      assert.strictEqual(stderr, "")
      const events = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      const names = events.map(({ event }) => event)
      assert.includeMembers(names, ["waiting", "progress"])
      assert.strictEqual(names.at(-1), "ended")
      assert.strictEqual(events.at(-1).download.verified, "checksum")
    })
  )

  it.effect("prints only its result with --quiet", () =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel(`jobs download ${job} --out ${folder()} --quiet`)
      assert.strictEqual(stderr, "")
      assert.include(stdout, "job-crop-done.zip")
    })
  )

  it.effect("names its file so that no id leads out of the folder", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(
        [["job-1"], ["job-1", "tile 01"], ["../../evil"], [".."], ["."], ["a/b"], ["作物"], ["a\\b:c"]].map((ids) =>
          fileName(...ids)
        ),
        ["job-1", "job-1-tile%2001", "%2e%2e%2F..%2Fevil", "%2e%2e", "%2e", "a%2Fb", "作物", "a%5Cb%3Ac"]
      )
    })
  )
})

describe("jobs show --svg", () => {
  it.effect("creates the missing folder of its file", () =>
    Effect.gen(function* () {
      const path = join(folder(), "charts", "job.svg")
      const { code, stderr } = yield* pixxel(`jobs show ${job} --svg ${path}`)
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(readFileSync(path, "utf8"), /^<svg/)
    })
  )
})

describe("tasks download", () => {
  it.effect("downloads to the same file by the name of a task or by its id", () =>
    Effect.gen(function* () {
      const out = folder()
      const { stdout } = yield* pixxel(`jobs get ${job} --json`)
      const { id } = JSON.parse(stdout).tasks.find(({ name }: { name: string }) => name === "classify-crops")
      for (const task of ["classify-crops", id]) {
        assert.strictEqual((yield* pixxel(`tasks download ${job} --task ${task} --out ${out}`)).code, 0)
      }
      assert.deepStrictEqual(readdirSync(out), ["job-crop-done-classify-crops.zip"])
    })
  )

  const hindi = "फसलवर्गीकरणऔरउपजअनुमानमानचित्र"

  it.effect.each([
    ["with a common prefix", `${hindi}एक`, `${hindi}दो`],
    ["that differ in case", "Tile", "tile"],
    ["that differ in normal form", "\u00e9", "e\u0301"],
    ["that are equal", "tile", "tile"],
    ["that differ in a lone surrogate", "tile\ud800", "tile\ud801"]
  ])("uses different files for tasks with names %s", ([, ...names]) =>
    Effect.gen(function* () {
      const out = folder()
      const tasks = names.map((name, at) => ({ id: `task-${at}`, name, status: "completed" }))
      const contents = names.map((_, at) => zip([{ name: "it.txt", content: `${at}` }]))
      for (const [at, content] of contents.entries()) {
        const environment = scripted(
          () => json({ id: "job-1", status: "completed", tasks }),
          () => json({ status: "ready", signed_url: "https://store.test/package" }),
          () => new Response(new Uint8Array(content))
        )
        const line = `tasks download --workflow wf-1 --job job-1 --task task-${at} --out ${out} --quiet`
        const { code, stderr } = yield* pixxel(line, { environment })
        assert.deepStrictEqual([code, stderr], [0, ""])
      }
      const files = readdirSync(out)
      assert.sameDeepMembers(
        files.map((file) => readFileSync(join(out, file), "latin1")),
        contents.map((it) => it.toString("latin1"))
      )
      assert.strictEqual(new Set(files.map((file) => file.normalize("NFKC").toLowerCase())).size, 2)
    })
  )

  it.effect("of a missing task lists the existing ones, and exits with 5", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`tasks download ${job} --task classify`)
      assert.strictEqual(code, 5)
      assert.include(stderr, "ingest-aoi, classify-crops, summarise-parcels")
    })
  )
})

describe("jobs run --out", () => {
  it.effect("goes from the workflow to verified, unpacked files", () =>
    Effect.gen(function* () {
      const out = folder()
      const outcome = yield* pixxel(`${run} --max-cost 100 --out ${out} --unpack --json`)
      assert.strictEqual(outcome.code, 0)
      assert.strictEqual(outcome.stderr, "")
      const { download, job } = JSON.parse(outcome.stdout)
      assert.deepStrictEqual([job.status, download.verified], ["completed", "checksum"])
      assert.deepStrictEqual(readdirSync(out).sort(), [job.id, `${job.id}.zip`])
    })
  )

  it.effect("starts no job above --max-cost", () =>
    Effect.gen(function* () {
      const out = folder()
      const { code, stderr } = yield* pixxel(`${run} --max-cost 41 --out ${out}`)
      assert.strictEqual(code, 10)
      assert.include(stderr, "Nothing was started")
      assert.isFalse(existsSync(out))
    })
  )
})

describe("the download of a job that has not ended", () => {
  const ids = "--workflow wf-1 --job job-1"
  const job = (status: string) => () =>
    json({ id: "job-1", status, progress: "40%", tasks: [{ id: "a", name: "tile" }] })
  const ready = () => json({ status: "ready", signed_url: "https://files.test/a.zip" })

  it.effect("reports the running job, and how to wait for it", () =>
    Effect.gen(function* () {
      const environment = scripted(() => refused(400), job("running"))
      const { code, stderr, stdout } = yield* pixxel(`jobs download ${ids} --out ${folder()}`, { environment })
      assert.deepStrictEqual([code, stdout], [3, ""])
      assert.strictEqual(
        stderr,
        "pixxel: Job job-1 is still running (running, 40 %), so it has no package yet.\n" +
          "  Download it after its end with --wait, or follow it first: pixxel jobs wait --workflow wf-1 --job job-1\n"
      )
    })
  )

  it.effect("reports it for a task too", () =>
    Effect.gen(function* () {
      const environment = scripted(job("running"), () => refused(400), job("running"))
      const { stderr } = yield* pixxel(`tasks download ${ids} --task tile --out ${folder()}`, { environment })
      assert.match(stderr, /^pixxel: Job job-1 is still running \(running, 40 %\)/)
    })
  )

  for (const [name, answer] of [
    ["has ended", job("completed")],
    ["is missing", () => refused(400)]
  ] as const) {
    it.effect(`is the unchanged 400 if the job ${name}`, () =>
      Effect.gen(function* () {
        const { code, stderr } = yield* pixxel(`jobs download ${ids} --out ${folder()}`, {
          environment: scripted(() => refused(400), answer)
        })
        assert.strictEqual(code, 3)
        assert.match(stderr, /Check the ids/)
      })
    )
  }

  it.effect("waits for the end with --wait", () =>
    Effect.gen(function* () {
      const environment = scripted(job("completed"), ready)
      const outcome = yield* pixxel(`jobs download ${ids} --wait --print-url`, { environment })
      assert.deepInclude(outcome, { code: 0, stdout: "https://files.test/a.zip\n" })
    })
  )
})

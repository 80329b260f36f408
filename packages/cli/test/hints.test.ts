/** Suggested commands: they continue with all options of the command line, and can be typed as shown. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { read } from "../src/CommandLine.js"
import { interrupted, json, pixxel } from "./harness.js"

const none = () => json({ jobs: [], estimated_cost: 5 })
const job = (status: string) => () => json({ id: "job-1", status })

/** The suggested command and its options. */
const suggested = (stderr: string) => {
  const [, line = ""] = /: pixxel (.*)$/m.exec(stderr) ?? []
  const it = read(line.split(" "))
  assert.strictEqual(it._tag, "Run", stderr)
  if (it._tag !== "Run") return { command: "", options: {} }
  return { command: it.command, options: Object.fromEntries(it.options.map(({ name, value = true }) => [name, value])) }
}

const ids = { workflow: "wf-1", job: "job-1" }
const run = "jobs run wf-1 p-1 --yes"

describe("after Ctrl-C", () => {
  const saving = "--out results --unpack --verify --if-exists overwrite --max-size 5 --max-entries 6 --max-ratio 7"
  const saved = {
    out: "results",
    unpack: true,
    verify: true,
    "if-exists": "overwrite",
    "max-size": "5",
    "max-entries": "6",
    "max-ratio": "7"
  }

  it.effect("a run continues with the steps after the create, and never creates again", () =>
    Effect.gen(function* () {
      const line = `${run} ${saving} --max-cost 9 --timeout 2h --interval 5s --base-url https://staging.example`
      const it = suggested(yield* interrupted(line, none, none, job("created"), job("running")))
      assert.strictEqual(it.command, "jobs download")
      const { wait: _, ...options } = { wait: true, ...it.options }
      assert.deepStrictEqual(options, {
        ...ids,
        ...saved,
        timeout: "2h",
        interval: "5s",
        "base-url": "https://staging.example"
      })
    })
  )

  it.effect("a run without --out continues to the end of the job", () =>
    Effect.gen(function* () {
      const it = suggested(
        yield* interrupted(`${run} --timeout 2h --max-cost 9`, none, none, job("created"), job("running"))
      )
      assert.deepStrictEqual(it, { command: "jobs wait", options: { ...ids, timeout: "2h" } })
    })
  )

  it.effect("a wait continues with its options", () =>
    Effect.gen(function* () {
      const line = "jobs wait wf-1 job-1 --interval 5s --auth-scheme raw"
      const it = suggested(yield* interrupted(line, job("running")))
      assert.deepStrictEqual(it, { command: "jobs wait", options: { ...ids, interval: "5s", "auth-scheme": "raw" } })
    })
  )

  it.effect.each(["jobs download wf-1 job-1", "tasks download wf-1 job-1 task-1"])(
    "a download continues with its options: %s",
    (line) =>
      Effect.gen(function* () {
        const script = [() => json({ id: "job-1", tasks: [{ id: "task-1" }], status: "pending" })]
        const it = suggested(yield* interrupted(`${line} ${saving}`, ...script))
        const task = line.startsWith("tasks") ? { task: "task-1" } : {}
        assert.deepStrictEqual(it, {
          command: line.split(" ").slice(0, 2).join(" "),
          options: { ...ids, ...task, ...saved }
        })
      })
  )
})

describe("for a job created with --mock", () => {
  const order = "wf-crop-classification project-monsoon-2024"
  const created = [
    `jobs run ${order} --timeout 1s`,
    `jobs run wf-methane-screening project-basin-watch --timeout 10m`,
    `jobs run ${order} --out /dev/null/no`
  ]

  it.effect.each(created)("no command is suggested with its id, which ends with the mock: %s", (line) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(`${line} --mock`)
      assert.notStrictEqual(outcome.code, 0)
      assert.notMatch(outcome.stderr, /pixxel jobs \w+ --/)
    })
  )

  it.effect("but a ready-made job keeps its id, and the suggestion works with the mock", () =>
    Effect.gen(function* () {
      const { stderr } = yield* pixxel("jobs wait wf-water-quality job-water-failed --mock")
      const { command, options } = suggested(stderr)
      assert.deepStrictEqual(
        [command, options],
        ["jobs get", { workflow: "wf-water-quality", job: "job-water-failed", mock: true }]
      )
    })
  )
})

/** The status words that are ends: the known words in any case, with any separator, with and without a prefix. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { JobsApi, Status } from "../src/index.js"
import { jobId, json, once, scripted, workflowId } from "./scripted.js"

const good = ["completed", "complete", "success", "succeeded", "successful", "done"]
const bad = ["failed", "failure", "error", "errored", "cancelled", "canceled", "rejected", "terminated", "expired"]
const pending = ["created", "queued", "pending", "started", "running", "in progress", "simmering", "skipped"]

const casings: ReadonlyArray<(word: string) => string> = [
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`
]

const spelled = (word: string) =>
  fc
    .record({
      prefix: fc.constantFrom("", "job", "task", "workflow", "download"),
      separator: fc.constantFrom("", "_", "-", " ", ".", ":", "/", "__"),
      ofPrefix: fc.constantFrom(...casings),
      ofWord: fc.constantFrom(...casings)
    })
    .map(({ ofPrefix, ofWord, prefix, separator }) =>
      prefix === "" ? ofWord(word) : `${ofPrefix(prefix)}${separator}${ofWord(word)}`
    )

const known = fc
  .constantFrom(
    ...good.map((word) => ["succeeded", word] as const),
    ...bad.map((word) => ["failed", word] as const),
    ...pending.map((word) => ["pending", word] as const)
  )
  .chain(([outcome, word]) => spelled(word).map((spelling) => [outcome, spelling] as const))

describe("a status word", () => {
  it.prop("has the same outcome with a prefix, and in any case", [known], ([[outcome, word]]) => {
    assert.strictEqual(Status.outcomeOf(Option.some(word)), outcome, word)
    assert.strictEqual(Status.downloadOutcomeOf(Option.some(word)), outcome, word)
  })

  it.prop("ready is the end of a download only", [spelled("ready")], ([word]) => {
    assert.strictEqual(Status.outcomeOf(Option.some(word)), "pending", word)
    assert.strictEqual(Status.downloadOutcomeOf(Option.some(word)), "succeeded", word)
  })

  for (const word of [
    "",
    "task",
    "Job",
    "incomplete",
    "unfinished",
    "not failed",
    "failed: retrying",
    "TaskTaskFailed"
  ]) {
    it(`${JSON.stringify(word)} is no end`, () => {
      assert.strictEqual(Status.outcomeOf(Option.some(word)), "pending")
    })
  }
})

describe("the reason of a failed job", () => {
  const failure = (tasks: ReadonlyArray<object>) =>
    Effect.gen(function* () {
      const { layer } = scripted([() => json({ id: "job-1", status: "failed", tasks })], once)
      const error = yield* Effect.flip(
        Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId })).pipe(Effect.provide(layer))
      )
      assert(error._tag === "JobFailed")
      return { message: error.message, tasks: error.failedTasks.map(({ id }) => String(id)) }
    })

  for (const status of ["TaskFailed", "TASK_FAILED", "task failed", "Error"]) {
    it.effect(`is the reason of a task that is ${status}`, () =>
      Effect.gen(function* () {
        const { message, tasks } = yield* failure([
          { id: "a", name: "tile", status: "TaskCompleted" },
          { id: "b", name: "water", status, failure_type: "bad_request" }
        ])
        assert.deepStrictEqual(tasks, ["b"])
        assert.strictEqual(message, "Job job-1 ended as failed: task water: bad_request.")
      })
    )
  }

  for (const status of ["TaskAborted", "running", "", null, "completed"]) {
    it.effect(`is the reason of a task with an error text and the status ${JSON.stringify(status)}`, () =>
      Effect.gen(function* () {
        const { message, tasks } = yield* failure([
          { id: "a", name: "tile", status: "simmering", err_msg: " " },
          { id: "b", name: "water", status, err_msg: "no water found" }
        ])
        assert.deepStrictEqual(tasks, ["b"])
        assert.strictEqual(message, "Job job-1 ended as failed: task water: no water found.")
      })
    )
  }

  it.effect("is missing without a reason of a task", () =>
    Effect.gen(function* () {
      const { message, tasks } = yield* failure([
        { id: "a", status: "TaskCompleted" },
        { id: "b", status: "skipped" }
      ])
      assert.deepStrictEqual(tasks, [])
      assert.strictEqual(message, "Job job-1 ended as failed: no reason given.")
    })
  )
})

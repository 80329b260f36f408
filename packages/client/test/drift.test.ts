import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import { type Drift, JobsApi } from "../src/index.js"
import { jobId, json, scripted, workflowId } from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))
const odd = () =>
  json({ id: "job-1", cost: "much", unknown: 1, tasks: [{ id: "a", progress: 900 }, { id: "b", progress: 901 }, 7] })

describe("a drift", () => {
  it.effect("is reported once per shape, without the value", () =>
    Effect.gen(function* () {
      const drifts: Array<Drift.Drift> = []
      const { layer } = scripted([odd], { onDrift: (drift) => Effect.sync(() => drifts.push(drift)) })
      yield* Effect.all([get, get]).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        drifts,
        [
          { operation: "getJobById", path: "cost", expected: "a number", found: "a text" },
          {
            operation: "getJobById",
            path: "tasks[].progress",
            expected: "a progress from 0 to 100",
            found: "a number"
          },
          { operation: "getJobById", path: "tasks[]", expected: "an object", found: "a number" }
        ].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path))
      )
    })
  )
  const order = ["cost", "tasks[].progress", "tasks[]"]

  it.effect("is a warning in the log by default", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${message}`))
      yield* Effect.all([get, get]).pipe(
        Effect.provide(scripted([odd]).layer),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      assert.lengthOf(lines, 3)
      assert.match(lines[0]!, /^WARN .*getJobById.*a text at cost/)
    })
  )

  const bad: ReadonlyArray<readonly [string, Drift.OnDrift]> = [
    ["fails", () => Effect.fail("no")],
    ["dies", () => Effect.dieMessage("no")],
    ["interrupts itself", () => Effect.interrupt],
    [
      "throws",
      () => {
        throw new Error("no")
      }
    ]
  ]
  for (const [name, onDrift] of bad) {
    it.effect(`with a handler that ${name} does not affect the call`, () =>
      Effect.gen(function* () {
        const job = yield* Effect.provide(get, scripted([odd], { onDrift }).layer)
        assert.strictEqual(job.id, jobId)
      })
    )
  }

  it.effect("with a hanging handler delays the call for only one second", () =>
    Effect.gen(function* () {
      const one = () => json({ id: "job-1", cost: "much" })
      const fiber = yield* Effect.fork(Effect.provide(get, scripted([one], { onDrift: () => Effect.never }).layer))
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).id, jobId)
    })
  )
})

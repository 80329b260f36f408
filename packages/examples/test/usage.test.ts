/** Runs the journey of the usage on both transports. */
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, WorkflowId } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer, Option } from "effect"
import { longTransports } from "../../../vitest.size.js"
import { PixxelMock } from "../src/main-job.js"
import { type Captures, taskSatellite } from "../src/task-a-satellite.js"
import { usageOf } from "../src/usage.js"
import { inDays, place } from "./place.js"

const { projectId } = place
const workflowId = WorkflowId.make("wf-crop-classification")

const linesOf = (report: string) => report.trim().split("\n")

describe.each(longTransports)("the usage of a project, %s", (transport) => {
  const world = () => PixxelMock.pipe(Layer.provideMerge(MockServer.layer({ transport })))

  it.scoped("counts a job when it has ended, and before that as unknown", () =>
    Effect.gen(function* () {
      const jobs = yield* JobsApi
      // the jobs of the fixtures have ended by then
      yield* Effect.sleep("1 day")
      const before = yield* usageOf(projectId)
      const { id: jobId } = yield* jobs.create({ workflowId, projectId })
      const during = yield* usageOf(projectId)
      const job = yield* jobs.wait({ workflowId, jobId })
      const after = yield* usageOf(projectId)
      assert.deepStrictEqual(during.jobs, { ...before.jobs, unknown: before.jobs.unknown + 1 })
      const cost = Option.getOrThrow(job.cost)
      assert.deepStrictEqual(after.jobs, { ...before.jobs, tokens: before.jobs.tokens + cost })
      assert.deepStrictEqual([after.orders, after.insights], [before.orders, before.insights])
    }).pipe(Effect.provide(world()))
  )

  it.scoped("counts an order that is paid, and has it in the report", () =>
    Effect.gen(function* () {
      const [start, end] = yield* Effect.all([inDays(5), inDays(15)])
      const captures: Captures = { ...place, usecase: "agriculture", start, end, bandset: "Agriculture" }
      const before = yield* usageOf(projectId)
      yield* taskSatellite(captures, () => Effect.succeed(true))
      const after = yield* usageOf(projectId)
      assert.isAbove(after.orders.tokens, before.orders.tokens)
      assert.lengthOf(linesOf(after.report), linesOf(before.report).length + 1)
    }).pipe(Effect.provide(world()))
  )

  it.scoped("is the same through answers of 503", () =>
    Effect.gen(function* () {
      const usage = yield* usageOf(projectId)
      const { faults } = yield* MockServer
      yield* faults.use(
        Fault.plan(
          ...(["ListOrderItems", "listJobs", "listInsights", "DownloadOrderReport"] as const).map((operation) =>
            Fault.on(operation, Fault.answer(503), { attempts: [1] })
          )
        )
      )
      assert.deepStrictEqual(yield* usageOf(projectId), usage)
    }).pipe(Effect.provide(world()))
  )
})

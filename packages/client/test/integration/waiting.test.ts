/** Waits against the mock server, over TCP and in process. */
import { assert, describe, it } from "@effect/vitest"
import type { Waiter } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { longTransports, size } from "../../../../vitest.size.js"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")

const requestsOf = (operation: string) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(requests, (seen) => seen.filter((it) => it.operation === operation))
  )

const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId }))

for (const transport of longTransports) {
  describe(`a wait, ${transport},`, () => {
    it.effect("notices the end early, with fewer polls than an equally fast fixed interval", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const mock = yield* MockServer
        const lateness = (options: Waiter.Options) =>
          Effect.gen(function* () {
            const { id: jobId } = yield* create
            const before = (yield* requestsOf("getJobById")).length
            const { finishedAt } = yield* jobs.wait({ workflowId, jobId, ...options })
            const ended = yield* finishedAt
            return { late: mock.time.now - ended.epochMillis, looks: (yield* requestsOf("getJobById")).length - before }
          })
        const adaptive = yield* lateness({})
        const fixed = yield* lateness({ interval: "5 seconds" })
        assert.isAtMost(adaptive.late, 5_000)
        assert.isBelow(adaptive.looks, fixed.looks)
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )

    it.effect("survives an outage", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { id: jobId } = yield* create
        const outage = Fault.on("getJobById", Fault.answer(503), { between: { from: "10s", to: "90s" } })
        yield* (yield* MockServer).faults.use(Fault.plan(outage))
        const job = yield* jobs.wait({ workflowId, jobId })
        assert.strictEqual(job.outcome, "succeeded")
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )

    it.effect("leaves nothing behind when interrupted at any point", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { time } = yield* MockServer
        const { id: jobId } = yield* create
        yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("*", Fault.latency("700ms"))))
        for (let n = 0; n < 60; n += size(10, 1)) {
          const waits = yield* Effect.all(
            [
              Effect.asVoid(jobs.wait({ workflowId, jobId })),
              Stream.runDrain(jobs.watch({ workflowId, jobId, coalesce: false }))
            ].map((wait) => Effect.fork(wait))
          )
          yield* Effect.sleep(n * 100)
          yield* Fiber.interruptAll(waits)
        }
        // Only the requests in progress at the server end.
        yield* Effect.sleep("1 second")
        assert.isTrue(time.idle, time.describe())
      }).pipe(
        Logger.withMinimumLogLevel(LogLevel.None),
        Effect.provide(world(transport, { conduct: { pollFloor: false } }))
      )
    )
  })
}

import { assert, it } from "@effect/vitest"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Fiber, Layer, TestClock } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-running")

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer({ clock: "followTestClock" }))
)

it.effect("the world follows the TestClock", () =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const waiting = yield* Effect.fork(jobs.wait({ workflowId, jobId }))
    yield* TestClock.adjust("10 minutes")
    const job = yield* Fiber.join(waiting)
    assert.strictEqual(job.outcome, "succeeded")
  }).pipe(Effect.provide(PixxelTest))
)

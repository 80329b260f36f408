import { assert, it } from "@effect/vitest"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer, Option } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-running") // it is a minute old when the world begins

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer({ clock: "manual" }))
)

it.effect("time stands still until it is advanced", () =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const jobs = yield* JobsApi
    const running = yield* jobs.get({ workflowId, jobId })
    assert.deepStrictEqual(running.status, Option.some("running"))

    yield* mock.advance("10 minutes")
    const done = yield* jobs.get({ workflowId, jobId })
    assert.deepStrictEqual(done.status, Option.some("completed"))
  }).pipe(Effect.provide(PixxelTest))
)

import { assert, it } from "@effect/vitest"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer())
)

it.effect("finds its job when the answer to the create is lost", () =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    yield* mock.faults.use(
      Fault.plan(
        Fault.on("createJob", Fault.loseAnswer("reset")), // the job is created and paid; the connection is reset
        Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s" }), { attempts: [2, 3] }),
        Fault.on("*", Fault.latency({ median: "90ms", sigma: 0.4 }), { chance: 0.2, optional: true })
      )
    )
    const jobs = yield* JobsApi
    const { job } = yield* jobs.run({ workflowId, projectId })
    assert.strictEqual(job.outcome, "succeeded")
    yield* mock.verify({ operation: "createJob", times: 1 })
  }).pipe(Effect.provide(PixxelTest))
)

it.effect("meets 403 with an expired token", () =>
  Effect.gen(function* () {
    const { tokenOf } = yield* MockServer
    const Expired = Pixxel.layer({ token: tokenOf("expired") }).pipe(Layer.provide(MockServer.layerConfigProvider))
    const list = Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId }))
    const error = yield* Effect.flip(Effect.provide(list, Expired))
    assert.strictEqual(error._tag, "PixxelForbidden")
  }).pipe(Effect.provide(PixxelTest))
)

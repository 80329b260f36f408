import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { CreateOutcomeUnknown, JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Schema } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const job = yield* jobs.create({ workflowId, projectId }).pipe(
    Effect.tapErrorTag("CreateOutcomeUnknown", ({ candidates }) =>
      Console.log(`unknown outcome, ${candidates.length} candidates: looking again in 15 minutes`)
    ),
    Effect.catchTag("CreateOutcomeUnknown", (error) => Effect.delay(jobs.resolve(error), "15 minutes")),
    // Several candidates, or none: store the error, notify a person, create nothing.
    Effect.tapErrorTag("CreateOutcomeUnknown", (error) =>
      Effect.flatMap(Schema.encode(CreateOutcomeUnknown)(error), (json) => Console.error(JSON.stringify(json)))
    )
  )
  yield* Console.log(`the job is ${job.id}`)
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

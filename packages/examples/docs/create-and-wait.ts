import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobsApi, Pixxel, ProjectId, WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

const program = Effect.gen(function* () {
  const workflows = yield* WorkflowsApi
  const jobs = yield* JobsApi

  const { estimatedCost } = yield* workflows.estimate({ workflowId })
  yield* Console.log(`estimate: ${Option.getOrElse(estimatedCost, () => "unknown")} tokens`)

  const { id: jobId } = yield* jobs.create({ workflowId, projectId, maxCost: 100 })
  yield* Console.log(`created ${jobId}`)

  const job = yield* jobs.wait({ workflowId, jobId, timeout: "2 hours" })
  yield* Console.log(`${job.outcome}: ${job.tasks.length} tasks`)
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

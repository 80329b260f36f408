import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobsApi, Pixxel, ProjectId, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option, Stream } from "effect"

const program = Effect.gen(function* () {
  const workflows = yield* WorkflowsApi
  const jobs = yield* JobsApi
  yield* workflows.listAll({ projectId: ProjectId.make("project-monsoon-2024"), limit: 2 }).pipe(
    Stream.mapEffect((workflow) =>
      Effect.map(jobs.list({ workflowId: workflow.id }), (all) => {
        const running = all.filter(({ outcome }) => outcome === "pending").length
        return `${Option.getOrElse(workflow.name, () => workflow.id)}: ${all.length} jobs, ${running} running`
      })
    ),
    Stream.runForEach(Console.log)
  )
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Download, JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Either, Layer } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-done")

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { tasks } = yield* jobs.get({ workflowId, jobId })
  const outcomes = yield* Download.all(
    tasks.map((task, at) => ({ workflowId, jobId, taskId: task.id, path: `results/task-${at + 1}.zip` })),
    { concurrency: 2, ifExists: "overwrite" }
  )
  yield* Effect.forEach(
    outcomes,
    Either.match({
      onLeft: (error) => Console.error(error.message),
      onRight: ({ bytes, path }) => Console.log(`${path}: ${bytes} bytes`)
    })
  )
})

const Live = Layer.merge(Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)), NodeContext.layer)

program.pipe(Effect.provide(Live), NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-done")

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { tasks } = yield* jobs.get({ workflowId, jobId })
  yield* Effect.forEach(tasks, ({ id: taskId, name }) =>
    jobs.downloadTask({ workflowId, jobId, taskId }).pipe(
      Effect.delay("2 seconds"),
      Effect.repeat({ until: ({ isReady, outcome }) => isReady || outcome === "failed" }),
      Effect.flatMap(({ isReady }) => Console.log(`${Option.getOrElse(name, () => taskId)}: ready: ${isReady}`))
    )
  )
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

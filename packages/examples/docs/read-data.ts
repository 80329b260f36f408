import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { DataTypes, JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option } from "effect"

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const job = yield* jobs.get({
    workflowId: WorkflowId.make("wf-crop-classification"),
    jobId: JobId.make("job-crop-done")
  })
  for (const task of job.tasks) {
    for (const data of DataTypes.decode(task.result)) {
      const name = Option.getOrElse(data.name, () => "?")
      const kind = data._tag === "Raster" ? `an image with ${data.bands.length} bands` : data._tag
      yield* Console.log(`${name}: ${kind}`)
    }
  }
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

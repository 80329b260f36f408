import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option, Stream } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-running")

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  yield* jobs.watch({ workflowId, jobId, interval: "1 minute" }).pipe(
    Stream.runForEach((job) => {
      const percent = Option.getOrElse(job.progress, () => 0)
      const pending = job.tasks.filter(({ outcome }) => outcome === "pending").length
      return Console.log(`${Option.getOrElse(job.status, () => "no status")}: ${percent} %, tasks to go: ${pending}`)
    })
  )
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobId, JobsApi, Pixxel, Raw, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const jobId = JobId.make("job-crop-done")

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const job = yield* jobs.get({ workflowId, jobId })
  yield* Console.log(`${job.outcome}, cost: ${Option.getOrElse(job.cost, () => "none")}`)
  // The JSON as it came, with the keys that no model has.
  const { cost, priority } = Option.getOrThrow(Raw.of(job)) as { readonly cost: unknown; readonly priority: unknown }
  yield* Console.log(JSON.stringify({ cost, priority }))
})

const PixxelLive = Pixxel.layer({
  onDrift: ({ expected, found, operation, path }) =>
    Console.log(`drift: ${operation} answered ${found} at ${path}, expected ${expected}`)
}).pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

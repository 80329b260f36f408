import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Download, JobId, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const file = yield* Download.toFile({
    workflowId: WorkflowId.make("wf-crop-classification"),
    jobId: JobId.make("job-crop-done"),
    path: "results/fields.zip"
  })
  yield* Console.log(`${file.path}: ${file.bytes} bytes, ${file.fetched} fetched, verified by ${file.verified}`)
})

const Live = Layer.mergeAll(
  Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)),
  NodeContext.layer, // the file system
  NodeHashing.layer // the checksums
)

program.pipe(Effect.provide(Live), NodeRuntime.runMain)

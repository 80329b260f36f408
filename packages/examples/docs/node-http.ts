import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { NodeDecompression } from "@effect-pixxel/client-node"
import { Console, Effect, Layer } from "effect"

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide([NodeHttpClient.layerUndici, NodeDecompression.layer]))

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

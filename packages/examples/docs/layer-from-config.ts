import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { Config, Console, Effect, Layer } from "effect"

/** Each option is a value or a Config. */
const PixxelLive = Pixxel.layerFromConfig({
  token: Config.redacted("STAGING_PIXXEL_TOKEN"),
  baseUrl: Config.string("STAGING_PIXXEL_URL"),
  retry: { maxAttempts: 3 }
}).pipe(Layer.provide(FetchHttpClient.layer))

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

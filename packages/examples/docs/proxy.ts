import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"
import { EnvHttpProxyAgent } from "undici"

/** Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. The type of Node's fetch lacks the dispatcher. */
const options = { dispatcher: new EnvHttpProxyAgent() } as RequestInit

const PixxelLive = Pixxel.layerConfig.pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, options))
)

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

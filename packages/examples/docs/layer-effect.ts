import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Auth, Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer, Redacted } from "effect"

/** A file that a secret store rewrites from time to time. */
const readToken = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  yield* Console.log("reading the token")
  return Redacted.make((yield* fs.readFileString("token.txt")).trim())
})

const PixxelLive = Pixxel.layerWithoutAuth().pipe(
  Layer.provide(Auth.layerEffect(readToken)),
  Layer.provide([FetchHttpClient.layer, NodeContext.layer])
)

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"

/** Options that are not given come from PIXXEL_API_KEY, PIXXEL_AUTH_SCHEME and PIXXEL_BASE_URL. */
const PixxelLive = Pixxel.layer({
  concurrency: 10, // calls under way at once; default: no limit
  retry: { maxAttempts: 3, attemptTimeout: "30 seconds" },
  waiting: { tolerance: 10, maxInterval: "1 minute" },
  userAgent: "field-survey/2.1"
}).pipe(Layer.provide(FetchHttpClient.layer))

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

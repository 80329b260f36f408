import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Pixxel, WorkflowsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"

/** Adds a header and logs each request. It sends a request once: no retry, no redirect, no cache. */
const HttpClientLive = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (client) =>
    client.pipe(
      HttpClient.mapRequest(HttpClientRequest.setHeader("x-team", "field-survey")),
      HttpClient.tapRequest(({ headers, method, url }) =>
        Console.log(`${method} ${new URL(url).pathname.replace(/^\/w\/[^/]+/, "")} for ${headers["x-team"]}`)
      )
    )
  )
).pipe(Layer.provide(FetchHttpClient.layer))

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(HttpClientLive))

const program = Effect.gen(function* () {
  const { workflows } = yield* (yield* WorkflowsApi).list()
  yield* Console.log(`${workflows.length} workflows`)
})

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

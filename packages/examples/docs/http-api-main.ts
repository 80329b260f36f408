import { createServer } from "node:http"
import { FetchHttpClient, HttpApiBuilder, HttpServer } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Pixxel } from "@effect-pixxel/client"
import { Config, Layer } from "effect"
import { SurveyApiLive } from "./http-api.js"

const HttpLive = HttpApiBuilder.serve().pipe(
  HttpServer.withLogAddress,
  Layer.provide(SurveyApiLive),
  Layer.provide(Pixxel.layerConfig),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(NodeHttpServer.layerConfig(() => createServer(), { port: Config.port("PORT") }))
)

Layer.launch(HttpLive).pipe(NodeRuntime.runMain)

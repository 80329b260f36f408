import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Pixxel } from "@effect-pixxel/client"
import { Effect, Layer } from "effect"
import { program } from "./pipeline.js"

/** Configured by PIXXEL_API_KEY, PIXXEL_AUTH_SCHEME and PIXXEL_BASE_URL. */
const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

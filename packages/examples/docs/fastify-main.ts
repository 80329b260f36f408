import { FetchHttpClient } from "@effect/platform"
import { Pixxel } from "@effect-pixxel/client"
import { Layer, ManagedRuntime } from "effect"
import { makeApp } from "./fastify.js"

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

export const app = makeApp(ManagedRuntime.make(PixxelLive))

await app.listen({ port: Number(process.env["PORT"] ?? 3000) })

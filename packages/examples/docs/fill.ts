import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { AoiId, AssetsApi, BlocksApi, DataTypes, Pixxel } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option, Stream } from "effect"

const program = Effect.gen(function* () {
  const blocks = yield* BlocksApi
  const assets = yield* AssetsApi
  const aoiId = AoiId.make("aoi-north-field")

  const block = yield* blocks.get({ name: "cropclassification", version: "1.1.0" })
  const mosaic = yield* assets.listAll({ aoiId }).pipe(
    Stream.filter(({ outcome, type }) => outcome === "succeeded" && Option.contains(type, "mosaic")),
    Stream.runHead,
    Effect.flatten
  )
  const inputs = yield* DataTypes.fill(
    block.inputs,
    { input_image: mosaic, start_date: "2025-06-01", end_date: "2025-06-30", min_area: 2 },
    { aoiId }
  )
  yield* Console.log(JSON.stringify(inputs.map(DataTypes.encode), null, 2))
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

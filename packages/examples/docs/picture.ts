import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { AoiId, IndicesApi, Pixxel, SatelliteId, VisualizationsApi } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option, Stream } from "effect"

const program = Effect.gen(function* () {
  const indices = yield* IndicesApi
  const visualizations = yield* VisualizationsApi
  const fs = yield* FileSystem.FileSystem
  const aoiId = AoiId.make("aoi-north-field")

  const { id: indexId } = yield* indices
    .listAll({ satelliteId: SatelliteId.make("sat-firefly-1"), type: "preset" })
    .pipe(
      Stream.filter(({ name }) => Option.contains(name, "NDWI")),
      Stream.runHead,
      Effect.flatten
    )
  const { id: visualizationId } = yield* visualizations.create({ aoiId, indexId })
  const ref = { aoiId, visualizationId }
  yield* visualizations.wait({ ...ref, timeout: "1 hour" })

  for (const date of yield* visualizations.dates(ref)) {
    const image = yield* visualizations.png({ ...ref, indexId, date, mode: "dynamic" })
    yield* fs.writeFile(`${date}.png`, image)
    yield* Console.log(`${date}.png`)
  }
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(Layer.merge(PixxelLive, NodeContext.layer)), NodeRuntime.runMain)

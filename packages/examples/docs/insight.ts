import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import {
  AoiId,
  AssetId,
  AssetsApi,
  BlocksApi,
  DataTypes,
  Download,
  InsightsApi,
  Pixxel,
  ProjectId
} from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Console, Effect, Layer, Option, Stream } from "effect"

const program = Effect.gen(function* () {
  const insights = yield* InsightsApi
  const assets = yield* AssetsApi
  const aoiId = AoiId.make("aoi-north-field")
  const block = { name: "cropclassification", version: "1.0.0" }

  const { inputs: template } = yield* Effect.flatMap(BlocksApi, (blocks) => blocks.get(block))
  const mosaic = yield* assets.listAll({ aoiId }).pipe(
    Stream.filter(({ id }) => id === AssetId.make("mosaic-2025-06-14")),
    Stream.runHead,
    Effect.flatten
  )
  // checked before anything is paid
  const inputs = yield* DataTypes.fill(
    template,
    { input_image: mosaic, start_date: "2025-06-01", end_date: "2025-06-30" },
    { aoiId }
  )
  const projectId = ProjectId.make("project-monsoon-2024")
  const { insight } = yield* insights.run({ aoiId, projectId, block, inputs, maxCost: 100, timeout: "2 hours" })
  yield* Console.log(insight.outputs.map(({ name }) => Option.getOrElse(name, () => "-")))

  const source = InsightsApi.source({ aoiId, insightId: insight.id })
  const { verified } = yield* Download.toFile({ source, path: "crops.zip" })
  yield* Console.log(`crops.zip, verified by its ${verified}`)
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(Layer.mergeAll(PixxelLive, NodeContext.layer, NodeHashing.layer)), NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { BlocksApi, DataTypes, Pixxel } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const blocks = yield* BlocksApi
  const block = yield* blocks.get({ name: "cropclassification", version: "1.1.0" })
  const values = { input_image: "s3://bucket/field.tif", strat_date: "2025-06-01", end_date: "soon", min_area: 500 }
  yield* DataTypes.fill(block.inputs, values).pipe(
    Effect.catchTag("PixxelInvalidInput", ({ expected, found, others, path }) =>
      Effect.forEach([{ path, found, expected }, ...others], (problem) =>
        Console.log(`${problem.path} is ${problem.found}: it needs ${problem.expected}.`)
      )
    )
  )
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

/** Runs the season: `PIXXEL_API_KEY=… tsx packages/examples/src/season/main.ts sites.json results` */
import { FetchHttpClient, FileSystem, Path } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Effect, Layer } from "effect"
import { Ledger } from "./Ledger.js"
import { Notices } from "./Notices.js"
import { Sites } from "./Sites.js"
import { season } from "./season.js"

const [sites = "sites.json", results = "results"] = process.argv.slice(2)

const Services = Layer.unwrapEffect(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(results, { recursive: true })
    return Layer.mergeAll(
      Sites.layerJson(yield* fs.readFileString(sites)),
      Ledger.layer(path.join(results, "ledger.jsonl")),
      Notices.console
    )
  })
)

const Live = Layer.mergeAll(
  Services,
  Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)),
  NodeHashing.layer
).pipe(Layer.provideMerge(NodeContext.layer))

season({ results, maxCost: 200 }).pipe(Effect.provide(Live), NodeRuntime.runMain)

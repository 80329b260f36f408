/** Runs the season as a separate process, with short deadlines: `BASE_URL TOKEN SITES RESULTS`. */
import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Effect, Layer, Redacted } from "effect"
import { Ledger } from "../src/season/Ledger.js"
import { Notices } from "../src/season/Notices.js"
import { Sites } from "../src/season/Sites.js"
import { season } from "../src/season/season.js"

const [baseUrl = "", token = "", sites = "", results = ""] = process.argv.slice(2)

const Live = Layer.mergeAll(
  Layer.unwrapEffect(
    Effect.map(
      Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(sites)),
      Sites.layerJson
    )
  ),
  Ledger.layer(`${results}/ledger.jsonl`),
  Notices.console,
  NodeHashing.layer,
  Pixxel.layer({
    baseUrl,
    token: Redacted.make(token),
    retry: { timeout: "2500 millis" }
  }).pipe(Layer.provide(FetchHttpClient.layer))
).pipe(Layer.provideMerge(NodeContext.layer))

season({ results, maxCost: 200, grace: "500 millis" }).pipe(Effect.provide(Live), NodeRuntime.runMain)

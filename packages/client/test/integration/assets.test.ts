/** Assets and their downloads against the mock server. */
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import { AoiId, AssetId, AssetsApi, Download } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { folder, layer } from "./downloads.js"
import { world } from "./world.js"

const assets = {
  aoiId: AoiId.make("aoi-north-field"),
  assetIds: [AssetId.make("asset-FF01_000321_20250614_L2A_20250616_00501135")]
}

describe.each(longTransports)("a download of assets, %s", (transport) => {
  it.scoped("is requested, polled and saved to a file", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/field.zip`
      const result = yield* Download.toFile({ source: AssetsApi.source(assets), path }, { verify: true })
      assert.deepInclude(result, { isSkipped: false, verified: "checksum" })
      const bytes = yield* (yield* FileSystem.FileSystem).readFile(path)
      assert.strictEqual(bytes.length, result.bytes)
    }).pipe(Effect.provide(layer(transport, {})))
  )

  it.scoped("requests another when its URL is refused", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      yield* mock.faults.use(Fault.plan(Fault.on("getPackage", Fault.expired, { between: { from: "0s", to: "15s" } })))
      const path = `${yield* folder}/field.zip`
      yield* Download.toFile({ source: AssetsApi.source(assets), path })
      yield* mock.verify({ operation: "AOICreateDownload", times: 2 })
    }).pipe(Effect.provide(layer(transport, {})))
  )
})

describe.each(longTransports)("the assets of an AOI, %s", (transport) => {
  const rows: ReadonlyArray<readonly [aoi: string, shown: ReadonlyArray<string>]> = [
    [
      "aoi-north-field",
      [
        "stac_item success",
        "stac_item success",
        "mosaic success",
        "mosaic success",
        // two days of one visualization, one of the next, two of a partial one, one of a failed one
        "visualization success",
        "visualization success",
        "visualization success",
        "visualization success",
        "visualization failed",
        "visualization failed"
      ]
    ],
    ["aoi-east-field", ["stac_item success", "stac_item failed", "mosaic success"]],
    ["aoi-south-field", []],
    ["aoi-flooded-field", []]
  ]
  it.effect.each(rows)("are those of %s", ([aoi, expected]) =>
    Effect.gen(function* () {
      const api = yield* AssetsApi
      const all = yield* Stream.runCollect(api.listAll({ aoiId: AoiId.make(aoi), limit: 3 }))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(all).map((it) => [it.type, it.status].map(Option.getOrNull).join(" ")),
        expected
      )
    }).pipe(Effect.provide(world(transport)))
  )
})

/** Downloads of assets against the mock server. */
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import { AoiId, AssetId, AssetsApi, Download } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import { folder, layer } from "./downloads.js"
import { transports } from "./world.js"

const assets = {
  aoiId: AoiId.make("aoi-north-field"),
  assetIds: [AssetId.make("asset-FF01_000321_20250614_L2A_20250616_00501135")]
}

describe.each(transports)("a download of assets, %s", (transport) => {
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

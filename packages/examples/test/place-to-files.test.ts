/** Runs the journey from a place to files on both transports, through faults. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { AoisApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import { Chunk, Effect, Layer, Stream } from "effect"
import { longTransports, sample } from "../../../vitest.size.js"
import { PixxelMock } from "../src/main-job.js"
import { placeToFiles } from "../src/place-to-files.js"
import { place } from "./place.js"

/** Runs the journey; the outcome has the mosaics, the bytes on the disk, and the number of AOIs of the name. */
const journey = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/field.zip`
  const { aoi, assetIds, file } = yield* placeToFiles(place, path)
  const { length } = yield* fs.readFile(path)
  assert.strictEqual(file.bytes, length)
  const named = yield* (yield* AoisApi).listAll({ name: place.name }).pipe(Stream.runCollect)
  return { isPartial: aoi.isPartial, assetIds, isVerified: file.verified === "checksum", aois: Chunk.size(named) }
})

const both = ["mosaic-2025-06-14", "mosaic-2025-06-21"]

describe.each(longTransports)("from a place to files, %s", (transport) => {
  const world = (quirks: WorldQuirks = {}) =>
    PixxelMock.pipe(
      Layer.provideMerge(MockServer.layer({ transport, quirks, leftovers: false })),
      Layer.merge(NodeContext.layer),
      Layer.merge(NodeHashing.layer)
    )

  const faults = {
    "without a fault": Fault.plan(),
    "with the lost answer of the create": Fault.plan(
      Fault.on("AOICreateAOI", Fault.loseAnswer("reset"), { attempts: [1] })
    ),
    "with three answers of 503": Fault.plan(
      ...(["GetAoiById", "ListAssets", "GetDownloadStatus"] as const).map((operation) =>
        Fault.on(operation, Fault.answer(503), { attempts: [1] })
      )
    ),
    // the download is ready after 20 s, and the next one 10 s later
    "with a URL that is refused": Fault.plan(
      Fault.on("getPackage", Fault.expired, { between: { from: "0s", to: "28s" } })
    ),
    // the first URL is refused when the client asks for the rest
    "with a URL that expires during the download": Fault.plan(
      Fault.on("getPackage", Fault.cutBody(200, "reset"), { attempts: [1], between: { from: "0s", to: "28s" } }),
      Fault.on("getPackage", Fault.expired, { attempts: [2], between: { from: "0s", to: "28s" } })
    )
  }
  for (const [what, plan] of sample(Object.entries(faults), 2)) {
    it.scoped(what, () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(plan)
        assert.deepStrictEqual(yield* journey, { isPartial: false, assetIds: both, isVerified: true, aois: 1 })
      }).pipe(Effect.provide(world({ newAois: { takes: "10s" } })))
    )
  }

  it.scoped("of which an image is missing", () =>
    Effect.gen(function* () {
      const expected = { isPartial: true, assetIds: both.slice(0, 1), isVerified: true, aois: 1 }
      assert.deepStrictEqual(yield* journey, expected)
    }).pipe(Effect.provide(world({ newAois: { ends: "partial_success" } })))
  )

  it.scoped("that fails names its AOI, and saves nothing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(placeToFiles(place, "/tmp/never.zip"))
      assert.strictEqual(error._tag, "AoiFailed")
    }).pipe(Effect.provide(world({ newAois: { ends: "failed" } })))
  )
})

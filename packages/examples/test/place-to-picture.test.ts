/** Runs the journey from a place to pictures on both transports, through faults. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { type AoiId, AoisApi, VisualizationsApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { type Conduct, Fault, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import { Chunk, Effect, Either, Layer, Stream } from "effect"
import { longTransports, sample } from "../../../vitest.size.js"
import { PixxelMock } from "../src/main-job.js"
import { placeToFiles } from "../src/place-to-files.js"
import { placeToPicture, type Wanted } from "../src/place-to-picture.js"
import { place } from "./place.js"

/** An AOI of the place that has ended. */
const prepared = Effect.flatMap(AoisApi, (aois) =>
  Effect.map(aois.createAndWait({ ...place, description: "", provider: "pixxel" }), ({ id }) => id)
)

/** The width of an image in pixels, by its first chunk. */
const widthOf = (png: Uint8Array) => new DataView(png.buffer, png.byteOffset).getUint32(16)

/** Runs the journey; the outcome has its end, the saved images by their widths, and the number of visualizations. */
const journey = (aoiId: AoiId, wanted: Partial<Wanted> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const end = yield* Effect.either(placeToPicture({ aoiId, index: "NDVI", mode: "dynamic", ...wanted }, folder))
    const names = (yield* fs.readDirectory(folder)).sort()
    const files = yield* Effect.forEach(names, (name) =>
      Effect.map(fs.readFile(`${folder}/${name}`), (png) => `${name}: ${widthOf(png)}`)
    )
    const made = yield* (yield* VisualizationsApi).listAll({ aoiId }).pipe(Stream.runCollect)
    return {
      end: Either.match(end, { onLeft: ({ _tag }) => _tag, onRight: () => "done" }),
      files,
      made: Chunk.size(made)
    }
  })

const both = ["NDVI 2025-06-14.png: 64", "NDVI 2025-06-21.png: 64"]

const refusal = { error: { code: "busy", message: "Try later." } }

describe.each(longTransports)("from a place to pictures, %s", (transport) => {
  const world = (quirks: WorldQuirks = {}, conduct: Conduct = {}) =>
    PixxelMock.pipe(
      Layer.provideMerge(MockServer.layer({ transport, quirks, conduct, leftovers: false })),
      Layer.merge(NodeContext.layer),
      Layer.merge(NodeHashing.layer)
    )

  const png = { headers: { "content-type": "image/png" }, body: refusal }
  const first = { attempts: [1] }
  const rows: ReadonlyArray<
    readonly [
      what: string,
      rules: ReadonlyArray<Parameters<typeof Fault.on>>,
      end: string,
      files: ReadonlyArray<string>
    ]
  > = [
    ["without a fault", [], "done", both],
    ["with the lost answer of the create", [["CreateVisualization", Fault.loseAnswer("reset"), first]], "done", both],
    [
      "with answers of 503",
      [
        [
          ["GetAoiById", "ListIndices", "ListVisualizations", "ListAssets", "GenerateIndexPng"],
          Fault.answer(503),
          first
        ]
      ],
      "done",
      both
    ],
    ["with a picture that is cut by a reset", [["GenerateIndexPng", Fault.cutBody(500, "reset"), first]], "done", both],
    ["with a 503 as JSON under image/png", [["GenerateIndexPng", Fault.answer(503, png), first]], "done", both],
    [
      "with a refusal as JSON under image/png",
      [["GenerateIndexPng", Fault.answer(400, png), first]],
      "PixxelBadRequest",
      []
    ],
    [
      "with an error as a success under image/png",
      [["GenerateIndexPng", Fault.answer(200, png), first]],
      "PixxelDecodeError",
      []
    ],
    [
      "with a second picture that ends too early",
      [["GenerateIndexPng", Fault.truncate(500), { attempts: [2] }]],
      "PixxelDecodeError",
      both.slice(0, 1)
    ]
  ]
  for (const [what, rules, end, files] of sample(rows, 2)) {
    it.scoped(what, () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(Fault.plan(...rules.map((rule) => Fault.on(...rule))))
        assert.deepStrictEqual(yield* journey(yield* prepared), { end, files, made: 1 })
      }).pipe(Effect.provide(world()))
    )
  }

  it.scoped("again, takes the visualization of the first run", () =>
    Effect.gen(function* () {
      const aoiId = yield* prepared
      const one = yield* journey(aoiId)
      assert.deepStrictEqual([one, yield* journey(aoiId)], [one, one])
    }).pipe(Effect.provide(world({}, { pollAfterEnd: false })))
  )

  it.scoped("of which a day is missing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* journey(yield* prepared), { end: "done", files: both.slice(0, 1), made: 1 })
    }).pipe(Effect.provide(world({ newVisualizations: { ends: "partial_success" } })))
  )

  const failures: ReadonlyArray<readonly [what: string, wanted: Partial<Wanted>, quirks: WorldQuirks, end: string]> = [
    ["that fails saves nothing", {}, { newVisualizations: { ends: "failed" } }, "VisualizationFailed"],
    ["of an unknown index saves nothing", { index: "NDVIs" }, {}, "NoSuchElementException"]
  ]
  for (const [what, wanted, quirks, end] of failures) {
    it.scoped(what, () =>
      Effect.gen(function* () {
        assert.deepInclude(yield* journey(yield* prepared, wanted), { end, files: [] })
      }).pipe(Effect.provide(world(quirks)))
    )
  }

  it.scoped("after the one to files, with the same AOI", () =>
    Effect.gen(function* () {
      const { aoi } = yield* placeToFiles(
        place,
        `${yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()}/f.zip`
      )
      assert.deepStrictEqual(yield* journey(aoi.id), { end: "done", files: both, made: 1 })
    }).pipe(Effect.provide(world()))
  )
})

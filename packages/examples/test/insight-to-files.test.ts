/** Runs the journey from an AOI to the files of an insight on both transports, through faults. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { AoiId, InsightsApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault, type FaultPlan, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import { Effect, Layer, Option } from "effect"
import { longTransports, sample } from "../../../vitest.size.js"
import { type Analysis, insightToFiles } from "../src/insight-to-files.js"
import { PixxelMock } from "../src/main-job.js"
import { place } from "./place.js"

const analysis: Analysis = {
  projectId: place.projectId,
  aoiId: AoiId.make("aoi-north-field"),
  block: { name: "cropclassification", version: "1.1.0" },
  image: "input_image",
  values: { start_date: "2025-06-01", end_date: "2025-06-30", min_area: 2 },
  maxCost: 20
}

/** The insights that every world begins with. */
const before = ["insight-north-crops", "insight-north-water"]

const newInsights = Effect.flatMap(InsightsApi, (it) => it.list({ aoiId: analysis.aoiId })).pipe(
  Effect.map((all) => all.map(({ id }): string => id).filter((id) => !before.includes(id)))
)

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.map(fs.makeTempDirectoryScoped(), (folder) => `${folder}/crops.zip`)
)

/** The error of the journey, and the insights that it has created. It saves nothing. */
const failing = (change: Partial<Analysis> = {}) =>
  Effect.gen(function* () {
    const path = yield* temporary
    const error = yield* Effect.flip(insightToFiles({ ...analysis, ...change }, path))
    assert.isFalse(yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(path)))
    return { error, created: yield* newInsights }
  })

describe.each(longTransports)("from an AOI to the files of an insight, %s", (transport) => {
  const world = (quirks: WorldQuirks = {}) =>
    PixxelMock.pipe(
      Layer.provideMerge(MockServer.layer({ transport, quirks })),
      Layer.merge(NodeContext.layer),
      Layer.merge(NodeHashing.layer)
    )

  // the estimate is the first request of the operation, and the create the second
  const lostCreate = Fault.on("createInsights", Fault.loseAnswer("reset"), { attempts: [2] })
  const faults: Readonly<Record<string, readonly [FaultPlan, WorldQuirks?]>> = {
    "without a fault": [Fault.plan()],
    "with the lost answer of the create": [Fault.plan(lostCreate)],
    "with the lost answer of the create, and a block that replaces the metadata": [
      Fault.plan(lostCreate),
      { metadataEcho: false }
    ],
    "with four answers of 503": [
      Fault.plan(
        ...(["getBlockByVersion", "ListAssets", "listInsights", "downloadInsights"] as const).map((operation) =>
          Fault.on(operation, Fault.answer(503), { attempts: [1] })
        )
      )
    ],
    "with an insight that two lists lack": [
      Fault.plan(Fault.on("listInsights", Fault.stale("1h"), { attempts: [2, 3] }))
    ],
    "with a URL that expires": [Fault.plan(Fault.on("getPackage", Fault.expired, { attempts: [1] }))]
  }
  for (const [what, [plan, quirks]] of sample(Object.entries(faults), 2)) {
    it.scoped(`${what}, pays once`, () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(plan)
        const path = yield* temporary
        const { file, insight } = yield* insightToFiles(analysis, path)
        assert.deepStrictEqual(yield* newInsights, [insight.id])
        const { length } = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(path))
        assert.deepStrictEqual([file.bytes, file.verified], [length, "checksum"])
        const [image, ...others] = insight.inputs
        assert(image?._tag === "Raster")
        assert.deepStrictEqual(
          Option.flatMap(image.assetSource, ({ id }) => id),
          Option.some("mosaic-2025-06-14")
        )
        assert.deepStrictEqual(
          others.map(({ name }) => Option.getOrThrow(name)),
          ["start_date", "end_date", "min_area", "season"]
        )
      }).pipe(Effect.provide(world(quirks)))
    )
  }

  it.scoped("names the insight that an ignored flag of the estimate has started, and starts no other", () =>
    Effect.gen(function* () {
      const { created, error } = yield* failing()
      assert(error._tag === "EstimateCreated")
      assert.deepStrictEqual(created, [error.insightId])
    }).pipe(Effect.provide(world({ estimateIgnored: true })))
  )

  it.scoped("repeats no estimate whose answer was lost", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      yield* mock.faults.use(Fault.plan(Fault.on("createInsights", Fault.loseAnswer("reset"), { attempts: [1] })))
      const { created, error } = yield* failing()
      assert(error._tag === "EstimateUnknown")
      assert.deepStrictEqual(created, [])
      // the record of the request finds what the estimate may have started
      const found = yield* Effect.flip(Effect.flatMap(InsightsApi, (it) => it.resolve(error.intent)))
      assert.strictEqual(found._tag, "CreateOutcomeUnknown")
    }).pipe(Effect.provide(world()))
  )

  it.scoped("says why a block has failed", () =>
    Effect.gen(function* () {
      const { created, error } = yield* failing()
      assert(error._tag === "InsightFailed")
      assert.deepStrictEqual(error.errMsg, Option.some("bad_request: the raster has no band B8."))
      assert.deepStrictEqual(created, [error.subject.insightId])
    }).pipe(
      Effect.provide(world({ newInsights: { outcome: "failed", err_msg: "bad_request: the raster has no band B8." } }))
    )
  )

  it.scoped("gives up on an insight that has vanished", () =>
    Effect.gen(function* () {
      yield* (yield* MockServer).faults.use(
        Fault.plan(Fault.on("listInsights", Fault.stale("1h"), { attempts: [2, 3, 4] }))
      )
      const { created, error } = yield* failing()
      assert.strictEqual(error._tag, "PixxelNotFound")
      assert.lengthOf(created, 1)
    }).pipe(Effect.provide(world()))
  )

  const refused: ReadonlyArray<readonly [string, Partial<Analysis>, string]> = [
    ["a day is missing", { values: { start_date: "2025-06-01" } }, "PixxelInvalidInput"],
    ["a number is too large", { values: { ...analysis.values, min_area: 500 } }, "PixxelInvalidInput"],
    ["it is too expensive", { maxCost: 11 }, "CostLimitExceeded"],
    ["the version is unknown", { block: { ...analysis.block, version: "9.0.0" } }, "PixxelNotFound"]
  ]
  for (const [what, change, tag] of refused) {
    it.scoped(`starts nothing if ${what}`, () =>
      Effect.gen(function* () {
        const { created, error } = yield* failing(change)
        assert.deepStrictEqual([error._tag, created], [tag, []])
      }).pipe(Effect.provide(world()))
    )
  }
})

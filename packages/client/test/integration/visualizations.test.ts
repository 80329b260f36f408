/** Visualizations against the mock server. */
import { assert, describe, it } from "@effect/vitest"
import {
  AoiId,
  type Asset,
  AssetId,
  AssetsApi,
  IndexId,
  VisualizationId,
  VisualizationsApi
} from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { world } from "./world.js"

const aoiId = AoiId.make("aoi-north-field")

type Api = typeof VisualizationsApi.Service

const using = <A, E, R>(use: (visualizations: Api) => Effect.Effect<A, E, R>) => Effect.flatMap(VisualizationsApi, use)

describe.each(longTransports)("visualizations, %s", (transport) => {
  const ids = (filter: Omit<Parameters<Api["listAll"]>[0], "aoiId">) =>
    using((it) => Stream.runCollect(it.listAll({ aoiId, ...filter }))).pipe(
      Effect.map((all) => Chunk.toReadonlyArray(all).map(({ id }) => id.replace("visualization-north-", ""))),
      Effect.provide(world(transport))
    )

  const filters: ReadonlyArray<readonly [Parameters<typeof ids>[0], ReadonlyArray<string>]> = [
    [{}, ["ndvi", "stress", "colour", "water"]],
    [{ limit: 3 }, ["ndvi", "stress", "colour", "water"]],
    [{ offset: 2 }, ["colour", "water"]],
    [{ id: VisualizationId.make("visualization-north-stress") }, ["stress"]],
    [{ indexId: IndexId.make("index-ndvi") }, ["ndvi"]],
    [{ expressionType: "composite" }, ["colour"]],
    [{ userId: "user-77b0de" }, ["stress"]],
    [{ type: "preset" }, []]
  ]
  it.scoped.each(filters)("are listed by %j", ([filter, expected]) =>
    Effect.map(ids(filter), (found) => assert.deepStrictEqual(found, expected))
  )

  it.scoped("have their AOI, index and state in a list whose key is singular", () =>
    using((it) =>
      Effect.gen(function* () {
        const { pagination, visualizations } = yield* it.list({ aoiId })
        assert.deepStrictEqual(
          visualizations.map(({ isPartial, outcome }) => [outcome, isPartial]),
          [
            ["succeeded", false],
            ["succeeded", false],
            ["succeeded", true],
            ["failed", false]
          ]
        )
        assert.deepInclude(visualizations[0], { aoiId: Option.some(aoiId), progress: Option.some(100) })
        assert.deepStrictEqual(
          Option.flatMap(pagination, ({ total }) => total),
          Option.some(4)
        )
        const { visualizations: none } = yield* it.list({ aoiId: AoiId.make("aoi-east-field") })
        assert.isEmpty(none)
        assert.strictEqual((yield* Effect.flip(it.list({ aoiId: AoiId.make("nowhere") })))._tag, "PixxelNotFound")
      })
    ).pipe(Effect.provide(world(transport)))
  )

  const indexId = IndexId.make("index-red-edge")

  it.scoped("are created, waited for, and refused a second time", () =>
    using((it) =>
      Effect.gen(function* () {
        const assetIds = [AssetId.make("asset-FF01_000321_20250614_L2A_20250616_00501135")]
        const made = yield* it.create({ aoiId, indexId, assetIds, resolution: 5 })
        assert.deepInclude(made, {
          status: Option.some("creating"),
          indexName: Option.some("Red edge"),
          expression: Option.some("B5"),
          rescale: [0, 255]
        })
        const seen: Array<string> = []
        const { isPartial } = yield* it.wait({
          aoiId,
          visualizationId: made.id,
          onChange: ({ status }) => Effect.sync(() => seen.push(Option.getOrThrow(status)))
        })
        assert.isFalse(isPartial)
        assert.deepStrictEqual(seen, ["creating", "success"])
        const tags = yield* Effect.forEach(
          [
            { aoiId, indexId, assetIds },
            { aoiId, indexId: IndexId.make("none") },
            { aoiId, indexId, assetIds: [AssetId.make("none")] },
            { aoiId: AoiId.make("none"), indexId }
          ],
          (input) => Effect.map(Effect.flip(it.create(input)), ({ _tag }) => _tag)
        )
        assert.deepStrictEqual(tags, ["PixxelConflict", "PixxelNotFound", "PixxelNotFound", "PixxelNotFound"])
        yield* it.create({ aoiId, indexId })
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("have an asset for each day, first in the answer of their create, and then in the list of assets", () =>
    using((it) =>
      Effect.gen(function* () {
        const states = (all: ReadonlyArray<Asset>) =>
          all.map(({ date, status, type, visualizationId }) => [
            ...[type, status, visualizationId].map(Option.getOrThrow),
            DateTime.formatIsoDateUtc(Option.getOrThrow(date))
          ])
        const { assets, id: visualizationId } = yield* it.create({ aoiId, indexId })
        const days = ["2025-06-14", "2025-06-21"]
        const of = (status: string) => days.map((day) => ["visualization", status, visualizationId, day])
        assert.deepStrictEqual(states(assets), of("creating"))
        yield* it.wait({ aoiId, visualizationId })
        const listed = (yield* AssetsApi).listAll({ aoiId }).pipe(
          Stream.filter((asset) => Option.contains(asset.visualizationId, visualizationId)),
          Stream.runCollect
        )
        assert.deepStrictEqual(states(Chunk.toReadonlyArray(yield* listed)), of("success"))
        assert.deepStrictEqual<ReadonlyArray<string>>(yield* it.dates({ aoiId, visualizationId }), days)
      })
    ).pipe(Effect.provide(world(transport)))
  )

  const dated: ReadonlyArray<readonly [name: string, days: ReadonlyArray<string>]> = [
    ["ndvi", ["2025-06-14", "2025-06-21"]],
    ["stress", ["2025-06-14"]],
    ["colour", ["2025-06-14"]],
    ["water", []],
    ["none", []]
  ]
  it.scoped.each(dated)("have the days of their images: %s", ([name, days]) =>
    using((it) =>
      Effect.gen(function* () {
        const visualizationId = VisualizationId.make(`visualization-north-${name}`)
        assert.deepStrictEqual<ReadonlyArray<string>>(yield* it.dates({ aoiId, visualizationId }), days)
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("fail with `VisualizationFailed`", () =>
    using((it) =>
      Effect.gen(function* () {
        const { id } = yield* it.create({ aoiId, indexId })
        const error = yield* Effect.flip(it.wait({ aoiId, visualizationId: id }))
        assert.strictEqual(error._tag, "VisualizationFailed")
      })
    ).pipe(Effect.provide(world(transport, { quirks: { newVisualizations: { ends: "failed" } } })))
  )

  const ndvi = {
    aoiId,
    visualizationId: VisualizationId.make("visualization-north-ndvi"),
    indexId: IndexId.make("index-ndvi"),
    date: "2025-06-14",
    mode: "dynamic"
  } as const
  const stress = {
    ...ndvi,
    visualizationId: VisualizationId.make("visualization-north-stress"),
    indexId: IndexId.make("index-canopy-stress")
  }
  const colour = {
    ...ndvi,
    visualizationId: VisualizationId.make("visualization-north-colour"),
    indexId: IndexId.make("index-true-colour")
  }
  const water = {
    ...ndvi,
    visualizationId: VisualizationId.make("visualization-north-water"),
    indexId: IndexId.make("index-ndwi")
  }

  it.scoped("are drawn as another PNG for each day and mode, and as the same again", () =>
    using((it) =>
      Effect.gen(function* () {
        const images = yield* Effect.forEach(
          [
            ndvi,
            ndvi,
            { ...ndvi, date: "2025-06-21" },
            { ...ndvi, mode: "theoretical" } as const,
            stress,
            colour,
            { ...colour, mode: "theoretical" } as const
          ],
          (input) => it.png(input)
        )
        for (const image of images) assert.deepStrictEqual(image.slice(0, 4), Uint8Array.of(0x89, 0x50, 0x4e, 0x47))
        const kinds = images.map((image) => images.findIndex((other) => Buffer.compare(image, other) === 0))
        assert.deepStrictEqual(kinds, [0, 0, 2, 3, 4, 5, 5])
      })
    ).pipe(Effect.provide(world(transport)))
  )

  const refusals: ReadonlyArray<readonly [what: string, input: Parameters<Api["png"]>[0], tag: string, code: string]> =
    [
      ["a day without an image", { ...ndvi, date: "2025-06-15" }, "PixxelBadRequest", "unknown_date"],
      ["the day that a partial one lacks", { ...colour, date: "2025-06-21" }, "PixxelBadRequest", "unknown_date"],
      ["another index", { ...ndvi, indexId: IndexId.make("index-ndwi") }, "PixxelBadRequest", "wrong_index"],
      ["a mode that a custom index lacks", { ...stress, mode: "theoretical" }, "PixxelBadRequest", "no_legend"],
      ["a failed visualization", water, "PixxelBadRequest", "visualization_not_ready"],
      [
        "an unknown visualization",
        { ...ndvi, visualizationId: VisualizationId.make("v") },
        "PixxelNotFound",
        "not_found"
      ],
      ["another AOI", { ...ndvi, aoiId: AoiId.make("aoi-east-field") }, "PixxelNotFound", "not_found"]
    ]
  for (const [what, input, tag, code] of refusals) {
    it.scoped(`are not drawn for ${what}: JSON under image/png`, () =>
      using((it) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(it.png(input))
          assert.deepStrictEqual([error._tag, "code" in error ? error.code : undefined], [tag, Option.some(code)])
        })
      ).pipe(Effect.provide(world(transport, { quirks: { errorType: "image/png" } })))
    )
  }

  it.scoped("have the styles of the modes that there are", () =>
    using((it) =>
      Effect.gen(function* () {
        const asked = { dates: ["2025-06-14"], modes: ["dynamic", "theoretical"] } as const
        const found = yield* Effect.forEach([ndvi, stress, colour], (input) => it.sld({ ...input, ...asked }))
        assert.deepStrictEqual(
          found.map(({ sld }) => Object.keys(sld)),
          [["theoretical", "dynamic"].sort(), ["dynamic"], []]
        )
        assert.match(found[0]?.sld["dynamic"]?.["2025_06_14"] ?? "", /<ColorMapEntry color="#440154" quantity=/)
        const error = yield* Effect.flip(it.sld({ ...ndvi, ...asked, dates: ["2025-06-15"] }))
        assert.strictEqual(error._tag, "PixxelBadRequest")
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("have the legends that were set, until these are reset", () =>
    using((it) =>
      Effect.gen(function* () {
        const before = yield* it.png(ndvi)
        const reset = { ...ndvi, dates: [ndvi.date] }
        const { metadata } = yield* it.resetLegend(reset)
        const { legend: first } = Option.getOrThrow(metadata)
        assert.deepStrictEqual(Object.keys(first), ["2025_06_14", "2025_06_21"])
        const day = first["2025_06_14"]
        assert.deepStrictEqual([day?.dynamic.length, day?.theoretical.length], [5, 5])
        const items = [
          { color: "#ff0000", label: "low" },
          { color: "#00ff00", label: "high", min: null }
        ]
        const { legend } = yield* it.setLegend({ ...ndvi, bins: 2, legend: { [ndvi.date]: items } })
        assert.deepStrictEqual(
          legend["2025_06_14"]?.dynamic.map(({ label }) => Option.getOrThrow(label)),
          ["low", "high"]
        )
        assert.lengthOf(legend["2025_06_21"]?.dynamic ?? [], 5)
        assert.notDeepEqual(yield* it.png(ndvi), before)
        const wrong = yield* Effect.flip(it.setLegend({ ...ndvi, bins: 3, legend: { [ndvi.date]: items } }))
        assert.deepStrictEqual("code" in wrong ? wrong.code : undefined, Option.some("wrong_bins"))
        yield* it.resetLegend(reset)
        assert.deepStrictEqual(yield* it.png(ndvi), before)
        const noLegend = yield* Effect.flip(it.resetLegend({ ...colour, dates: [colour.date] }))
        assert.strictEqual(noLegend._tag, "PixxelBadRequest")
      })
    ).pipe(Effect.provide(world(transport)))
  )
})

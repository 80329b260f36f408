import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Drift, IndexId, IndicesApi, SatelliteId } from "../src/index.js"
import { transports, world } from "./integration/world.js"

describe.each(transports)("indices, %s", (transport) => {
  const over = <A, E>(use: (indices: typeof IndicesApi.Service) => Effect.Effect<A, E>) => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.flatMap(IndicesApi, use).pipe(
      Effect.provide(Layer.fresh(world(transport, { onDrift }))),
      Effect.tap(() => assert.isEmpty(drifts))
    )
  }

  const ids = (input: Parameters<(typeof IndicesApi.Service)["listAll"]>[0]) =>
    over((it) => Effect.map(Stream.runCollect(it.listAll(input)), Chunk.toReadonlyArray)).pipe(
      Effect.map((all) => all.map(({ id }) => id))
    )

  it.effect("are all listed, in pages of two", () =>
    Effect.map(ids({ limit: 2 }), (all) =>
      assert.deepStrictEqual(all, [
        "index-canopy-stress",
        "index-ndvi",
        "index-ndwi",
        "index-red-edge",
        "index-true-colour"
      ])
    )
  )

  const filters: ReadonlyArray<[Parameters<typeof ids>[0], ReadonlyArray<string>]> = [
    [{ type: "custom" }, ["index-canopy-stress"]],
    [{ satelliteId: SatelliteId.make("sat-firefly-2") }, ["index-red-edge"]],
    [{ expressionType: "composite" }, ["index-true-colour"]],
    [{ id: IndexId.make("index-ndvi") }, ["index-ndvi"]],
    [{ id: IndexId.make("index-ndvi"), type: "custom" }, []]
  ]

  it.effect.each(filters)("are filtered: %j", ([input, expected]) =>
    Effect.map(ids(input), (found) => assert.deepStrictEqual<ReadonlyArray<string>>(found, expected))
  )

  it.effect("have their formula, bands and range", () =>
    Effect.gen(function* () {
      const { indices, pagination } = yield* over((it) => it.list({ limit: 1 }))
      const [stress] = indices
      assert.deepStrictEqual(
        [stress?.bands, stress?.rescale],
        [
          ["B5", "B7"],
          [-1, 1]
        ]
      )
      assert.deepStrictEqual(stress?.expression, Option.some("(B7 - B5) / (B7 + B5)"))
      assert.deepStrictEqual(
        Option.flatMap(pagination, ({ total }) => total),
        Option.some(5)
      )
    })
  )
})

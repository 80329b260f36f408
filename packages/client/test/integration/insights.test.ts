/** Insights against the mock server. */
import { assert, describe, it } from "@effect/vitest"
import { AoiId, InsightId, InsightsApi } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { transports, world } from "./world.js"

const aoiId = AoiId.make("aoi-north-field")
const crops = { aoiId, insightId: InsightId.make("insight-north-crops") }
const water = { aoiId, insightId: InsightId.make("insight-north-water") }

const using = <A, E>(use: (insights: InsightsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(InsightsApi, use)

describe.each(transports)("insights, %s", (transport) => {
  const filters: ReadonlyArray<readonly [Omit<InsightsApi.ListInput, "aoiId">, ReadonlyArray<string>]> = [
    [{}, ["insight-north-crops", "insight-north-water"]],
    [{ id: water.insightId }, ["insight-north-water"]],
    [{ status: "completed" }, ["insight-north-crops"]],
    [{ createdBy: "user-77b0de" }, ["insight-north-water"]],
    [{ createdOn: DateTime.unsafeMake("2024-12-31") }, ["insight-north-crops", "insight-north-water"]],
    [{ createdOn: DateTime.unsafeMake("2025-01-01") }, []]
  ]
  it.scoped.each(filters)("are listed by %j", ([filter, expected]) =>
    using((it) => it.list({ aoiId, ...filter })).pipe(
      Effect.map((found) =>
        assert.deepStrictEqual(
          found.map(({ id }) => String(id)),
          expected
        )
      ),
      Effect.provide(world(transport))
    )
  )

  it.scoped("have their results after a success, and a reason after a failure", () =>
    using((it) =>
      Effect.gen(function* () {
        const insight = yield* it.wait(crops)
        assert.deepInclude(insight, {
          aoiId: Option.some(aoiId),
          cost: Option.some(42),
          estimatedDuration: Option.some(Duration.minutes(4)),
          errMsg: Option.none(),
          metadata: { season: "2025" }
        })
        assert.isTrue(Option.exists(insight.outputs, (it) => Array.isArray(it) && it.length === 2))
        const error = yield* Effect.flip(it.wait(water))
        assert.deepInclude(error, {
          _tag: "InsightFailed",
          errMsg: Option.some("bad_request: no water was found in the image.")
        })
        assert.deepStrictEqual((yield* it.get(water)).outputs, Option.none())
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("are not found by a wrong id, of a wrong AOI, or in another AOI", () =>
    using((it) =>
      Effect.gen(function* () {
        const refs = [
          { aoiId, insightId: InsightId.make("none") },
          { ...crops, aoiId: AoiId.make("none") },
          { ...crops, aoiId: AoiId.make("aoi-east-field") }
        ]
        const tags = yield* Effect.forEach(refs, (ref) => Effect.map(Effect.flip(it.get(ref)), ({ _tag }) => _tag))
        assert.deepStrictEqual(new Set(tags), new Set(["PixxelNotFound"]))
      })
    ).pipe(Effect.provide(world(transport)))
  )
})

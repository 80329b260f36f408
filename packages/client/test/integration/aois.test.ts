/** AOIs against the mock server. */
import { assert, describe, it } from "@effect/vitest"
import { AoiId, AoisApi } from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { aoiIn } from "../field.js"
import { projectId, world } from "./world.js"

const input: AoisApi.CreateInput = { ...aoiIn(projectId), itemIds: ["image-1", "image-2"] }

const using = <A, E>(use: (aois: typeof AoisApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(AoisApi, use)

describe.each(longTransports)("AOIs, %s", (transport) => {
  it.scoped("are created, watched to their end, and have their images", () =>
    using((aois) =>
      Effect.gen(function* () {
        const { id } = yield* aois.create(input)
        const states = yield* Stream.runCollect(aois.watch({ aoiId: id }))
        const words = Chunk.toReadonlyArray(Chunk.map(states, ({ status }) => Option.getOrNull(status)))
        assert.deepStrictEqual([...new Set(words)], ["started", "running", "success"])
        const aoi = yield* aois.wait({ aoiId: id })
        assert.deepStrictEqual(Object.keys(Option.getOrThrow(aoi.images) as object), [...input.itemIds])
        assert.strictEqual((yield* Effect.flip(aois.create(input)))._tag, "PixxelConflict")
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("report each change of a wait once", () =>
    using((aois) =>
      Effect.gen(function* () {
        const seen: Array<number> = []
        const { id } = yield* aois.create(input)
        yield* aois.wait({
          aoiId: id,
          interval: "4 seconds",
          onChange: ({ progress }) => Effect.sync(() => seen.push(Option.getOrThrow(progress)))
        })
        assert.deepStrictEqual(seen, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("fail with `AoiFailed`", () =>
    using((aois) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(aois.wait({ aoiId: AoiId.make("aoi-flooded-field") }))
        assert.strictEqual(error._tag, "AoiFailed")
        const { id } = yield* aois.create(input)
        assert.strictEqual((yield* Effect.flip(aois.wait({ aoiId: id })))._tag, "AoiFailed")
      })
    ).pipe(Effect.provide(world(transport, { quirks: { newAois: { ends: "failed" } } })))
  )

  it.scoped("are all streamed, over pages", () =>
    using((aois) =>
      Effect.gen(function* () {
        const all = yield* Stream.runCollect(aois.listAll({ limit: 2 }))
        assert.strictEqual(Chunk.size(all), 5)
        const { aois: page } = yield* aois.list({ name: "North field" })
        assert.deepStrictEqual(
          page.map(({ id }) => String(id)),
          ["aoi-north-field"]
        )
      })
    ).pipe(Effect.provide(world(transport)))
  )
})

/** Searches of images: the satellites, and the traps of a search. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Drift, SearchApi } from "../src/index.js"
import { transports, world } from "./integration/world.js"
import { json, once, scripted } from "./scripted.js"

describe.each(transports)("satellites, %s", (transport) => {
  it.effect("are listed with their bands and collections", () => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.gen(function* () {
      const satellites = yield* (yield* SearchApi).satellites()
      assert.deepStrictEqual<ReadonlyArray<string>>(
        satellites.map(({ id }) => id),
        ["sat-firefly-1", "sat-firefly-2", "sat-sentinel-2"]
      )
      const [
        {
          bands: [band],
          collections: [collection],
          name,
          rgbComposite
        } = {} as never
      ] = satellites
      assert.deepStrictEqual(
        [name, band?.name, band?.wavelength, band?.resolution],
        [Option.some("Firefly-1"), Option.some("B1"), Option.some(443), Option.some(5)]
      )
      assert.deepStrictEqual<unknown>(
        [collection?.id, collection?.provider, collection?.queryables, collection?.rescale],
        ["pixxel-ff-l2a", Option.some("pixxel"), ["eo:cloud_cover", "view:off_nadir"], [0, 3000]]
      )
      assert.deepStrictEqual(rgbComposite, { blue: "B2", green: "B3", red: "B4" })
      assert.isEmpty(drifts)
    }).pipe(Effect.provide(Layer.fresh(world(transport, { onDrift }))))
  })

  it.effect("are none in the form of Go", () =>
    Effect.gen(function* () {
      assert.isEmpty(yield* (yield* SearchApi).satellites())
    }).pipe(Effect.provide(scripted([() => json({ satellites: null })], once).layer))
  )
})

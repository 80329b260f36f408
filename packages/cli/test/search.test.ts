/** Searches on the command line, against the embedded mock. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pixxel } from "./harness.js"

describe("pixxel satellites", () => {
  it.effect("lists satellites in all forms", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("satellites --mock")).stdout).toMatchInlineSnapshot(`
        "ID              NAME        COLLECTIONS     BANDS  FILTERS
        sat-firefly-1   Firefly-1   pixxel-ff-l2a   8      eo:cloud_cover, view:off_nadir
        sat-firefly-2   Firefly-2   pixxel-ff-l2a   8      eo:cloud_cover, view:off_nadir
        sat-sentinel-2  Sentinel-2  sentinel-2-l2a  6      eo:cloud_cover
        "
      `)
      const { satellites } = JSON.parse((yield* pixxel("satellites --mock --json")).stdout)
      const lines = (yield* pixxel("satellites --mock --jsonl")).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        satellites
      )
    })
  )
})

/** Searches on the command line, against the embedded mock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { json, pixxel, polygon, scripted } from "./harness.js"

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

const folder = mkdtempSync(join(tmpdir(), "pixxel-search-"))
afterAll(() => rmSync(folder, { recursive: true }))
const field = join(folder, "field.geojson")
writeFileSync(field, JSON.stringify({ type: "Feature", properties: {}, geometry: polygon }))

const search = `search --file ${field} --from 2025-06-01 --to 2025-07-01`

describe("pixxel search", () => {
  it.effect("shows the images of all satellites", () =>
    Effect.gen(function* () {
      expect((yield* pixxel(`${search} --mock`)).stdout).toMatchInlineSnapshot(`
        "ID                                          TIME                  CLOUDS  SATELLITE
        FF01_000352_20250628_L2A_20250630_00501135  2025-06-28T05:20:31Z  90 %    Firefly-1
        S2B_MSIL2A_20250626T052649_R105_T44QKJ      2025-06-26T05:26:49Z  63 %    Sentinel-2
        FF01_000338_20250621_L2A_20250623_00501135  2025-06-21T05:18:44Z  18 %    Firefly-1
        FF01_000321_20250614_L2A_20250616_00501135  2025-06-14T05:21:07Z  4 %     Firefly-1
        FF02_000117_20250609_L2A_20250611_00501135  2025-06-09T05:33:12Z  11 %    Firefly-2
        S2B_MSIL2A_20250606T052649_R105_T44QKJ      2025-06-06T05:26:49Z  0 %     Sentinel-2
        "
      `)
    })
  )

  it.effect("takes the area from stdin, and filters by satellite and clouds", () =>
    Effect.gen(function* () {
      const line = `search --file - --from 2025-06-01 --to 2025-07-01 --satellite sat-firefly-1 --clouds 20 --mock`
      const answers = JSON.stringify(polygon)
      const { images } = JSON.parse((yield* pixxel(`${line} --json`, { answers })).stdout)
      assert.deepStrictEqual(
        images.map(({ id }: { id: string }) => id.slice(0, 11)),
        ["FF01_000338", "FF01_000321"]
      )
      const lines = (yield* pixxel(`${line} --jsonl`, { answers })).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((it) => JSON.parse(it)),
        images
      )
    })
  )

  it.effect("prints GeoJSON in each form", () =>
    Effect.gen(function* () {
      const line = `${search} --satellite sat-firefly-2 --geojson --mock`
      const text = JSON.parse((yield* pixxel(line)).stdout)
      assert.deepInclude(text, { type: "FeatureCollection" })
      assert.deepInclude(text.features[0], { type: "Feature", id: "FF02_000117_20250609_L2A_20250611_00501135" })
      assert.strictEqual(text.features[0].geometry.type, "Polygon")
      assert.deepStrictEqual(JSON.parse((yield* pixxel(`${line} --json`)).stdout), text)
      assert.deepStrictEqual([JSON.parse((yield* pixxel(`${line} --jsonl`)).stdout)], text.features)
    })
  )

  it.effect("shows nothing of a place without images", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`${search.replace("2025-06-01", "2025-06-30")} --mock`)
      assert.strictEqual(stdout, "No images.\n")
    })
  )

  const wrong = [
    ["an unknown satellite", "--satellite none", "There is no satellite none."],
    ["a broken number of clouds", "--clouds 0.5", "filters.eo:cloud_cover is 0 to 0.5"],
    ["an end before the beginning", "--to 2025-05-01", "end is 2025-05-01T00:00:00.000Z"]
  ] as const
  it.effect.each(wrong)("refuses %s", ([, options, says]) =>
    Effect.gen(function* () {
      const line = options.startsWith("--to") ? search.replace(/--to \S+/, options) : `${search} ${options}`
      const { code, stderr } = yield* pixxel(`${line} --mock`)
      assert.strictEqual(code, 2)
      assert.include(stderr, says)
    })
  )

  it.effect("ends with code 3 if an instant has too many images", () =>
    Effect.gen(function* () {
      const environment = scripted(
        () => json({ satellites: [{ id: "s", collections: [{ id: "c" }] }] }),
        () => json({ items: { a: { id: "a" } }, pagination: { total: 2 } })
      )
      const { code, stderr } = yield* pixxel(search, { environment })
      assert.strictEqual(code, 3)
      assert.include(stderr, "received 1 of 2 images")
    })
  )
})

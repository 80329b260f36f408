/** The archive on the command line, against the embedded mock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { json, pixxel, polygon, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-archive-"))
afterAll(() => rmSync(folder, { recursive: true }))
const field = join(folder, "field.geojson")
writeFileSync(field, JSON.stringify(polygon))

const documentOf = (line: string) => Effect.map(pixxel(`${line} --mock`), ({ stdout }) => JSON.parse(stdout))
const idsOf = (images: ReadonlyArray<{ readonly id: string }>) => images.map(({ id }) => id.slice(0, 10))

describe("pixxel archive", () => {
  it.effect("lists collections, and shows one", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("archive collections --mock")).stdout).toMatchInlineSnapshot(`
        "ID             TITLE               IMAGES                    LICENSE
        pixxel-ff-l2a  Pixxel Firefly L2A  2025-06-01 to ..          proprietary
        pixxel-td-l2a  Pixxel TD L2A       2023-04-04 to 2023-12-31  proprietary
        "
      `)
      expect((yield* pixxel("archive collection pixxel-td-l2a --mock")).stdout).toMatchInlineSnapshot(`
        "collection   pixxel-td-l2a
        title        Pixxel TD L2A
        description  Surface reflectance of the technology demonstrators.
        license      proprietary
        providers    Pixxel
        bounds       -180, -17.13, 180, 21.32
        images       2023-04-04 to 2023-12-31
        created      2023-08-06T20:46:56Z
        updated      2023-08-06T20:46:56Z
        "
      `)
      const { collections } = yield* documentOf("archive collections --ids pixxel-ff-l2a --json")
      assert.deepStrictEqual(
        collections.map(({ id }: { id: string }) => id),
        ["pixxel-ff-l2a"]
      )
    })
  )

  it.effect("lists the images of a collection, and shows one", () =>
    Effect.gen(function* () {
      const { images } = yield* documentOf("archive items pixxel-td-l2a --limit 2 --json")
      assert.deepStrictEqual(idsOf(images), ["TD2_000816", "TD2_000815"])
      const item = "archive item pixxel-td-l2a TD2_000650_20230404_L2A_20240405_01001067"
      expect((yield* pixxel(`${item} --mock`)).stdout).toMatchInlineSnapshot(`
        "image       TD2_000650_20230404_L2A_20240405_01001067
        collection  pixxel-td-l2a
        time        2023-04-04T05:18:22Z
        clouds      3 %
        satellite   TD2
        pixel       10 m
        bounds      77.41, 12.77, 77.84, 13.15
        files       B013, B091
        "
      `)
      assert.deepInclude(yield* documentOf(`${item} --geojson`), {
        type: "Feature",
        bbox: [77.41, 12.77, 77.84, 13.15]
      })
      const { stdout } = yield* pixxel(`${item} --map --mock`)
      assert.include(stdout, "┌─")
      assert.include(stdout, "collection  pixxel-td-l2a")
    })
  )

  const searches: ReadonlyArray<readonly [options: string, ids: ReadonlyArray<string>]> = [
    [`--file ${field} --clouds 4`, ["FF01_00032"]],
    ["--collections pixxel-td-l2a --clouds 10", ["TD2_000815", "TD2_000650"]],
    ["--from 2023-05-17T05:16:40.028Z --to 2023-06-12", ["TD2_000731", "TD2_000702"]],
    ["--bbox=77,12,78,13.3 --to 2024-01-01", ["TD2_000702", "TD2_000650"]],
    ["--bbox 179,-18,-179,-16", ["TD2_000816", "TD2_000815"]],
    ["--bbox 179,-18,-179,-16 --limit 1", ["TD2_000816"]],
    ["--from 2030-01-01", []]
  ]
  it.effect.each(searches)("searches with %s, the newest first", ([options, ids]) =>
    Effect.gen(function* () {
      const { images } = yield* documentOf(`archive search ${options} --json`)
      assert.deepStrictEqual(idsOf(images), ids)
      const { features } = yield* documentOf(`archive search ${options} --geojson`)
      assert.deepStrictEqual(idsOf(features), ids)
    })
  )

  const boxes: ReadonlyArray<readonly [box: string, corner: string]> = [
    ["77,12,78,13", "┌─ 13.29° N 76.65° E"],
    ["179,-18,-179,-16", "┌─ 15.95° S 178.62° E"],
    ["-170,-20,170,30", "┌─ 35° N 175° W"]
  ]
  it.effect.each(boxes)("draws the box %s beside its images", ([box, corner]) =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`archive search --bbox=${box} --map --mock`)
      assert.include(stdout, `A  the box ${box.replaceAll(",", ", ")}`)
      assert.include(stdout, "MAP  ID")
      assert.include(stdout, corner)
    })
  )

  const wrong: ReadonlyArray<readonly [options: string, message: string]> = [
    ["--bbox 1,2,3", "--bbox needs west, south, east and north in degrees, such as 77,12,78,13, not '1,2,3'"],
    ["--bbox 1,2,3,", "--bbox needs west, south, east and north"],
    ["--bbox 1,2,3,91", "bbox[3] is 91 where a latitude from -90 to 90 is needed"],
    ["--bbox 1,2,3,4 --file none.json", "--file and --bbox exclude each other."],
    ["--file none.json", "none.json could not be read"],
    ["--limit 0", "--limit needs a whole number from 1, not '0'"],
    ["--from 2025-01-02 --to 2025-01-01", "datetime.end is 2025-01-01T00:00:00.000Z"]
  ]
  it.effect.each(wrong)("refuses %s before anything is sent", ([options, message]) =>
    Effect.gen(function* () {
      const environment = scripted(() => json({ features: [] }))
      const { code, stderr } = yield* pixxel(`archive search ${options}`, { environment })
      assert.notStrictEqual(code, 0)
      assert.include(stderr, message)
    })
  )
})

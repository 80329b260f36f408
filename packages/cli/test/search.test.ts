/** Searches on the command line, against the embedded mock. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
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

  it.effect("takes an area with a byte order mark", () =>
    Effect.gen(function* () {
      const answers = `\uFEFF${JSON.stringify(polygon, null, 2).replaceAll("\n", "\r\n")}`
      assert.strictEqual(
        (yield* pixxel("search --file - --from 2025-06-01 --to 2025-07-01 --mock", { answers })).code,
        0
      )
    })
  )

  it.effect("warns of a filter that a collection does not know, and searches by it", () =>
    Effect.gen(function* () {
      const satellites = [{ id: "sat-1", collections: [{ id: "c-1", queryables: ["view:off_nadir"] }, { id: "c-2" }] }]
      const line = "search --file - --from 2025-06-01 --to 2025-07-01"
      const searched = (options: string) =>
        pixxel(`${line} ${options}`, {
          answers: JSON.stringify(polygon),
          environment: scripted(
            () => json({ satellites }),
            () => json({ items: {} })
          )
        })
      const warning =
        "pixxel: The filter eo:cloud_cover is no queryable of the collection c-1, which has view:off_nadir"
      const { code, stderr, stdout } = yield* searched("--clouds 20")
      assert.strictEqual(code, 0)
      assert.include(stderr, warning)
      assert.notInclude(stdout, "queryable")
      for (const options of ["", "--clouds 20 --json", "--clouds 20 --quiet"]) {
        assert.notInclude((yield* searched(options)).stderr, "queryable")
      }
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

  it.effect("draws the images beside the area, numbered like the rows", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`${search} --satellite sat-firefly-1 --map --mock`)
      expect(stdout.replace(folder, "FOLDER")).toMatchInlineSnapshot(`
        "┌─ 21.434° N 78.852° E ────────────────────────────┐
        │     ⡤⠤⢄⣀⣀⣀⣀                                      │
        │     ⡇  ⡖⠒⠢⠤⠭⠭⡿⣛⣵⣶⣶⡶⣢⣤⣤⡤⠤⣀⣀⣀⣀⡀                    │
        │    ⢸  ⢠⠃    ⢰⠁    ⠈⠉⠉⠉⠙⠛⠛⠛⠓⠶⠾⠿⠭⢭⣭⣖⣒⣆⣀⡀           │
        │    ⢸  ⢸     ⢸                     ⢀⠇⠉⠉⡏⠉⠉⠒⠒⠒⠒⠤⢤  │
        │    ⡜  ⡜     ⡎                     ⢸  ⢰⠁       ⡜  │
        │    ⡇  ⡇     ⡇                     ⢸  ⢸        ⡇  │
        │    ⡇ ⢀⠇    ⢰⠁                     ⡎  ⡜       ⢠⠃  │
        │   ⢸  ⢸     ⢸                      ⡇  ⡇       ⢸   │
        │   ⢸  ⢸     ⡎                     ⢀⠇ ⢠⠃       ⡜   │
        │   ⡜  ⡇     ⡇                     ⢸  ⢸        ⡇   │
        │   ⡇  ⡇    ⢰⠁                     ⢸  ⡸       ⢠⠃   │
        │   ⡇ ⢸     ⢸                      ⡎  ⡇       ⢸    │
        │  ⢸  ⢸     ⡎   ⡠⢺                 ⡇  ⡇       ⡜    │
        │  ⢸  ⡎     ⡇ ⢀⠔⠁⢸                ⢀⠇ ⢸        ⡇    │
        │  ⡜  ⡇    ⢰⢁⠔⠁  ⢸                ⢸  ⢸       ⢠⠃    │
        │  1⣀⣰⠁    ⣸A⣀⣀⣀⣀⣸                ⢸  ⡇       ⢸     │
        │    ⠘⠛⠫⠭⠭⠶⣞⣒⣒⣢⡤⠤⠤⢄⣀⣀⣀⣀           ⡎  ⡇       ⡜     │
        │          2⠉⠒⠒⠚⠛⠭⠭⠵⢖⣒⣒⣭⡭⠭⠭⣑⣒⣒⣒⠒⠤⠤⠇ 3⠁       ⡇     │
        │                       ⠈⠉⠉⠉⠒⠒⠒⠫⠭⠭⠭⢖⣚⣀⣀     ⢠⠃     │
        │                                      ⠉⠉⠉⠉⠒⠚      │
        └─ ├────┤ 10 km ───────────── 20.886° N 79.588° E ─┘
        A  the area in FOLDER/field.geojson

        MAP  ID                                          TIME                  CLOUDS  SATELLITE
        1    FF01_000352_20250628_L2A_20250630_00501135  2025-06-28T05:20:31Z  90 %    Firefly-1
        2    FF01_000338_20250621_L2A_20250623_00501135  2025-06-21T05:18:44Z  18 %    Firefly-1
        3    FF01_000321_20250614_L2A_20250616_00501135  2025-06-14T05:21:07Z  4 %     Firefly-1
        "
      `)
    })
  )

  it.effect("draws the map in the README", () =>
    Effect.gen(function* () {
      const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
      const [, area = "", line = "", map = ""] =
        /^echo '(.*)' > field\.geojson\nnpx @effect-pixxel\/cli (search .*)\n```\n\n```text\n(.*?)```$/ms.exec(
          readme
        ) ?? []
      const path = join(folder, "readme.geojson")
      writeFileSync(path, area)
      const { stdout } = yield* pixxel(line.replace("field.geojson", path))
      assert.strictEqual(stdout.replace(path, "field.geojson"), map)
    })
  )

  it.effect("draws a map in colours, unless NO_COLOR is set", () =>
    Effect.gen(function* () {
      const terminal = { columns: 110, rows: 20 }
      const { stdout } = yield* pixxel(`${search} --map --mock`, { terminal })
      assert.include(stdout, "\u001b[36m1\u001b[39m")
      const plain = (yield* pixxel(`${search} --map --mock`, { terminal, env: { NO_COLOR: "1" } })).stdout
      assert.strictEqual(plain, stripVTControlCharacters(stdout))
    })
  )

  it.effect.each([
    ["beside the table", { columns: 110, rows: 40 }, { columns: 70, rows: 29 }],
    ["of half of a low terminal", { columns: 110, rows: 22 }, { columns: 52, rows: 11 }],
    ["in a narrow terminal", { columns: 40, rows: 50 }, { columns: 40, rows: 18 }],
    ["in a terminal that knows no size", { columns: 0, rows: 0 }, { columns: 52, rows: 13 }]
  ] as const)("draws a map as large as there is room: %s", ([, terminal, { columns, rows }]) =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`${search} --map --mock`, { terminal, env: { NO_COLOR: "1" } })
      const [map = ""] = stdout.split("\nA  ")
      const lines = map.split("\n")
      assert.deepStrictEqual([lines[0]?.length, lines.length], [columns, rows])
    })
  )

  it.effect("names the numbers without room, or counts them", () =>
    Effect.gen(function* () {
      const images = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, at) => [`i-${at}`, { id: `i-${at}`, geometry: polygon }]))
      const of = (count: number) =>
        scripted(
          () => json({ satellites: [{ id: "s", collections: [{ id: "c" }] }] }),
          () => json({ items: images(count), pagination: { total: count } })
        )
      const env = { NO_COLOR: "1" }
      const terminal = { columns: 30, rows: 20 }
      const few = (yield* pixxel(`${search} --map`, { environment: of(37), terminal, env })).stdout
      assert.match(few, /\nNo room on the map for \d+, .*\d+\.\n/)
      const many = (yield* pixxel(`${search} --map`, { environment: of(300), terminal, env })).stdout
      assert.match(many, /\nNo room on the map for \d\d+ of the numbers\.\n/)
    })
  )

  it.effect("draws a map of ASCII if the locale has no Unicode", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`${search} --map --mock`, { env: { LANG: "en_US.UTF-8", LC_ALL: "C" } })
      assert.match(stdout, /^[\n -~]+$/)
      assert.include((yield* pixxel(`${search} --map --mock`, { env: { LC_ALL: "", LANG: "C.UTF-8" } })).stdout, "⠉")
      assert.notInclude((yield* pixxel(`${search} --map --mock`, { env: { TERM: "linux" } })).stdout, "⠉")
    })
  )

  it.effect("changes nothing of --json by --map, and refuses it with --geojson", () =>
    Effect.gen(function* () {
      const json = (yield* pixxel(`${search} --mock --json`)).stdout
      assert.strictEqual((yield* pixxel(`${search} --map --mock --json`)).stdout, json)
      const { code, stderr } = yield* pixxel(`${search} --map --geojson --mock`)
      assert.strictEqual(code, 2)
      assert.include(stderr, "--geojson and --map exclude each other")
    })
  )

  it.effect("lists an image without an outline, but does not draw it", () =>
    Effect.gen(function* () {
      const environment = scripted(
        () => json({ satellites: [{ id: "s", collections: [{ id: "c" }] }] }),
        () => json({ items: { a: { id: "a", geometry: polygon }, b: { id: "b" } }, pagination: { total: 2 } })
      )
      const { stdout } = yield* pixxel(`${search} --map`, { environment })
      assert.match(stdout, /\n1 +a .*\n- +b /)
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
    ["a broken number of clouds", "--clouds 0.5", "--clouds needs a whole number from 0 to 100, not '0.5'"],
    ["more clouds than there can be", "--clouds 101", "--clouds needs a whole number from 0 to 100, not '101'"],
    ["less clouds than none", "--clouds=-1", "--clouds needs a whole number from 0 to 100, not '-1'"],
    ["an end before the beginning", "--to 2025-05-01", "not sent: --to is 2025-05-01T00:00:00.000Z"]
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

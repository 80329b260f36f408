/** Outlines as maps of characters. */
import { stripVTControlCharacters } from "node:util"
import * as fc from "effect/FastCheck"
import { assert, describe, expect, it } from "vitest"
import { size } from "../../../vitest.size.js"
import { map, type Outline } from "../src/render/map.js"
import { widthOf } from "../src/render/plain.js"
import { type Style, unstyled } from "../src/render/style.js"

const wide = (width: number, more: Partial<Style> = {}): Style => ({ ...unstyled, width, ...more })

const box = (west: number, south: number, east: number, north: number) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south]
]

const polygon = (...rings: ReadonlyArray<ReadonlyArray<ReadonlyArray<number>>>) => ({
  type: "Polygon",
  coordinates: rings
})

const outline = (geometry: unknown, label = ""): Outline => ({ geometry, label })

const drawn = (outlines: ReadonlyArray<Outline>, style = wide(60), height = 14) =>
  `\n${map(outlines, style, height).lines.join("\n")}\n`

/** The corners of a map, from its frame. */
const cornersOf = (lines: ReadonlyArray<string>) => {
  const read = (line: string | undefined) => {
    const [, latitude, north, longitude, east] = /([\d.]+)° ([NS]) ([\d.]+)° ([EW])/.exec(line ?? "") ?? []
    return {
      latitude: Number(latitude) * (north === "S" ? -1 : 1),
      longitude: Number(longitude) * (east === "W" ? -1 : 1),
      step: 10 ** -(latitude?.split(".")[1]?.length ?? 0)
    }
  }
  const [first, last] = [read(lines[0]), read(lines.at(-1))]
  const eastwards = (from: number, to: number) => (((to - from) % 360) + 360) % 360
  return {
    step: first.step,
    /** Whether a position is on the map. */
    has: ([longitude = 0, latitude = 0]: ReadonlyArray<number>) =>
      latitude <= first.latitude + first.step &&
      latitude >= last.latitude - first.step &&
      eastwards(first.longitude - first.step, longitude) <= eastwards(first.longitude, last.longitude) + 2 * first.step,
    width: eastwards(first.longitude, last.longitude)
  }
}

const longitude = fc.double({ min: -180, max: 180, noNaN: true })
const latitude = fc.double({ min: -89, max: 89, noNaN: true })
const length = fc.double({ min: 1e-6, max: 100, noNaN: true })

/** An area somewhere on the globe, also across the antimeridian: as one ring, or split. */
const area = fc.tuple(longitude, latitude, length, length, fc.boolean()).map(([west, south, wide, high, isSplit]) => {
  const [east, north] = [west + wide, Math.min(90, south + high)]
  if (east <= 180) return polygon(box(west, south, east, north))
  return isSplit
    ? { type: "MultiPolygon", coordinates: [[box(west, south, 180, north)], [box(-180, south, east - 360, north)]] }
    : polygon(box(west, south, east, north).map(([x = 0, y = 0]) => [x > 180 ? x - 360 : x, y]))
})

const areas = fc.array(area, { minLength: 1, maxLength: 12 })
const style = fc.record({ width: fc.integer({ min: 20, max: 200 }), height: fc.integer({ min: 6, max: 50 }) })

/** The positions in the rings of a polygon, or in those of several. */
const positionsOf = ({ coordinates }: { readonly coordinates: ReadonlyArray<unknown> }) => {
  const numbers = coordinates.flat(5).map(Number)
  return numbers.flatMap((longitude, at) => (at % 2 === 0 ? [[longitude, numbers[at + 1] ?? Number.NaN]] : []))
}

const runs = { numRuns: size(60, 2_000) }

describe("a map", () => {
  it("has the size that was asked for, and no broken number", () => {
    fc.assert(
      fc.property(areas, style, fc.boolean(), (areas, { height, width }, unicode) => {
        const outlines = areas.map((area, at) => outline(area, String(at + 1)))
        const { lines } = map(outlines, wide(width, { unicode }), height)
        const widths = new Set(lines.map(widthOf))
        assert.strictEqual(widths.size, 1)
        assert.isTrue(widths.has(width) || lines.length === height)
        assert.isAtMost([...widths][0] ?? 0, width)
        assert.isAtMost(lines.length, height)
        assert.notMatch(lines.join(), /NaN|Infinity|undefined/)
      }),
      runs
    )
  })

  it("has every corner of one area within its frame", () => {
    fc.assert(
      fc.property(area, (area) => {
        const corners = cornersOf(map([outline(area)], wide(100), 30).lines)
        for (const position of positionsOf(area)) assert.isTrue(corners.has(position), `${position}`)
      }),
      runs
    )
  })

  it("has each label on it, or names it", () => {
    fc.assert(
      fc.property(areas, style, (areas, { height, width }) => {
        const labels = areas.map((_, at) => String.fromCharCode(65 + at))
        const outlines = areas.map((area, at) => outline(area, labels[at]))
        const { lines, unplaced } = map(outlines, wide(width), height)
        const shown = lines.slice(1, -1).join("")
        assert.deepStrictEqual(
          labels.filter((label) => !shown.includes(label)),
          unplaced
        )
      }),
      runs
    )
  })

  it("is the same with colours, but for the colours", () => {
    fc.assert(
      fc.property(areas, (areas) => {
        const outlines = areas.map(
          (area, at): Outline => ({ ...outline(area, String(at)), colour: at % 2 ? "red" : "green" })
        )
        const coloured = map(outlines, wide(80, { colours: true }), 20).lines
        assert.include(coloured.join(), "\u001b[32m")
        assert.deepStrictEqual(coloured.map(stripVTControlCharacters), map(outlines, wide(80), 20).lines)
      }),
      runs
    )
  })

  it("has only characters of ASCII without Unicode", () => {
    fc.assert(
      fc.property(areas, (areas) => {
        const lines = map(
          areas.map((it) => outline(it)),
          wide(80, { unicode: false }),
          20
        ).lines
        assert.match(lines.join("\n"), /^[\n -~]+$/)
      }),
      runs
    )
  })

  it("is empty for JSON without a position, and never fails", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const type of ["Point", "MultiPoint", "LineString", "Polygon", "MultiPolygon"]) {
          map([outline({ type, coordinates: value })], wide(80), 20)
        }
        assert.deepStrictEqual(map([outline(value)], wide(80), 20), { lines: [], unplaced: [] })
      }),
      runs
    )
    const strange = [[[["79", 21]]], [[[79, "21"]]], [[[Number.NaN, 21]]], [[[79, 91]]], [[[1e9, 21]]], null]
    for (const coordinates of strange) {
      assert.deepStrictEqual(map([outline({ type: "Polygon", coordinates }, "1")], wide(80), 20).lines, [])
    }
  })

  it("draws holes, several polygons, lines and points", () => {
    const all = {
      type: "GeometryCollection",
      geometries: [
        polygon(box(0, 0, 4, 4), box(1, 1, 3, 3)),
        { type: "MultiPolygon", coordinates: [[box(5, 0, 7, 2)], [box(5, 3, 7, 4)]] },
        {
          type: "LineString",
          coordinates: [
            [8, 0],
            [10, 4]
          ]
        },
        { type: "Point", coordinates: [11, 2] }
      ]
    }
    expect(drawn([outline(all, "7")])).toMatchInlineSnapshot(`
      "
      ┌─ 4.33° N 0.20° W ────────────────────────────────────────┐
      │ ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀    ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀              ⢀      │
      │ ⡇                   ⡇    ⡇         ⢸             ⢀⠎      │
      │ ⡇                   ⡇    ⡇         ⢸            ⢀⠎       │
      │ ⡇    ⡖⠒⠒⠒⠒⠒⠒⠒⠒⠒⡆    ⡇    ⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠚           ⢀⠎        │
      │ ⡇    ⡇         ⡇    ⡇                         ⢀⠎         │
      │ ⡇    ⡇         ⡇    ⡇                        ⢀⠎          │
      │ ⡇    ⡇         ⡇    ⡇    ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹        ⢀⠎         ⠈ │
      │ ⡇    ⡇         ⡇    ⡇    ⡇         ⢸       ⢀⠎            │
      │ ⡇    ⠧⠤⠤⠤⠤⠤⠤⠤⠤⠤⠇    ⡇    ⡇         ⢸      ⢀⠎             │
      │ ⡇                   ⡇    ⡇         ⢸     ⢀⠎              │
      │ ⡇                   ⡇    ⡇         ⢸    ⢀⠎               │
      │ 7⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠁    ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉    ⠈                │
      └─ ├───────┤ 200 km ──────────────────── 0.33° S 11.20° E ─┘
      "
    `)
    expect(drawn([outline(all, "7")], wide(60, { unicode: false }))).toMatchInlineSnapshot(`
      "
      +- 4.33 N 0.20 W ------------------------------------------+
      | ____________________.    ___________              .      |
      | |                   |    |         |             ./      |
      | |                   |    |         |            ./       |
      | |    /---------|    |    -----------           ./        |
      | |    |         |    |                         ./         |
      | |    |         |    |                        ./          |
      | |    |         |    |    /---------/        ./         ' |
      | |    |         |    |    |         |       ./            |
      | |    \\---------|    |    |         |      ./             |
      | |                   |    |         |     ./              |
      | |                   |    |         |    ./               |
      | 7-------------------'    -----------    '                |
      +- |-------| 200 km ---------------------- 0.33 S 11.20 E -+
      "
    `)
  })

  it.each([0, 45, 60, 75])("shows a square on the ground as a square at %i°", (latitude) => {
    const degrees = 1 / Math.cos((latitude * Math.PI) / 180)
    const { lines } = map([outline(polygon(box(10, latitude - 0.5, 10 + degrees, latitude + 0.5)))], wide(120), 30)
    const rows = lines.slice(1, -1).map((line) => line.slice(1, -1))
    const filled = rows.filter((row) => row.trim() !== "")
    const columns = Math.max(...filled.map((row) => row.trim().length))
    assert.approximately(columns / (2 * filled.length), 1, 0.05)
  })

  it.each([
    ["as one ring", polygon([...box(179, -1, -179, 1)])],
    ["split in two", { type: "MultiPolygon", coordinates: [[box(179, -1, 180, 1)], [box(-180, -1, -179, 1)]] }],
    ["beyond 180°", polygon(box(179, -1, 181, 1))]
  ])("is not torn apart at the antimeridian: %s", (_, geometry) => {
    const { has, width } = cornersOf(map([outline(geometry)], wide(60), 20).lines)
    assert.isBelow(width, 5)
    assert.isTrue([179, -179, 180].every((longitude) => has([longitude, 0])))
  })

  it("labels outlines of one place beside one another, and names those without room", () => {
    const dot = { type: "Point", coordinates: [79, 21] }
    const { lines, unplaced } = map(
      Array.from({ length: 9 }, (_, at) => outline(dot, String(at + 1))),
      wide(44),
      8
    )
    const shown = lines.slice(1, -1).join("").replace(/[^\d]/g, "")
    assert.strictEqual(shown.length + unplaced.length, 9)
    assert.isAtLeast(shown.length, 3)
  })
})

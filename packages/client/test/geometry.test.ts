import { assert, describe, it } from "@effect/vitest"
import { area as turfArea } from "@turf/area"
import { booleanPointInPolygon } from "@turf/boolean-point-in-polygon"
import { kinks } from "@turf/kinks"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import type { Polygon, Position } from "geojson"
import { size } from "../../../vitest.size.js"
import { Geometry } from "../src/index.js"
import { areaIn } from "../src/internal/geometry.js"

const polygon = (...coordinates: Array<Array<Position>>): Polygon => ({ type: "Polygon", coordinates })

const square = (left: number, bottom: number, side: number): Array<Position> => [
  [left, bottom],
  [left + side, bottom],
  [left + side, bottom + side],
  [left, bottom + side],
  [left, bottom]
]

const diamond = (x: number, y: number, radius: number): Array<Position> => [
  [x, y - radius],
  [x + radius, y],
  [x, y + radius],
  [x - radius, y],
  [x, y - radius]
]

const field = polygon(square(77, 12, 1))

describe("an area", () => {
  const feature = { type: "Feature", properties: { crop: "rice" }, geometry: field } as const

  it.each([
    ["bare", field],
    ["in a feature", feature],
    ["in a collection of one feature", { type: "FeatureCollection", features: [feature] }],
    ["clockwise", polygon(square(77, 12, 1).reverse())],
    ["with altitudes", polygon(square(77, 12, 1).map((it) => [...it, 900]))],
    ["with a repeated position", polygon(square(77, 12, 1).flatMap((it, i) => (i === 1 ? [it, it] : [it])))],
    ["with a hole", polygon(square(77, 12, 1), square(77.2, 12.2, 0.1))],
    ["with a hole that touches its ring", polygon(square(77, 12, 1), square(77, 12, 0.1))],
    ["with a hole between the edges of its ring", polygon(square(0, 0, 2), diamond(1, 1, 1))],
    ["with two holes that touch", polygon(square(0, 0, 4), diamond(1, 1, 1), diamond(3, 1, 1))],
    ["that ends at the antimeridian", polygon(square(179, 12, 1))],
    ["that ends at a pole", polygon(square(77, 89, 1))]
  ])("is taken as it is: %s", (_, json) => {
    const geometry = "geometry" in json ? json.geometry : "features" in json ? json.features[0]?.geometry : json
    assert.deepStrictEqual<unknown>(Geometry.parse(json), Either.right(geometry))
  })

  it.each([
    ["a box", { bbox: [77, 12, 78, 13] }],
    ["a reference system", { crs: { type: "name", properties: { name: "urn:ogc:def:crs:OGC:1.3:CRS84" } } }],
    ["words of a problem", { path: "here", found: "a well", expected: "water" }]
  ])("has no other members than those of the API: %s", (_, members) => {
    assert.deepStrictEqual(Geometry.parse({ ...field, ...members }), Either.right(field))
  })

  const multi = (...coordinates: Array<Array<Array<Position>>>) => ({ type: "MultiPolygon", coordinates }) as const

  it.each([
    ["bare", multi(field.coordinates)],
    ["in a feature", { ...feature, geometry: multi(field.coordinates) }]
  ])("of one polygon in a MultiPolygon is that polygon: %s", (_, json) => {
    assert.deepStrictEqual(Geometry.parse(json), Either.right(field))
  })

  it("in an input of a block may have several polygons", () => {
    const both = multi(field.coordinates, [square(80, 12, 1)])
    assert.deepStrictEqual<unknown>(areaIn(["Polygon", "MultiPolygon"], both, "area"), both)
    const one = multi(field.coordinates)
    assert.deepStrictEqual<unknown>(areaIn(["Polygon", "MultiPolygon"], one, "area"), one)
  })

  const bowTie: Array<Position> = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0]
  ]
  const spike: Array<Position> = [
    [0, 0],
    [2, 0],
    [2, 2],
    [2, 0],
    [1, -1],
    [0, 0]
  ]
  // A jagged circle of 100,000 corners, which is not closed
  const endless: Array<Position> = Array.from({ length: 100_000 }, (_, i) => [
    Math.cos(i / 15_916) * 5,
    Math.sin(i / 15_916) * 5
  ])

  it.each<[name: string, json: unknown, path: string, found: string, expected: string]>([
    ["nothing", undefined, "geometry", "missing", "a Polygon, or one Feature of it,"],
    ["another geometry", { type: "Point", coordinates: [77, 12] }, "geometry", '"Point"', "a Polygon"],
    [
      "several polygons",
      multi(field.coordinates, [square(80, 12, 1)]),
      "geometry",
      "a MultiPolygon of 2 polygons",
      "a Polygon, in a call for each part,"
    ],
    ["no polygon", multi(), "geometry", "a MultiPolygon of 0 polygons", "a Polygon, in a call for each part,"],
    [
      "a MultiPolygon of an open ring",
      multi([square(77, 12, 1).slice(0, 4)]),
      "geometry.coordinates[0][0]",
      "open, from",
      "the last is the first"
    ],
    ["a MultiPolygon without coordinates", { type: "MultiPolygon" }, "geometry", "of 0 polygons", "a Polygon"],
    ["no GeoJSON", { coordinates: [] }, "geometry", "no GeoJSON", "a Polygon"],
    ["a text of JSON", JSON.stringify(field), "geometry", '"{', "a Polygon"],
    ["a feature of nothing", { ...feature, geometry: null }, "geometry.geometry", "null", "a Polygon"],
    [
      "two features",
      { type: "FeatureCollection", features: [feature, feature] },
      "geometry",
      "a FeatureCollection of 2 features",
      "one Feature of it"
    ],
    ["empty", polygon(), "geometry.coordinates", "[]", "a list of rings"],
    ["empty ring", polygon([]), "geometry.coordinates[0]", "a ring of 0 positions", "at least 4"],
    [
      "open",
      polygon(square(77, 12, 1).slice(0, 4)),
      "geometry.coordinates[0]",
      "open, from [77,12] to [77,13]",
      "first"
    ],
    ["three positions", polygon(square(77, 12, 1).slice(0, 3)), "geometry.coordinates[0]", "a ring of 3", "at least 4"],
    [
      "swapped",
      polygon(square(12, 95, 1).map(([a = 0, b = 0]) => [a, b])),
      "geometry.coordinates[0][0]",
      "at latitude 95",
      "longitude comes first"
    ],
    [
      "beyond the longitudes",
      polygon(square(180, 12, 1)),
      "geometry.coordinates[0][1]",
      "at longitude 181",
      "-180 to 180"
    ],
    [
      "a bow-tie",
      polygon(bowTie),
      "geometry.coordinates[0]",
      "a ring that meets itself, at [0,0]–[1,1]",
      "a simple ring"
    ],
    ["a spike", polygon(spike), "geometry.coordinates[0]", "a ring that meets itself", "a simple ring"],
    [
      "across the antimeridian",
      polygon([
        [179, 0],
        [-179, 0],
        [-179, 1],
        [179, 1],
        [179, 0]
      ]),
      "geometry.coordinates[0][1]",
      "across the antimeridian, 358 degrees",
      "split it at 180 degrees"
    ],
    [
      "around a pole",
      polygon([
        [0, 80],
        [120, 80],
        [-120, 80],
        [0, 80]
      ]),
      "geometry.coordinates[0][2]",
      "across the antimeridian, 240 degrees",
      "split it"
    ],
    [
      "no number",
      polygon([[Number.NaN, 12], ...square(77, 12, 1)]),
      "geometry.coordinates[0][0]",
      '["NaN",12]',
      "two numbers"
    ],
    [
      "an endless number",
      polygon([[77, Number.POSITIVE_INFINITY]]),
      "geometry.coordinates[0][0]",
      '[77,"Infinity"]',
      "two"
    ],
    [
      "a text for a number",
      { type: "Polygon", coordinates: [[["77", 12]]] },
      "geometry.coordinates[0][0]",
      '["77",12]',
      "two"
    ],
    [
      "nested too deep",
      { type: "Polygon", coordinates: [field.coordinates] },
      "geometry.coordinates[0][0]",
      "[[77,12]",
      "two"
    ],
    ["nested too flat", { type: "Polygon", coordinates: square(77, 12, 1) }, "geometry.coordinates[0][0]", "77", "two"],
    [
      "without area",
      polygon(Array.from({ length: 4 }, () => [77, 12])),
      "geometry.coordinates[0]",
      "without area",
      "1 m²"
    ],
    [
      "a hole outside",
      polygon(square(77, 12, 1), square(80, 12, 1)),
      "geometry.coordinates[1]",
      "a hole outside of its polygon",
      "one inside of it"
    ],
    [
      "a hole outside that touches its ring",
      polygon(square(0, 0, 2), diamond(-1, 1, 1)),
      "geometry.coordinates[1]",
      "a hole outside of its polygon",
      "one inside of it"
    ],
    [
      "a hole that leaves its ring between two corners on it",
      polygon(square(0, 0, 2), [
        [1, 0.5],
        [2, 0.5],
        [3, 1],
        [2, 1.5],
        [1, 1.5],
        [1, 0.5]
      ]),
      "geometry.coordinates[1]",
      "a hole outside of its polygon",
      "one inside of it"
    ],
    [
      "a hole of the whole polygon",
      polygon(square(0, 0, 2), square(0, 0, 2).reverse()),
      "geometry.coordinates[1]",
      "a hole as large as its polygon",
      "one inside of it"
    ],
    [
      "a hole twice",
      polygon(square(0, 0, 2), square(1, 1, 0.5), square(1, 1, 0.5)),
      "geometry.coordinates[1]",
      "a hole inside of the hole geometry.coordinates[2]",
      "a hole of its own"
    ],
    [
      "in metres",
      polygon(square(780_000, 1_427_000, 100)),
      "geometry.coordinates[0][0]",
      "at [780000,1427000]",
      "in degrees"
    ],
    [
      "a hole across its ring",
      polygon(square(77, 12, 1), square(77.5, 12.5, 1)),
      "geometry.coordinates[1]",
      "a ring that crosses geometry.coordinates[0]",
      "a ring apart"
    ],
    [
      "a hole in a hole",
      polygon(square(77, 12, 1), square(77.2, 12.2, 0.5), square(77.3, 12.3, 0.1)),
      "geometry.coordinates[2]",
      "a hole inside of the hole geometry.coordinates[1]",
      "a hole of its own"
    ],
    [
      "100,000 corners, open",
      polygon(endless),
      "geometry.coordinates[0]",
      "open, from [5,0] to ",
      "the last is the first"
    ]
  ])("is refused: %s", (_, json, path, found, expected) => {
    const problem = Either.getOrThrow(Either.flip(Geometry.parse(json)))
    assert.strictEqual(problem.path, path)
    assert.include(problem.found, found)
    assert.include(problem.expected, expected)
  })

  it("has any number of holes", () => {
    const holes = Array.from({ length: 20_000 }, (_, i) => square((i % 200) / 100, Math.floor(i / 200) / 100, 0.005))
    assert.isTrue(Either.isRight(Geometry.parse(polygon(square(-1, -1, 5), ...holes))))
  })

  it("has any number of corners", () => {
    const closed = [...endless.slice(0, 99_999), [5, 0]]
    assert.isTrue(Either.isRight(Geometry.parse(polygon(closed))))
  })
})

// --- against turf ---

const runs = { numRuns: size(300, 3_000), seed: 1 }

/** Small distances from a place. */
const offset = fc.integer({ min: -9_999, max: 9_999 }).map((it) => it / 10_000)
const place = fc.record({ longitude: fc.integer({ min: -170, max: 170 }), latitude: fc.integer({ min: -80, max: 80 }) })

/** A ring of random corners, which usually meets itself. */
const anyRing = fc
  .record({
    place,
    offsets: fc.uniqueArray(fc.tuple(offset, offset), { minLength: 3, maxLength: 12, selector: String })
  })
  .map(({ offsets, place: { latitude, longitude } }) => {
    const corners = offsets.map(([dx, dy]): Position => [longitude + dx, latitude + dy])
    return [...corners, corners[0]!]
  })

/** A ring around a place, which never meets itself. */
const starRing = fc
  .record({
    place,
    radii: fc.array(fc.integer({ min: 1_000, max: 9_999 }), { minLength: 3, maxLength: 60 }),
    isClockwise: fc.boolean()
  })
  .map(({ isClockwise, place: { latitude, longitude }, radii }) => {
    const corners = radii.map((radius, i): Position => {
      const angle = (i / radii.length) * 2 * Math.PI
      return [longitude + (Math.cos(angle) * radius) / 10_000, latitude + (Math.sin(angle) * radius) / 10_000]
    })
    const ring = [...corners, corners[0]!]
    return isClockwise ? ring.reverse() : ring
  })

const meetsItself = (ring: Array<Position>) =>
  Either.match(Geometry.parse(polygon(ring)), {
    onLeft: ({ found }) => found.includes("meets itself"),
    onRight: () => false
  })

describe("an area, by turf", () => {
  it("has the same size", () =>
    fc.assert(
      fc.property(starRing, starRing, (outer, hole) => {
        const [lonOuter = 0, latOuter = 0] = outer[0]!
        const [lonHole = 0, latHole = 0] = hole[0]!
        const moved = hole.map(([lon = 0, lat = 0]) => [lonOuter + (lon - lonHole) / 9, latOuter + (lat - latHole) / 9])
        const shape = polygon(outer, moved)
        assert.approximately(Geometry.area(shape) / turfArea(shape), 1, 2e-6)
      }),
      runs
    ))

  it("meets itself where it has a kink", () => {
    let met = 0
    fc.assert(
      fc.property(anyRing, (ring) => {
        const isKinked = kinks(polygon(ring)).features.length > 0
        if (isKinked) met++
        assert.strictEqual(meetsItself(ring), isKinked)
      }),
      runs
    )
    assert.isAbove(met, 100)
  })

  it("is accepted around a place, in both directions", () =>
    fc.assert(
      fc.property(starRing, (ring) => assert.isTrue(Either.isRight(Geometry.parse(polygon(ring))))),
      runs
    ))

  it("has its holes inside", () =>
    fc.assert(
      fc.property(starRing, offset, offset, (ring, dx, dy) => {
        const [longitude = 0, latitude = 0] = ring[0]!
        const hole = square(longitude + dx, latitude + dy, 0.001)
        const inside = hole.filter((it) => booleanPointInPolygon(it, polygon(ring))).length
        const problem = Either.match(Geometry.parse(polygon(ring, hole)), {
          onLeft: ({ found }) => found,
          onRight: () => ""
        })
        // the tip of a ring may cross a hole that has no corner in the ring
        if (inside === 0) assert.match(problem, /outside|crosses/)
        else if (inside < hole.length) assert.include(problem, "crosses")
      }),
      runs
    ))

  it("names a hole that the tip of the ring crosses", () => {
    const tip: Array<Position> = [
      [0.75, 0],
      [-0.05, 0.09],
      [-0.05, -0.09],
      [0.75, 0]
    ]
    const refused = Geometry.parse(polygon(tip, square(0.7499, -0.0001, 0.001)))
    assert.include(Either.isLeft(refused) ? refused.left.found : "", "crosses")
  })
})

// --- rings that touch, on a grid ---

const step = fc.integer({ min: -1, max: 6 })

/** A rectangle by its lowest and its highest corner, in any orientation and from any of its corners. */
const rectangle = fc
  .record({ x: step, y: step, width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 1, max: 4 }) })
  .map(({ height, width, x, y }) => ({ x, y, right: x + width, top: y + height }))

type Rectangle = { readonly x: number; readonly y: number; readonly right: number; readonly top: number }

const ringOf = ({ right, top, x, y }: Rectangle): Array<Position> => [
  [x, y],
  [right, y],
  [right, top],
  [x, top],
  [x, y]
]

const overlap = (one: Rectangle, other: Rectangle) =>
  one.x < other.right && other.x < one.right && one.y < other.top && other.y < one.top

describe("the holes of an area", () => {
  const isAccepted = (...rings: Array<Array<Position>>) => Either.isRight(Geometry.parse(polygon(...rings)))

  it("are within it and apart from each other, and may touch", () => {
    const whole = { x: 0, y: 0, right: 6, top: 6 }
    const notch = { x: 3, y: 3, right: 6, top: 6 }
    const outer: Array<Position> = [
      [0, 0],
      [6, 0],
      [6, 3],
      [3, 3],
      [3, 6],
      [0, 6],
      [0, 0]
    ]
    const isWithin = (it: Rectangle) =>
      it.x >= whole.x && it.y >= whole.y && it.right <= whole.right && it.top <= whole.top && !overlap(it, notch)
    let accepted = 0
    fc.assert(
      fc.property(rectangle, rectangle, (one, other) => {
        const isRight = isWithin(one) && isWithin(other) && !overlap(one, other)
        if (isRight) accepted++
        assert.strictEqual(isAccepted(outer, ringOf(one), ringOf(other).reverse()), isRight)
      }),
      { ...runs, numRuns: size(3_000, 30_000) }
    )
    assert.isAbove(accepted, 50)
  })

  it("have all corners in a convex ring", () => {
    const corner = fc.tuple(step, step)
    fc.assert(
      fc.property(fc.tuple(corner, corner, corner), ([a, b, c]) => {
        fc.pre((b[0] - a[0]) * (c[1] - a[1]) !== (b[1] - a[1]) * (c[0] - a[0]))
        const isWithin = [a, b, c].every(([x, y]) => x >= 0 && y >= 0 && x <= 5 && y <= 5)
        assert.strictEqual(isAccepted(square(0, 0, 5), [a, b, c, a]), isWithin)
      }),
      runs
    )
  })
})

/** The filters of searches by STAC, in all of their documented forms. */
import { assert, describe, it } from "vitest"
import { printPath } from "../../src/core/Problem.js"
import { type Item, matches, type Search, searchProblems, sorted } from "../../src/core/StacSearch.js"

const square = (west: number, south: number) => [
  [
    [west, south],
    [west + 1, south],
    [west + 1, south + 1],
    [west, south + 1],
    [west, south]
  ]
]

const item = (id: string, west: number, south: number, properties: object): Item => ({
  id,
  collection: `c-${id.charAt(0)}`,
  geometry: { coordinates: square(west, south) },
  properties: { ...properties }
})

const items = [
  item("a1", 77, 12, { datetime: "2023-04-04T05:18:22.610Z", clouds: 3, bands: ["B1", "B2"] }),
  item("a2", 179, -17, { datetime: "2023-05-01T00:00:00Z", clouds: 40 }),
  item("b1", -180, -17, { datetime: "2024-01-01T00:00:00Z", clouds: 9, bands: ["B3"] })
]

const idsOf = (search: Search) => items.filter(matches(search)).map(({ id }) => id)

describe("a search by STAC", () => {
  const found: ReadonlyArray<readonly [Search, ReadonlyArray<string>]> = [
    [{}, ["a1", "a2", "b1"]],
    [{ ids: ["b1", "none"] }, ["b1"]],
    [{ collections: ["c-a"] }, ["a1", "a2"]],
    [{ bbox: [77.5, 12.5, 77.6, 12.6] }, ["a1"]],
    [{ bbox: [170, -20, 180, 0] }, ["a2"]],
    [{ bbox: [170, -20, -170, 0] }, ["a2", "b1"]],
    [{ intersects: { type: "Point", coordinates: [77.5, 12.5] } }, ["a1"]],
    [{ intersects: { type: "MultiPolygon", coordinates: [square(77, 12)] } }, ["a1"]],
    [
      { intersects: { type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [179.5, -16.5] }] } },
      ["a2"]
    ],
    [{ datetime: "2023-04-04T05:18:22.610Z" }, ["a1"]],
    [{ datetime: "2023-05-01T00:00:00Z/2024-01-01T00:00:00Z" }, ["a2", "b1"]],
    [{ datetime: "../2023-05-01T00:00:00Z" }, ["a1", "a2"]],
    [{ datetime: "2023-05-01T02:00:00+01:00/.." }, ["b1"]],
    [{ query: { clouds: { gt: 3, lt: 40 } } }, ["b1"]],
    [{ query: { clouds: { gte: 3, lte: 9 } } }, ["a1", "b1"]],
    [{ query: { clouds: { neq: 9 } } }, ["a1", "a2"]],
    [{ query: { clouds: { in: [3, 40] } } }, ["a1", "a2"]],
    [{ query: { bands: { eq: ["B2", "B3"] } } }, ["a1", "b1"]],
    [{ query: { clouds: 40 } }, ["a2"]],
    [{ query: { none: { lt: 10 } } }, []],
    [{ collections: ["c-a"], query: { clouds: { lt: 10 } } }, ["a1"]]
  ]
  it("takes a geometry of more positions than a call can have arguments", () => {
    const coordinates = Array.from({ length: 300_000 }, () => [77.5, 12.5])
    assert.deepStrictEqual(idsOf({ intersects: { type: "MultiPoint", coordinates } }), ["a1"])
  })

  it.each(found)("by %j finds %j", (search, ids) => {
    assert.deepStrictEqual(searchProblems(search), [])
    assert.deepStrictEqual(idsOf(search), ids)
  })

  const wrong: ReadonlyArray<readonly [path: string, search: Search]> = [
    ["bbox", { bbox: [1, 2, 3] }],
    ["bbox", { bbox: [1, 3, 2, 2] }],
    ["bbox", { bbox: [-181, 0, 2, 2] }],
    ["intersects", { bbox: [1, 2, 3, 4], intersects: { type: "Point", coordinates: [1, 2] } }],
    ["intersects", { intersects: { type: "Point", coordinates: [] } }],
    ["datetime", { datetime: "2023" }],
    ["datetime", { datetime: "../.." }],
    ["datetime", { datetime: ".." }],
    ["datetime", { datetime: "2024-01-01T00:00:00Z/2023-01-01T00:00:00Z" }],
    ["datetime", { datetime: "../2023-01-01T00:00:00Z/.." }],
    ["query.clouds", { query: { clouds: { below: 3 } } }]
  ]
  it.each(wrong)("is refused for its %s: %j", (path, search) => {
    assert.deepStrictEqual(
      searchProblems(search).map((it) => printPath(it.path)),
      [path]
    )
  })

  const orders: ReadonlyArray<readonly [field: string, descends: boolean, ids: ReadonlyArray<string>]> = [
    ["clouds", false, ["a1", "b1", "a2"]],
    ["properties.clouds", true, ["a2", "b1", "a1"]],
    ["properties->>'datetime'", true, ["b1", "a2", "a1"]],
    ["bands", true, ["b1", "a1", "a2"]],
    ["none", true, ["a1", "a2", "b1"]]
  ]
  it.each(orders)("sorts by %s, descending: %s", (field, descends, ids) => {
    const found = sorted(items, ({ properties }) => properties, [{ field, descends }])
    assert.deepStrictEqual(
      found.map(({ id }) => id),
      ids
    )
  })
})

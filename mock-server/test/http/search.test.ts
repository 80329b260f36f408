/** Searches of images: all mistakes of one at once, and the quirks of its answer. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { WorldQuirks } from "../../src/core/Fixture.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Answer, HandClock, type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const ring = (west: number, south: number) => [
  [west, south],
  [west + 0.1, south],
  [west + 0.1, south + 0.1],
  [west, south]
]
const sources = [
  { satellite_id: "sat-firefly-1", collection_id: "pixxel-ff-l2a" },
  { satellite_id: "sat-sentinel-2", collection_id: "sentinel-2-l2a" }
]
const query = {
  start_date: "2025-06-01",
  end_date: "2025-07-01T00:00:00.000Z",
  satellites: sources,
  geometry: { type: "Polygon", coordinates: [ring(79, 21)] }
}

const search = ({ ask }: Pick<Site, "ask">, body: object = query) =>
  ask("/v0/search", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" }
  })

const idsOf = ({ json }: Answer): ReadonlyArray<string> =>
  Object.values<{ readonly id: string }>(json.items).map(({ id }) => id.slice(0, 11))

describe("a search", () => {
  it("answers a map of items, the newest first", async () => {
    const { json, status } = await search(server.site())
    assert.strictEqual(status, 200)
    assert.deepStrictEqual(json.pagination, { limit: 10, skip: 0, total: 5 })
    const [id = ""] = Object.keys(json.items)
    assert.strictEqual(id, "FF01_000352_20250628_L2A_20250630_00501135")
    assert.deepInclude(json.items[id], { id, type: "Feature" })
    assert.deepStrictEqual(json.items[id].bbox, [78.88, 20.95, 79.39, 21.42])
    assert.notProperty(json, "next_token")
  })

  const found: ReadonlyArray<readonly [what: string, change: object, ids: ReadonlyArray<string>]> = [
    [
      "a place",
      { geometry: { type: "Polygon", coordinates: [ring(77.5, 12.9)] } },
      ["FF01_000344", "S2A_MSIL2A_", "FF01_000298"]
    ],
    ["the edge of a scene", { geometry: { type: "Polygon", coordinates: [ring(79.56, 21)] } }, ["FF01_000338"]],
    ["a time", { start_date: "2025-06-26T05:26:49.024Z" }, ["FF01_000352", "S2B_MSIL2A_"]],
    ["clouds", { filters: [{ id: "eo:cloud_cover", min: 0, max: 4 }] }, ["FF01_000321", "S2B_MSIL2A_"]],
    ["a limit", { limit: 1 }, ["FF01_000352"]]
  ]
  it.each(found)("finds images by %s", async (_, change, ids) => {
    assert.deepStrictEqual(idsOf(await search(server.site(), { ...query, ...change })), ids)
  })

  it("names all mistakes at once", async () => {
    const { json, status } = await search(server.site(), {
      ...query,
      start_date: "soon",
      satellites: [
        { satellite_id: "none", collection_id: "c" },
        { ...sources[0], collection_id: "sentinel-2-l2a" }
      ],
      filters: [{ id: "clouds", min: 20.5, max: 10 }],
      next_token: "x"
    })
    assert.strictEqual(status, 400)
    assert.deepStrictEqual(
      json.error.details.problems.map(({ path }: { path: string }) => path),
      [
        "start_date",
        "next_token",
        "filters[0].id",
        "filters[0].min",
        "filters[0].max",
        "satellites[0].satellite_id",
        "satellites[1].collection_id"
      ]
    )
  })

  const wrong: ReadonlyArray<readonly [path: string, body: object]> = [
    ["limit", { ...query, limit: 10_001 }],
    ["satellites", { ...query, satellites: [] }],
    ["end_date", { ...query, end_date: query.start_date }],
    ...Object.keys(query).map((key) => ["(root)", { ...query, [key]: undefined }] as const)
  ]
  it.each(wrong)("is refused for a wrong %s: %j", async (path, body) => {
    const { json, status } = await search(server.site(), body)
    assert.deepStrictEqual([status, json.error.details.problems[0].path], [400, path])
  })

  it("is refused to an expired token, and open to a viewer", async () => {
    assert.strictEqual((await search(server.site("expired"))).status, 403)
    assert.strictEqual((await search(server.site("viewer"))).status, 200)
  })
})

describe("the quirks of a search", () => {
  const of = (name: string, quirks: WorldQuirks) => {
    server.app.mock.worlds.create(name, { clock: new HandClock(), quirks })
    const { ask } = server.site()
    const token = `mock_${name}_owner`
    return (change: object = {}) =>
      search({ ask: (path, options) => ask(path, { ...options, token }) }, { ...query, ...change })
  }

  it("send a list", async () => {
    const { json } = await of("listed", { searchItems: "list" })()
    assert.isArray(json.items)
  })

  it("send tokens of the next part", async () => {
    const next = of("parted", { nextToken: true })
    const first = await next({ limit: 3 })
    assert.strictEqual(first.json.next_token, "after-3")
    const second = await next({ limit: 3, next_token: "after-3" })
    assert.deepStrictEqual(second.json.pagination, { limit: 3, skip: 3, total: 5 })
    assert.notProperty(second.json, "next_token")
    assert.strictEqual(Object.keys({ ...first.json.items, ...second.json.items }).length, 5)
  })
})

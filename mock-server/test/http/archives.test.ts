/** The archive: pages without a total, and the two forms of bounds. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { HandClock, type Server, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const collections = "/v0/archives/collections"
const td2 = `${collections}/pixxel-td-l2a`
const first = "TD2_000650_20230404_L2A_20240405_01001067"

const get = async (path: string) => (await server.site().ask(path)).json

const search = (body: object) =>
  server.site().ask("/v0/archives/search", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" }
  })

const idsOf = ({ features }: { readonly features: ReadonlyArray<{ readonly id: string }> }) =>
  features.map(({ id }) => id.slice(0, 10))

describe("the archive", () => {
  it("has collections, of which one grows", async () => {
    const { collections: all } = await get(collections)
    assert.deepStrictEqual(
      all.map(({ extent, id }: { id: string; extent: { temporal: object } }) => [id, extent.temporal]),
      [
        ["pixxel-ff-l2a", { interval: [["2025-06-01T00:00:00Z", null]] }],
        ["pixxel-td-l2a", { interval: [["2023-04-04T00:00:00Z", "2023-12-31T00:00:00Z"]] }]
      ]
    )
    assert.lengthOf((await get(`${collections}?ids=pixxel-td-l2a,none`)).collections, 1)
    assert.strictEqual((await get(td2)).stac_version, "0.1.0")
  })

  it("lists the images of a collection in pages without a total, the newest first", async () => {
    const page = await get(`${td2}/items?limit=2&offset=3`)
    assert.deepStrictEqual(idsOf(page), ["TD2_000702", "TD2_000650"])
    assert.notProperty(page, "pagination")
    assert.lengthOf((await get(`${collections}/pixxel-ff-l2a/items`)).features, 8)
    assert.lengthOf((await get(`${td2}/items?offset=5`)).features, 0)
  })

  it("shows an image with bounds of texts, or of numbers by a quirk", async () => {
    const item = await get(`${td2}/items/${first}`)
    assert.deepStrictEqual(item.bbox, ["77.41", "12.77", "77.84", "13.15"])
    assert.strictEqual(item.properties.startdatetime, "2023-04-04T05:18:22.610Z")
    assert.strictEqual(item.assets.B013["eo:bands"][0].center_wavelength, 493)
    server.app.mock.worlds.create("numbers", { clock: new HandClock(), quirks: { bbox: "numbers" } })
    const { json } = await server.site().ask(`${td2}/items/${first}`, { token: "mock_numbers_owner" })
    assert.deepStrictEqual(json.bbox, [77.41, 12.77, 77.84, 13.15])
  })

  it.each([
    `${collections}/none`,
    `${collections}/none/items`,
    `${td2}/items/none`,
    `${collections}/pixxel-ff-l2a/items/${first}`
  ])("answers 404 for %s", async (path) => {
    assert.strictEqual((await server.site().ask(path)).status, 404)
  })

  it("is searched in the documented form", async () => {
    const query = { cloudcover: { lt: 60 }, bands: { eq: ["B013"] } }
    const sortby = [{ field: "properties->>'eo:cloud_cover'", direction: "asc" }]
    const { json } = await search({ datetime: "../2023-08-01T00:00:00Z", query, sortby, limit: 2, offset: 1 })
    assert.deepStrictEqual(idsOf(json), ["TD2_000702", "TD2_000731"])
    assert.deepStrictEqual(idsOf((await search({ bbox: [179, -18, -179, -16] })).json), ["TD2_000816", "TD2_000815"])
    assert.lengthOf((await search({})).json.features, 10)
  })

  it("names all mistakes of a search at once", async () => {
    const { json, status } = await search({ bbox: [0, 1, 2], datetime: "soon", query: { gsd: { below: 1 } } })
    assert.strictEqual(status, 400)
    assert.deepStrictEqual(
      json.error.details.problems.map(({ path }: { path: string }) => path),
      ["bbox", "datetime", "query.gsd"]
    )
    assert.strictEqual((await search({ sort_by: [] })).status, 400)
  })
})

/** The assets of AOIs, and their downloads. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const downloads = "/v0/aois/aoi-north-field/downloads"
const asset = "asset-FF01_000321_20250614_L2A_20250616_00501135"

const late = "asset-FF01_000338_20250621_L2A_20250623_00501135"

const create = ({ ask }: Site, body: object = { asset_ids: [asset] }, path = downloads) =>
  ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })

describe("a download of assets", () => {
  it("is created, in progress, and ready after 10 s, with a URL of a ZIP", async () => {
    const site = server.site()
    const { json, status } = await create(site)
    assert.deepStrictEqual([status, json], [201, { download_id: json.download_id, status: "created", signed_url: "" }])
    const look = async (seconds: number) => {
      site.clock.now += seconds * 1_000
      return (await site.ask(`${downloads}/${json.download_id}`)).json
    }
    assert.strictEqual((await look(3)).status, "in_progress")
    const { signed_url, status: word } = await look(7)
    assert.strictEqual(word, "SUCCESS")
    const answer = await fetch(signed_url)
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.deepStrictEqual([answer.status, bytes.subarray(0, 2).toString()], [200, "PK"])
    assert.include(bytes.toString(), asset)
    site.clock.now += 15 * 60_000
    assert.strictEqual((await fetch(signed_url)).status, 403)
    assert.strictEqual((await fetch((await look(0)).signed_url)).status, 200)
    assert.strictEqual((await fetch(signed_url.replace(json.download_id, "other"))).status, 403)
  })

  const refused: ReadonlyArray<readonly [what: string, body: object, path: string, status: number]> = [
    ["without assets", { asset_ids: [] }, downloads, 400],
    ["of an unknown asset", { asset_ids: [asset, "x"] }, downloads, 404],
    ["of an unknown AOI", { asset_ids: [asset] }, "/v0/aois/x/downloads", 404],
    ["of an asset that has failed", { asset_ids: [late] }, "/v0/aois/aoi-east-field/downloads", 400],
    ["of an AOI that is not ready", { asset_ids: [asset] }, "/v0/aois/aoi-south-field/downloads", 404],
    ["of a failed AOI", { asset_ids: [asset] }, "/v0/aois/aoi-flooded-field/downloads", 404]
  ]
  it.each(refused)("%s is refused", async (_, body, path, status) => {
    assert.strictEqual((await create(server.site(), body, path)).status, status)
  })

  it("belongs to its AOI and needs a role in its project", async () => {
    const site = server.site()
    const { json } = await create(site)
    const { ask } = site
    assert.strictEqual((await ask(`/v0/aois/aoi-east-field/downloads/${json.download_id}`)).status, 404)
    assert.strictEqual((await create(server.site("viewer"))).status, 201)
    const stranger = server.site("field", { field: { "project-basin-watch": "owner" } })
    assert.strictEqual((await create(stranger)).status, 403)
  })

  it("is saved and restored", async () => {
    const [site, other] = [server.site(), server.site()]
    const { json } = await create(site)
    other.world.restore(site.world.save())
    assert.strictEqual((await other.ask(`${downloads}/${json.download_id}`)).json.status, "created")
  })
})

describe("the assets of an AOI", () => {
  const list = async ({ ask }: Site, aoi = "aoi-north-field", query = "") =>
    (await ask(`/v0/aois/${aoi}/assets${query}`)).json

  it("are its images, a mosaic for each day of them, and the pictures of its visualizations", async () => {
    const { assets, pagination } = await list(server.site())
    assert.deepStrictEqual(pagination, { limit: 10, offset: 0, total: 10 })
    assert.deepStrictEqual(
      assets.slice(0, 4).map(({ date, id }: { date: string; id: string }) => [id, date]),
      [
        [asset, "2025-06-14"],
        [late, "2025-06-21"],
        ["mosaic-2025-06-14", "2025-06-14"],
        ["mosaic-2025-06-21", "2025-06-21"]
      ]
    )
    assert.match(assets[0].created_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/)
    assert.deepInclude(assets[2], { asset_type: "mosaic", status: "success", aoi_id: "aoi-north-field", progress: 100 })
    const pictures: ReadonlyArray<Record<string, string>> = assets.slice(4)
    assert.deepStrictEqual(
      pictures.map(({ asset_type, date, status, visualization_id }) => [asset_type, visualization_id, date, status]),
      [
        ["ndvi", "2025-06-14", "success"],
        ["ndvi", "2025-06-21", "success"],
        ["stress", "2025-06-14", "success"],
        ["colour", "2025-06-14", "success"],
        ["colour", "2025-06-21", "failed"],
        ["water", "2025-06-14", "failed"]
      ].map(([name, ...rest]) => ["visualization", `visualization-north-${name}`, ...rest])
    )
  })

  it("of a visualization are packed like others, unless they have failed", async () => {
    const asked = (id: string) => create(server.site(), { asset_ids: [`visualization-north-${id}`] })
    assert.strictEqual((await asked("colour-2025-06-14")).status, 201)
    const { json, status } = await asked("colour-2025-06-21")
    assert.deepStrictEqual([status, json.error.code], [400, "asset_not_ready"])
  })

  it("are none until it is ready", async () => {
    const site = server.site()
    assert.deepStrictEqual((await list(site, "aoi-south-field")).assets, [])
    site.clock.now += 60 * 60_000
    assert.lengthOf((await list(site, "aoi-south-field")).assets, 4)
    assert.deepStrictEqual((await list(site, "aoi-flooded-field")).assets, [])
  })

  it("come in pages", async () => {
    const { assets, pagination } = await list(server.site(), "aoi-north-field", "?offset=3&limit=2")
    assert.deepStrictEqual(pagination, { limit: 2, offset: 3, total: 10 })
    assert.deepStrictEqual(
      assets.map(({ id }: { id: string }) => id),
      ["mosaic-2025-06-21", "visualization-north-ndvi-2025-06-14"]
    )
  })

  it("need a known AOI, and a role in its project", async () => {
    assert.strictEqual((await server.site().ask("/v0/aois/x/assets")).status, 404)
    const stranger = server.site("field", { field: { "project-basin-watch": "owner" } })
    assert.strictEqual((await stranger.ask("/v0/aois/aoi-north-field/assets")).status, 403)
  })
})

/** AOIs: a name that only one has, a role in their project, and their way to an end. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { HandClock, type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const square = [
  [
    [79, 21],
    [79.1, 21],
    [79.1, 21.1],
    [79, 21.1],
    [79, 21]
  ]
]
const field = {
  name: "Mine",
  description: "",
  satellite_id: "sat-firefly-1",
  provider: "pixxel",
  project_id: "project-monsoon-2024",
  geometry: { type: "Polygon", coordinates: square },
  item_ids: ["image-1", "image-2"]
}

const create = ({ ask }: Site, aoi: object = field, token?: string) =>
  ask("/v0/aois", {
    method: "POST",
    body: JSON.stringify(aoi),
    headers: { "content-type": "application/json" },
    ...(token === undefined ? {} : { token })
  })

describe("a new AOI", () => {
  it("has started, is running in steps of 10 % of 12 s, and has its images after 2 min", async () => {
    const site = server.site()
    const { json, status } = await create(site)
    const { item_ids: _, provider: __, ...own } = field
    const at = "2025-01-01T00:00:00.000000Z"
    assert.deepStrictEqual(
      [status, json],
      [
        201,
        {
          ...own,
          aoi_id: json.aoi_id,
          images: {},
          eo_bands: [],
          progress: 0,
          status: "started",
          is_favourite: false,
          created_at: at,
          updated_at: at,
          area_in_sq_m: 115_392_235,
          centroid: [79.05, 21.05]
        }
      ]
    )
    const seen: Array<unknown> = []
    for (const seconds of [12, 108, 11.999, 0.001]) {
      site.clock.now += seconds * 1_000
      const { json: now } = await site.ask(`/v0/aoi/${json.aoi_id}`)
      seen.push([now.status, now.progress, Object.keys(now.images)])
    }
    assert.deepStrictEqual(seen, [
      ["running", 10, []],
      ["success", 100, ["image-1", "image-2"]],
      ["success", 100, ["image-1", "image-2"]],
      ["success", 100, ["image-1", "image-2"]]
    ])
  })

  it("takes its course from a quirk of the world", async () => {
    const { worlds } = server.app.mock
    worlds.create("failing", {
      clock: new HandClock(),
      quirks: { newAois: { ends: "failed", takes: "10s", running: "updating" } }
    })
    const world = worlds.get("failing")
    const site = server.site()
    assert.isDefined(world)
    const token = "mock_failing_owner"
    const { json } = await create(site, field, token)
    assert.strictEqual(json.status, "started")
    assert.strictEqual(world?.drawers.aois.position(json.aoi_id, world.clock.now + 1_000), "updating, 10 %")
    assert.strictEqual(world?.drawers.aois.position(json.aoi_id, world.clock.now + 10_000), "failed, 90 %")
  })

  it("is refused with its problems, for a name that is taken, and without the right in its project", async () => {
    const site = server.site("field", { field: { "basin-watch": "owner", "project-monsoon-2024": "viewer" } })
    const wrong = await create(site, { ...field, item_ids: [], name: "", geometry: { type: "Point" } })
    assert.strictEqual(wrong.status, 400)
    for (const path of ["item_ids", "name", "geometry.type"]) assert.include(wrong.text, path)
    const statuses = [
      await create(site, field),
      await create(site, { ...field, project_id: "basin-watch" }),
      await create(site, { ...field, project_id: "basin-watch" }),
      await create(site, { ...field, project_id: "basin-watch", name: "North field" }),
      await create(site, { ...field, project_id: "elsewhere" })
    ].map(({ status }) => status)
    assert.deepStrictEqual(statuses, [403, 201, 409, 409, 403])
  })
})

describe("a project that the fixtures lack", () => {
  it("has no AOI, unless the token names it", async () => {
    const site = server.site("unknown", { unknown: { "*": "owner", "basin-watch": "owner" } })
    const { status, text } = await create(site, { ...field, project_id: "elsewhere" })
    assert.strictEqual(status, 404)
    assert.include(text, 'There is no project \\"elsewhere\\".')
    assert.strictEqual((await create(site, { ...field, project_id: "basin-watch" })).status, 201)
  })
})

describe("AOIs", () => {
  it("are those of the fixtures, each at the end of its story or on its way", async () => {
    const { ask } = server.site()
    const { json } = await ask("/v0/aois?limit=3")
    assert.deepStrictEqual(json.pagination, { limit: 3, offset: 0, total: 5 })
    const next = await ask("/v0/aois?offset=3")
    assert.deepStrictEqual(
      [...json.aois, ...next.json.aois].map(({ aoi_id, progress, status }) => [aoi_id, status, progress]),
      [
        ["aoi-north-field", "success", 100],
        ["aoi-east-field", "partial_success", 100],
        ["aoi-flooded-field", "failed", 90],
        ["aoi-whole-district", "started", 0],
        ["aoi-south-field", "updating", 20]
      ]
    )
  })

  const filters: ReadonlyArray<readonly [query: string, ids: ReadonlyArray<string>]> = [
    ["aoi_name=North%20field", ["aoi-north-field"]],
    ["aoi_name=North", []],
    ["aoi_id=aoi-east-field", ["aoi-east-field"]],
    ["project_ids=basin-watch", []],
    ["project_ids=basin-watch,project-monsoon-2024&limit=1", ["aoi-north-field"]],
    ["created_at=2024-12-30", []],
    ["updated_at=2024-12-31&limit=1", ["aoi-north-field"]]
  ]
  it.each(filters)("are filtered by %s", async (query, ids) => {
    const { json } = await server.site().ask(`/v0/aois?${query}`)
    assert.deepStrictEqual(
      json.aois.map(({ aoi_id }: { aoi_id: string }) => aoi_id),
      ids
    )
  })

  it("are shown to tokens with a role in their project", async () => {
    const { ask } = server.site("field", { field: { "basin-watch": "owner" } })
    assert.deepStrictEqual((await ask("/v0/aois")).json.aois, [])
    const status = async (id: string) => (await ask(`/v0/aoi/${id}`)).status
    assert.deepStrictEqual([await status("aoi-north-field"), await status("unknown")], [403, 404])
  })

  it("are saved and restored", async () => {
    const [site, other] = [server.site(), server.site()]
    await create(site)
    other.world.restore(site.world.save())
    assert.deepStrictEqual((await other.ask("/v0/aois")).json, (await site.ask("/v0/aois")).json)
  })
})

/** The catalog: entries that appear when a task has ended, their search, deliveries and downloads. */
import { unzipSync } from "fflate"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { WorldQuirks } from "../../src/core/Fixture.js"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const second = 1_000
const day = 86_400 * second

type Body = Readonly<Record<string, unknown>>

const send = ({ ask }: Site, path: string, body: object) =>
  ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })

const siteWith = (quirks: WorldQuirks) => {
  const site = server.site()
  Object.assign(site.world.quirks, quirks)
  return site
}

/** Returns the ids of the entries that a search finds, up to ten. */
const find = async (site: Site, body: object = {}): Promise<ReadonlyArray<string>> => {
  const { json, status } = await send(site, "/v0/catalogs/search", { limit: 10, ...body })
  assert.strictEqual(status, 200)
  return json.catalogs.map(({ id }: { id: string }) => id)
}

const [image, other] = [1, 2].map((nth) => `item-north-archive-task-1-image-${nth}`) as [string, string] // two of two
const strips = [1, 2, 3].map((nth) => `item-basin-monthly-task-1-image-${nth}`)
const all = [image, other, ...strips]

const idOf = async ({ ask }: Site, entry: string) => (await ask(`/v0/catalogs/${entry}`)).json.details.id

const square = {
  type: "Polygon",
  coordinates: [
    [
      [77.5, 12.9],
      [77.6, 12.9],
      [77.6, 13],
      [77.5, 13],
      [77.5, 12.9]
    ]
  ]
}

const bandset = { bandset_id: "bandset-agriculture" }

/** Submits an order of one item. */
const order = (site: Site, item: Body) => {
  const geometry = { type: "FeatureCollection", features: [{ type: "Feature", geometry: square }] }
  const common = { project_id: "project-monsoon-2024", usecase: "agriculture", geometry }
  return send(site, "/v0/orders", { order_items: [{ ...common, ...item }] })
}

describe("the catalog", () => {
  it("has the images of the archive that were ordered, and the strips of captures", async () => {
    const { json } = await send(server.site(), "/v0/catalogs/search", {})
    assert.deepStrictEqual(json.pagination, { limit: 2, offset: 0, total: 5 })
    const site = server.site()
    assert.deepStrictEqual(await find(site), all)
    assert.strictEqual(await idOf(site, image), "FF01_000321_20250614_L2A_20250616_00501135")
    assert.match(await idOf(site, strips[0] ?? ""), /^FF01_\d{6}_20241227_L2A_20241228_00501135$/)
    assert.strictEqual((await site.ask("/v0/catalogs/none")).status, 404)
  })

  it("gets the strips of a capture when its task has ended", async () => {
    const site = server.site()
    const ofSouth = { order_item_ids: ["item-south-capture"] }
    site.clock.now += 4 * day - 1
    assert.deepStrictEqual(await find(site, ofSouth), [])
    site.clock.now += 1
    const [first = "", ...others] = await find(site, ofSouth)
    assert.lengthOf(others, 1)
    const { created_at, delivery_status, task_id } = (await site.ask(`/v0/catalogs/${first}`)).json
    assert.deepStrictEqual(
      [created_at, delivery_status, task_id],
      ["2025-01-05T00:00:00.000000Z", "UNSPECIFIED", "item-south-capture-task-1"]
    )
  })

  it("lacks the last image of a partial task, and all of a failed one", async () => {
    const images = ["FF01_000321_20250614_L2A_20250616_00501135", "FF01_000338_20250621_L2A_20250623_00501135"]
    const capture = { recurrence: "ONCE", start_date: "2025-01-10", end_date: "2025-01-20", bandset }
    const entries = async (end: "PARTIALLY_FULFILLED" | "FAILED", item: Body) => {
      const site = siteWith({ newOrders: { ends: [end], strips: 3 } })
      const { json } = await order(site, item)
      site.clock.now += 20 * day
      return (await find(site, { order_ids: [json.id] })).length
    }
    assert.deepStrictEqual(
      [await entries("PARTIALLY_FULFILLED", capture), await entries("PARTIALLY_FULFILLED", { item_ids: images })],
      [2, 1]
    )
    assert.deepStrictEqual([await entries("FAILED", capture), await entries("FAILED", { item_ids: images })], [0, 0])
  })

  const searches: ReadonlyArray<readonly [what: string, search: object, found: ReadonlyArray<string>]> = [
    ["by order", { order_ids: ["order-basin-monthly"] }, strips],
    ["by item of the archive", { item_ids: ["FF01_000338_20250621_L2A_20250623_00501135"] }, [other]],
    ["by id", { ids: [other, image] }, [image, other]],
    ["by time", { datetime: "2025-06-20T00:00:00Z/.." }, [other]],
    ["by box", { bbox: [77, 12, 78, 13] }, strips],
    ["by clouds", { query: { "eo:cloud_cover": { lt: 10 } }, order_ids: ["order-north-archive"] }, [image]],
    ["by project, as in the guide", { query: { project_id: "project-basin-watch", usecase: "water" } }, strips],
    ["sorted by a map", { sort_by: [{ datetime: "DESC" }], limit: 2 }, [other, image]],
    ["sorted by a field", { sort_by: [{ field: "properties->>'datetime'", direction: "asc" }], limit: 3 }, strips],
    ["by page", { offset: 1, limit: 1 }, [other]]
  ]
  it.each(searches)("is searched %s", async (_, search, found) => {
    assert.deepStrictEqual(await find(server.site(), search), found)
  })

  it("refuses a search that cannot be, and shows a token only the entries of its projects", async () => {
    const { json, status } = await send(server.site(), "/v0/catalogs/search", { datetime: "soon", bbox: [1] })
    assert.deepStrictEqual([status, json.error.details.problems.length], [400, 2])
    const site = server.site("team", { team: { "project-basin-watch": "viewer" } })
    assert.deepStrictEqual(await find(site), strips)
    assert.strictEqual((await site.ask(`/v0/catalogs/${image}`)).status, 403)
    assert.deepStrictEqual((await site.ask("/v0/catalogs/deliveries")).json, { deliveries: [] })
  })
})

const to = (store = "store-results", ids: Body = { catalog_ids: [strips[0]], order_item_ids: [] }) => ({
  deliveries: [{ ...ids, cloud_info: { config: store, path: "june/" } }]
})

const deliver = (site: Site, body: object = to()) => send(site, "/v0/catalogs/deliveries", body)

const createStore = async (site: Site, bucket: string) => {
  const secrets = { access_key_id: "AKIA-0815", secret_access_key: "s3cr3t-0815" }
  const store = { name: bucket, type: "S3", configs: { bucket, region: "r" }, secrets }
  return (await send(site, "/v0/stores", store)).json.id
}

const listOf = async ({ ask }: Site, query = "") =>
  (await ask(`/v0/catalogs/deliveries${query}`)).json.deliveries as ReadonlyArray<Body>

describe("deliveries", () => {
  it("are created for entries, and succeed in a minute", async () => {
    const site = server.site()
    const { json, status } = await deliver(site)
    const [{ catalog_id, cloud_delivery, delivery_id, task_id }] = json.deliveries
    assert.deepStrictEqual(
      [status, catalog_id, cloud_delivery, task_id],
      [201, strips[0], { config: "store-results", path: "june/" }, null]
    )
    const states = []
    for (const seconds of [0, 10, 49, 1]) {
      site.clock.now += seconds * second
      states.push((await listOf(site, `?delivery_id=${delivery_id}`)).map((it) => it["status"]))
    }
    assert.deepStrictEqual(states.flat(), ["CREATED", "IN_PROGRESS", "IN_PROGRESS", "SUCCESS"])
  })

  it("may be of all entries of an order item", async () => {
    const { json } = await deliver(
      server.site(),
      to("store-results", { catalog_ids: [], order_item_ids: ["item-basin-monthly"] })
    )
    assert.deepStrictEqual(
      json.deliveries.map((it: Body) => it["catalog_id"]),
      strips
    )
  })

  it("fail for a bucket that denies them", async () => {
    const site = server.site()
    const store = await createStore(site, "denied-bucket")
    const [{ delivery_id }] = (await deliver(site, to(store))).json.deliveries
    site.clock.now += 60 * second
    const [delivery] = await listOf(site, `?delivery_id=${delivery_id}`)
    assert.strictEqual(delivery?.["status"], "FAILED")
  })

  it("are refused while one of the entry to the store is under way", async () => {
    const site = server.site()
    const [{ delivery_id }] = (await deliver(site)).json.deliveries
    const { json, status } = await deliver(site)
    assert.deepStrictEqual([status, json.error.code], [409, "delivery_under_way"])
    assert.include(json.error.message, delivery_id)
    assert.strictEqual((await deliver(site, to(await createStore(site, "other")))).status, 201)
    site.clock.now += 60 * second
    assert.strictEqual((await deliver(site)).status, 201)
  })

  it("are made by themselves for an order with a store, and shown by its entries and tasks", async () => {
    const site = server.site()
    const [first] = await listOf(site)
    assert.deepStrictEqual([first?.["catalog_id"], first?.["task_id"]], [image, "item-north-archive-task-1"])
    const item_ids = ["FF01_000321_20250614_L2A_20250616_00501135"]
    const { json } = await order(site, { item_ids, cloud_delivery: { config: "store-results" } })
    const [{ id }] = json.order_items
    const look = async (after: number) => {
      site.clock.now += after * second
      const [entry] = await find(site, { order_item_ids: [id] })
      const { tasks } = (await site.ask(`/v0/order-items/${id}`)).json
      const shown = entry && (await site.ask(`/v0/catalogs/${entry}`)).json.delivery_status
      return [tasks[0].delivery_status, shown]
    }
    assert.deepStrictEqual(await look(0), ["PENDING", undefined])
    assert.deepStrictEqual(await look(30 * 60), ["PENDING", "CREATED"])
    assert.deepStrictEqual(await look(60), ["SUCCESSFUL", "SUCCESS"])
  })

  it("are listed by their entry, task and order item", async () => {
    const site = server.site()
    await deliver(site)
    const count = async (query: string) => (await listOf(site, query)).length
    assert.deepStrictEqual(
      [
        await count(""),
        await count(`?catalog_id=${strips[0]}`),
        await count("?task_id=item-north-archive-task-1"),
        await count("?task_id=item-basin-monthly-task-1"),
        await count("?order_item_id=item-north-archive")
      ],
      [3, 1, 2, 0, 2]
    )
  })

  it("may have another word for a success", async () => {
    const site = siteWith({ deliveryWord: "SUCCESSFUL" })
    assert.strictEqual((await listOf(site))[0]?.["status"], "SUCCESSFUL")
    assert.strictEqual((await site.ask(`/v0/catalogs/${image}`)).json.delivery_status, "SUCCESSFUL")
  })

  const wrong: ReadonlyArray<readonly [what: string, body: object, paths: ReadonlyArray<string>]> = [
    ["no list", to("store-results", { catalog_ids: [image] }), ["deliveries[0]"]],
    ["no ids", to("store-results", { catalog_ids: [], order_item_ids: [] }), ["deliveries[0]"]],
    [
      "ids of both kinds",
      to("store-results", { catalog_ids: [image], order_item_ids: ["item-north-archive"] }),
      ["deliveries[0]"]
    ],
    [
      "an id twice, and an unknown one",
      to("store-results", { catalog_ids: [image, image, "x"], order_item_ids: [] }),
      ["deliveries[0].catalog_ids[1]", "deliveries[0].catalog_ids[2]"]
    ],
    ["another store", to("none"), ["deliveries[0].cloud_info.config"]]
  ]
  it.each(wrong)("are refused with %s", async (_, body, paths) => {
    const { json, status } = await deliver(server.site(), body)
    assert.deepStrictEqual([status, json.error.details.problems.map((it: Body) => it["path"])], [400, paths])
  })

  it("are for owners, are saved and restored, and are late under a stale read", async () => {
    assert.strictEqual((await deliver(server.site("viewer"))).status, 403)
    const [site, restored] = [server.site(), server.site()]
    await deliver(site)
    restored.world.restore(site.world.save())
    assert.deepStrictEqual(await listOf(restored), await listOf(site))
    site.world.useFaults(Fault.plan(Fault.on("ListDeliveries", Fault.stale("5s"))))
    assert.lengthOf(await listOf(site), 2)
    site.clock.now += 5 * second
    assert.lengthOf(await listOf(site), 3)
  })
})

describe("downloads of entries", () => {
  const request = (site: Site, body: object = { catalog_ids: [image], order_item_ids: [] }) =>
    send(site, "/v0/catalogs/download", body)

  it("are ready after ten seconds, with an image and its outline for each entry", async () => {
    const site = server.site("viewer")
    const { json, status } = await request(site)
    assert.deepStrictEqual([status, json.status, json.signed_url], [201, "created", ""])
    const look = async (after: number) => {
      site.clock.now += after * second
      return (await site.ask(`/v0/catalogs/download/${json.id}`)).json
    }
    assert.strictEqual((await look(3)).status, "in_progress")
    const { signed_url, status: ready } = await look(7)
    assert.strictEqual(ready, "success")
    const response = await fetch(signed_url)
    assert.deepStrictEqual(Object.keys(unzipSync(new Uint8Array(await response.arrayBuffer()))), [
      "FF01_000321_20250614_L2A_20250616_00501135.tif",
      "FF01_000321_20250614_L2A_20250616_00501135.geojson"
    ])
  })

  it("are refused without ids, and unknown to a token without the project", async () => {
    const site = server.site("owner", { team: { "project-basin-watch": "owner" } })
    const { json, status } = await request(site, { catalog_ids: [], order_item_ids: [] })
    assert.deepStrictEqual([status, json.error.details.problems[0].path], [400, "(root)"])
    const { id } = (await request(site)).json
    const token = `mock_${site.world.name}_team`
    assert.strictEqual((await site.ask(`/v0/catalogs/download/${id}`, { token })).status, 404)
    assert.strictEqual((await site.ask("/v0/catalogs/download/none")).status, 404)
  })
})

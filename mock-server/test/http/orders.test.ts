/** Orders: their reads, filters and rights, the state of their items over days, and the report. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const hour = 3_600_000
const day = 24 * hour

const idsOf = (things: ReadonlyArray<{ readonly id: string }>) => things.map(({ id }) => id)

const itemsOf = async ({ ask }: Site, query = "") => {
  const { json, status } = await ask(`/v0/order-items${query}`)
  assert.strictEqual(status, 200)
  return idsOf(json.order_items)
}

const all = ["item-north-archive", "item-basin-monthly", "item-south-capture"]

describe("orders", () => {
  it("are listed, oldest first, with their items and their amounts", async () => {
    const { json } = await server.site().ask("/v0/orders?limit=2")
    assert.deepStrictEqual(json.pagination, { limit: 2, offset: 0, total: 3 })
    assert.deepStrictEqual(
      json.orders.map(({ id, order_items, status, total_amount }: (typeof json.orders)[0]) => [
        id,
        status,
        total_amount,
        idsOf(order_items)
      ]),
      [
        ["order-north-archive", "PAID", 232, ["item-north-archive"]],
        ["order-basin-monthly", "PAID", 3132, ["item-basin-monthly"]]
      ]
    )
    const { json: order } = await server.site().ask("/v0/orders/order-north-archive")
    assert.deepStrictEqual(order, json.orders[0])
    assert.notProperty(order.order_items[0], "tasks")
  })

  const filters: ReadonlyArray<readonly [query: string, found: ReadonlyArray<string>]> = [
    ["", all],
    ["?project_ids=project-basin-watch,none", ["item-basin-monthly"]],
    ["?order_ids=order-north-archive,order-south-capture", ["item-north-archive", "item-south-capture"]],
    ["?ids=item-south-capture", ["item-south-capture"]],
    ["?type=RECURRING", ["item-basin-monthly"]],
    ["?status=ACTIVE", ["item-basin-monthly", "item-south-capture"]],
    ["?user_id=user-9b03d7", ["item-basin-monthly"]],
    ["?created_by=none", []],
    ["?created_at=2024-12-20,2024-12-24", ["item-basin-monthly"]],
    ["?created_at=2024-12-25/..", ["item-south-capture"]],
    ["?area=,150", ["item-north-archive"]],
    ["?offset=1&limit=1", ["item-basin-monthly"]]
  ]
  it.each(filters)("have items, which are filtered: %s", async (query, found) => {
    assert.deepStrictEqual(await itemsOf(server.site(), query), found)
  })

  it.each(["area=big", "area=1", "area=1,2,3", "created_at=soon,later"])(
    "refuse a malformed range: %s",
    async (query) => {
      const { json, status } = await server.site().ask(`/v0/order-items?${query}`)
      assert.deepStrictEqual([status, json.error.code], [400, "invalid_parameter"])
    }
  )

  it("show a token only the items of its projects", async () => {
    const site = server.site("team", { team: { "project-basin-watch": "viewer" } })
    assert.deepStrictEqual(await itemsOf(site), ["item-basin-monthly"])
    assert.deepStrictEqual(idsOf((await site.ask("/v0/orders")).json.orders), ["order-basin-monthly"])
    const paths = ["orders/order-basin-monthly", "orders/order-north-archive", "order-items/item-north-archive"]
    const statuses = [...paths, "orders/none", "order-items/none"].map(
      async (it) => (await site.ask(`/v0/${it}`)).status
    )
    assert.deepStrictEqual(await Promise.all(statuses), [200, 403, 403, 404, 404])
    assert.strictEqual((await site.ask("/v0/reports")).text.split("\n").length, 3)
  })

  it("are in the journal with the status that was shown, and late under a stale read", async () => {
    const { ask, world } = server.site()
    world.useFaults(Fault.plan(Fault.on("ListOrderItems", Fault.stale("120h"))))
    const { json } = await ask("/v0/order-items")
    assert.deepStrictEqual(idsOf(json.order_items), ["item-north-archive", "item-basin-monthly"])
    await ask("/v0/order-items/item-south-capture")
    await ask("/v0/orders/order-south-capture")
    assert.deepStrictEqual(
      world.journal.entries.map(({ operation, shown, subject }) => [operation, subject, shown]),
      [
        ["ListOrderItems", "", undefined],
        ["GetOrderItemById", "item-south-capture", "ACTIVE"],
        ["GetOrderById", "order-south-capture", "PAID"]
      ]
    )
  })
})

describe("bandsets", () => {
  it("are listed with their bands and captures", async () => {
    const { json } = await server.site("viewer").ask("/v0/bandsets")
    assert.deepStrictEqual(
      json.bandsets.map(({ bands, captures, id }: (typeof json.bandsets)[0]) => [id, captures, bands[0]]),
      [
        ["bandset-agriculture", 1, { name: "B013", wavelength: 493 }],
        ["bandset-water", 2, { name: "B005", wavelength: 443 }]
      ]
    )
  })
})

describe("the items of orders", () => {
  /** Returns the status of an item and those of its tasks after a time. */
  const look = async ({ ask, clock }: Site, id: string, after: number) => {
    clock.now += after
    const { json } = await ask(`/v0/order-items/${id}`)
    return [json.status, ...json.tasks.map(({ status }: { status: string }) => status)].join(" ")
  }

  it("end with their capture", async () => {
    const site = server.site()
    assert.strictEqual(await look(site, "item-south-capture", 0), "ACTIVE IN_PROGRESS")
    assert.strictEqual(await look(site, "item-south-capture", 4 * day - 1), "ACTIVE IN_PROGRESS")
    assert.strictEqual(await look(site, "item-south-capture", 1), "FULFILLED FULFILLED")
  })

  it("have a task for each capture of a recurring one, which is placed and paid 5 days before its start", async () => {
    const site = server.site()
    const tokens = async () => (await site.ask("/v0/order-items/item-basin-monthly")).json.tokens_used
    assert.strictEqual(await look(site, "item-basin-monthly", 0), "ACTIVE FULFILLED DRAFT DRAFT")
    assert.strictEqual(await tokens(), 1044)
    // the second window begins on January 27
    assert.strictEqual(await look(site, "item-basin-monthly", 21 * day), "ACTIVE FULFILLED DRAFT DRAFT")
    assert.strictEqual(await look(site, "item-basin-monthly", 60_000), "ACTIVE FULFILLED SUBMITTED DRAFT")
    assert.strictEqual(await tokens(), 2088)
    assert.strictEqual(await look(site, "item-basin-monthly", 90 * day), "FULFILLED FULFILLED FULFILLED FULFILLED")
    assert.strictEqual(await tokens(), 3132)
  })

  it("have the state of the same time after a restore", async () => {
    const [site, other] = [server.site(), server.site()]
    site.clock.now += 30 * day
    other.world.restore(site.world.save())
    assert.deepStrictEqual((await other.ask("/v0/order-items")).json, (await site.ask("/v0/order-items")).json)
    const snapshot = site.world.save()
    const [item] = snapshot.drawers.orderItems?.items ?? []
    assert.throws(
      () => other.world.restore({ ...snapshot, drawers: { orderItems: { items: [item, item], created: 0 } } }),
      'drawers.orderItems.items[1].id: found "item-north-archive" a second time, expected a name of its own'
    )
  })
})

describe("the report of orders", () => {
  const path = "/v0/reports"

  it("is CSV with a line for each item", async () => {
    const { headers, status, text } = await server.site().ask(path)
    assert.deepStrictEqual([status, headers.get("content-type")], [200, "text/csv; charset=utf-8"])
    assert.deepStrictEqual(text.split("\n"), [
      "order_id,created_at,type,area_km2,tokens",
      "order-north-archive,2024-12-02 00:00:00,ARCHIVE,116,232",
      "order-basin-monthly,2024-12-22 00:00:00,RECURRING,174,1044",
      "order-south-capture,2024-12-28 00:00:00,TASKING,174,522",
      ""
    ])
  })

  it("has its times in the zone of the request", async () => {
    const { ask } = server.site()
    assert.include((await ask(`${path}?tz=Asia/Kolkata`)).text, "order-north-archive,2024-12-02 05:30:00")
  })

  it("is refused for an unknown or empty zone", async () => {
    const { ask } = server.site()
    for (const zone of ["Mars", ""]) {
      const { json, status } = await ask(`${path}?tz=${zone}`)
      assert.deepStrictEqual([status, json.error.details.parameter], [400, "tz"])
    }
  })

  it("is for every usable token", async () => {
    const statuses = ["owner", "viewer", "expired"].map(async (role) => (await server.site(role).ask(path)).status)
    assert.deepStrictEqual(await Promise.all(statuses), [200, 200, 403])
  })

  it("has its errors under the media type of the quirk", async () => {
    const { ask, world } = server.site()
    Object.assign(world.quirks, { errorType: "text/csv" })
    const { headers, status, text } = await ask(`${path}?tz=Mars`)
    assert.deepStrictEqual([status, headers.get("content-type")], [400, "text/csv"])
    assert.strictEqual(JSON.parse(text).error.code, "invalid_parameter")
  })
})

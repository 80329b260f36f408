/** Orders that are submitted: their rules, prices and payment, and dry runs. */
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

const day = 24 * 3_600_000

const ring = [
  [79.1, 21.05],
  [79.2, 21.05],
  [79.2, 21.15],
  [79.1, 21.15],
  [79.1, 21.05]
]
const polygon = { type: "Polygon", coordinates: [ring] }
const around = (...geometries: ReadonlyArray<object>) => ({
  type: "FeatureCollection",
  features: geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry }))
})
const common = { project_id: "project-monsoon-2024", usecase: "agriculture", geometry: around(polygon) }

/** A capture within ten days, of an area of 116 km². */
const capture = {
  ...common,
  name: "North",
  recurrence: "ONCE",
  start_date: "2025-01-10T00:00:00Z",
  end_date: "2025-01-20T00:00:00Z",
  bandset: { bandset_id: "bandset-agriculture" }
}
const { end_date: _, ...open } = capture
const weekly = { ...open, recurrence: "WEEKLY", no_of_occurrences: 13 }

const image = "FF01_000321_20250614_L2A_20250616_00501135"
const archive = { ...common, item_ids: [image] }

type Body = Readonly<Record<string, unknown>>

const submit = ({ ask }: Site, items: ReadonlyArray<Body> = [capture], more: Body = {}) =>
  ask("/v0/orders", {
    method: "POST",
    body: JSON.stringify({ order_items: items, ...more }),
    headers: { "content-type": "application/json" }
  })

const siteWith = (quirks: WorldQuirks = {}) => {
  const site = server.site()
  Object.assign(site.world.quirks, quirks)
  return site
}

const itemsOf = async ({ ask }: Site, order: string) =>
  (await ask(`/v0/order-items?order_ids=${order}`)).json.order_items

/** Returns the states of an item and its tasks each time that they are others, by the day. */
const courseOf = async (site: Site, item: string, days: number) => {
  const seen: Array<string> = []
  for (let at = 0; at <= days; at += 0.5) {
    const { status, tasks } = (await site.ask(`/v0/order-items/${item}`)).json
    const state = [status, ...tasks.map((task: { status: string }) => task.status)].join(" ")
    if (seen.at(-1)?.endsWith(`: ${state}`) !== true) seen.push(`${at}: ${state}`)
    site.clock.now += day / 2
  }
  return seen
}

describe("an order", () => {
  it("is paid, and has its items with their names and amounts", async () => {
    const site = server.site()
    const { json, status } = await submit(site, [capture, archive])
    assert.deepStrictEqual([status, json.status, json.total_amount], [201, "PAID", 348 + 116])
    assert.deepStrictEqual(
      json.order_items.map(({ base_amount, name, tokens_used, type }: Body) => [name, type, base_amount, tokens_used]),
      [
        ["North", "TASKING", 348, 348],
        ["Order Item 2", "ARCHIVE", 116, 116]
      ]
    )
    assert.deepStrictEqual((await site.ask(`/v0/orders/${json.id}`)).json, json)
    const [first] = await itemsOf(site, json.id)
    assert.deepStrictEqual([first.status, first.tasks.length], ["DRAFT", 1])
    assert.include((await site.ask("/v0/reports")).text, `${json.id},2025-01-01 00:00:00,ARCHIVE,116,116`)
  })

  const wrong: ReadonlyArray<readonly [what: string, item: Body, problems: ReadonlyArray<string>]> = [
    ["nothing", {}, Array(3).fill(": found no")],
    ["no recurrence", { ...capture, recurrence: undefined }, [".recurrence: found nothing"]],
    ["no dates and no bandset", { ...common, recurrence: "ONCE" }, Array(3).fill(": found no ")],
    ["no dates", { ...capture, start_date: "soon", end_date: "+275760-09-13" }, [".start_date", ".end_date"]],
    ["a start within 24 hours", { ...capture, start_date: "2025-01-01T23:59:59Z" }, [".start_date"]],
    ["an end before its start", { ...capture, end_date: "2025-01-10T23:00:00Z" }, [".end_date"]],
    ["another bandset", { ...capture, bandset: { bandset_id: "bandset-agricultur" } }, [".bandset.bandset_id"]],
    ["an end and a number of captures", { ...weekly, end_date: capture.end_date }, [": found both"]],
    ["neither", { ...weekly, no_of_occurrences: undefined }, [": found neither"]],
    ["an empty name", { ...capture, name: "" }, [".name"]],
    ["a long name", { ...capture, name: "n".repeat(101) }, [".name: found a name of 101 characters"]],
    [
      "an open ring",
      { ...capture, geometry: around({ type: "Polygon", coordinates: [ring.slice(1)] }) },
      [".geometry.features[0].geometry.coordinates"]
    ],
    [
      "a ring of three positions",
      { ...capture, geometry: around({ type: "Polygon", coordinates: [[...ring.slice(0, 2), ring[0]]] }) },
      [".geometry.features[0].geometry.coordinates"]
    ],
    ["a point", { ...capture, geometry: around({ type: "Point", coordinates: [0, 0] }) }, [".geometry"]],
    ["clouds and angles of too much", { ...capture, cloud_cover: 101, off_nadir: -1 }, [".cloud_cover", ".off_nadir"]],
    ["another store", { ...capture, cloud_delivery: { config: "none" } }, [".cloud_delivery.config"]],
    ["no images", { ...archive, item_ids: [] }, [".item_ids"]],
    ["images twice and unknown ones", { ...archive, item_ids: [image, image, "x"] }, [".item_ids[1]", ".item_ids[2]"]],
    [
      "images and a capture",
      { ...archive, start_date: capture.start_date, recurrence: "ONCE" },
      [".start_date", ".recurrence"]
    ]
  ]
  it.each(wrong)("is refused with all its problems: %s", async (_, item, problems) => {
    const { json, status } = await submit(server.site(), [item])
    assert.strictEqual(status, 400)
    const found = json.error.details.problems.map(({ message, path }: Body) => `${path}: ${message}`)
    assert.lengthOf(found, problems.length)
    for (const [nth, problem] of problems.entries()) assert.include(found[nth], `order_items[0]${problem}`)
  })

  it("is refused with two items of one name, and may have that of another order", async () => {
    const site = server.site()
    const twice = await submit(site, [capture, capture])
    assert.include(twice.json.error.message, 'order_items[1].name: found "North" a second time')
    assert.deepStrictEqual([(await submit(site)).status, (await submit(site)).status], [201, 201])
  })

  it("is for owners of the projects of all its items", async () => {
    const site = server.site("team", { team: { "project-monsoon-2024": "owner", "project-basin-watch": "viewer" } })
    const elsewhere = { ...capture, name: "South", project_id: "project-basin-watch" }
    assert.strictEqual((await submit(site, [capture, elsewhere])).status, 403)
    assert.strictEqual((await submit(site, [capture])).status, 201)
    assert.strictEqual((await submit(server.site("viewer"))).status, 403)
  })

  it("may have several polygons, of which the areas are added", async () => {
    const { json } = await submit(server.site(), [
      { ...capture, geometry: around(polygon, { type: "MultiPolygon", coordinates: [[ring], [ring]] }) }
    ])
    assert.deepStrictEqual([json.order_items[0].area, json.total_amount], [347, 3 * 347])
  })
})

describe("the price of a capture", () => {
  const small = around({
    type: "Polygon",
    coordinates: [ring.map(([x = 0, y = 0]) => [79.1 + (x - 79.1) / 10, 21.05 + (y - 21.05) / 10])]
  })
  const tiers: ReadonlyArray<readonly [what: string, change: Body, base: number, uplifts: ReadonlyArray<string>]> = [
    ["of 7 days", { end_date: "2025-01-17" }, 348, []],
    ["of 6 days", { end_date: "2025-01-16" }, 348, ["Expedited 25 87"]],
    ["of 2 days", { end_date: "2025-01-12" }, 348, ["Critical 40 139"]],
    ["of a day that is 7 days ahead", { start_date: "2025-01-08", end_date: "2025-01-09" }, 348, ["Assured 50 174"]],
    ["of a day that is nearer", { start_date: "2025-01-07", end_date: "2025-01-08" }, 348, ["Critical 40 139"]],
    ["of a small area, billed as 100 km²", { geometry: small }, 300, []],
    ["of two captures", { bandset: { bandset_id: "bandset-water" } }, 696, []],
    ["of an expedited delivery", { delivery_speed: "EXPEDITED" }, 348, ["Expedited delivery 20 70"]]
  ]
  it.each(tiers)("is that %s", async (_, change, base, uplifts) => {
    const [item] = (await submit(server.site(), [{ ...capture, ...change }])).json.order_items
    const shown = item.uplifts.map(({ amount, percentage, title }: Body) => `${title} ${percentage} ${amount}`)
    assert.deepStrictEqual([item.base_amount, shown], [base, uplifts])
    const sum = item.uplifts.reduce((total: number, { amount }: { amount: number }) => total + amount, base)
    assert.strictEqual(item.final_amount, sum)
    // a short window is charged with any clouds
    assert.strictEqual(item.cloud_cover, /Expedited \d|Critical|Assured/.test(shown.join()) ? 100 : 20)
  })

  it("is that of all captures for a recurring one, of which each is paid 5 days before its start", async () => {
    const site = server.site()
    const { json } = await submit(site, [weekly])
    assert.deepStrictEqual([json.status, json.total_amount], ["PAID", 13 * 348])
    const [{ id }] = await itemsOf(site, json.id)
    const paid = async () => {
      const { payment_status, tasks, tokens_used } = (await site.ask(`/v0/order-items/${id}`)).json
      const ids = tasks.flatMap(({ transaction_id }: Body) => transaction_id ?? [])
      assert.lengthOf(new Set(ids), (tokens_used ?? 0) / 348)
      return [payment_status, tokens_used]
    }
    assert.deepStrictEqual(await paid(), ["PARTIAL-MONTHLY", undefined])
    site.clock.now += 4 * day
    assert.deepStrictEqual(await paid(), ["PARTIAL-MONTHLY", 348])
    site.clock.now += 90 * day
    assert.deepStrictEqual(await paid(), ["PAID", 13 * 348])
  })
})

describe("a dry run", () => {
  it("has the answer of an order, costs nothing and leaves nothing", async () => {
    const site = server.site()
    const { json, status } = await submit(site, [capture], { dry_run: true })
    assert.deepStrictEqual([status, json.status, json.total_amount], [201, "UNPAID", 348])
    assert.strictEqual((await site.ask(`/v0/orders/${json.id}`)).status, 404)
    assert.deepStrictEqual(await itemsOf(site, json.id), [])
    assert.notStrictEqual((await submit(site)).json.id, json.id)
  })

  it("may be kept as an unpaid order, whose items stay drafts", async () => {
    const site = siteWith({ dryRuns: "kept" })
    const { id } = (await submit(site, [capture], { dry_run: true })).json
    site.clock.now += 90 * day
    const [item] = await itemsOf(site, id)
    assert.deepStrictEqual([item.status, item.payment_status, item.tasks[0].status], ["DRAFT", "UNPAID", "DRAFT"])
    assert.notProperty(item, "tokens_used")
  })

  it("may be placed and paid by a server that ignores the flag", async () => {
    const site = siteWith({ dryRunIgnored: true })
    const { json } = await submit(site, [capture], { dry_run: true })
    assert.deepStrictEqual([json.status, (await site.ask(`/v0/orders/${json.id}`)).json.status], ["PAID", "PAID"])
  })
})

describe("a wallet", () => {
  it("pays orders until it has not enough, and is not charged by dry runs and older orders", async () => {
    const site = siteWith({ wallet: 700 })
    const states = []
    for (const dry_run of [true, false, false, false])
      states.push((await submit(site, [capture], { dry_run })).json.status)
    assert.deepStrictEqual(states, ["UNPAID", "PAID", "PAID", "UNPAID"])
    const [item] = await itemsOf(site, (await submit(site)).json.id)
    assert.deepStrictEqual([item.payment_status, item.tokens_used], ["UNPAID", undefined])
  })

  it.each([400, 402, 403] as const)("that has not enough may be a %s, which makes no order", async (refusal) => {
    const site = siteWith({ wallet: 347, insufficientTokens: refusal })
    const { json, status } = await submit(site)
    assert.deepStrictEqual([status, json.error.code], [refusal, "insufficient_tokens"])
    assert.strictEqual(json.error.message, "The order takes 348 tokens, and the wallet has 347.")
    assert.strictEqual((await site.ask("/v0/orders")).json.pagination.total, 3)
    assert.strictEqual((await submit(site, [capture], { dry_run: true })).status, 201)
  })
})

describe("the course of an order", () => {
  const courseWith = async (newOrders: NonNullable<WorldQuirks["newOrders"]>, item: Body = capture, days = 25) => {
    const site = siteWith({ newOrders })
    const [{ id }] = await itemsOf(site, (await submit(site, [item])).json.id)
    return courseOf(site, id, days)
  }

  const courses: ReadonlyArray<
    readonly [what: string, course: NonNullable<WorldQuirks["newOrders"]>, end: ReadonlyArray<string>]
  > = [
    ["ends well", {}, ["10.5: FULFILLED FULFILLED"]],
    ["takes longer", { takes: "60h" }, ["11.5: FULFILLED FULFILLED"]],
    ["ends in part", { ends: ["PARTIALLY_FULFILLED"] }, ["10.5: PARTIALLY_FULFILLED PARTIALLY_FULFILLED"]],
    ["fails", { ends: ["FAILED"] }, ["10.5: FAILED FAILED"]],
    ["is cancelled", { ends: ["CANCELLED"] }, ["10.5: CANCELLED CANCELLED"]],
    ["expires with its window", { ends: ["EXPIRED"] }, ["19: FAILED EXPIRED"]]
  ]
  it.each(courses)("of one capture %s", async (_, course, end) => {
    assert.deepStrictEqual(await courseWith(course), [
      "0: DRAFT DRAFT",
      "0.5: ACTIVE SUBMITTED",
      "9: ACTIVE IN_PROGRESS",
      ...end
    ])
  })

  it("of recurring captures is active from the first to the last, and partial if one of them fails", async () => {
    const three = { ...weekly, no_of_occurrences: 3 }
    assert.deepStrictEqual(await courseWith({ ends: ["FULFILLED", "FAILED", "FULFILLED"] }, three, 40), [
      "0: DRAFT DRAFT DRAFT DRAFT",
      "4.5: ACTIVE SUBMITTED DRAFT DRAFT",
      "9: ACTIVE IN_PROGRESS DRAFT DRAFT",
      "10.5: ACTIVE FULFILLED DRAFT DRAFT",
      "11.5: ACTIVE FULFILLED SUBMITTED DRAFT",
      "16: ACTIVE FULFILLED IN_PROGRESS DRAFT",
      "17.5: ACTIVE FULFILLED FAILED DRAFT",
      "18.5: ACTIVE FULFILLED FAILED SUBMITTED",
      "23: ACTIVE FULFILLED FAILED IN_PROGRESS",
      "24.5: PARTIALLY_FULFILLED FULFILLED FAILED FULFILLED"
    ])
  })

  it.each([
    ["WEEKLY", "2025-01-17"],
    ["MONTHLY", "2025-02-10"],
    ["BIMONTHLY", "2025-03-10"],
    ["QUARTERLY", "2025-04-10"]
  ])("of recurring captures has windows by its recurrence and its end: %s", async (recurrence, second) => {
    const item = { ...open, recurrence, end_date: "2025-04-11" }
    const [{ occurrences }] = (await submit(server.site(), [item])).json.order_items
    assert.strictEqual(occurrences[1].start, `${second}T00:00:00Z`)
    assert.strictEqual(occurrences.at(-1).end, "2025-04-11T00:00:00Z")
  })

  it("of images takes half an hour, with an image for each", async () => {
    const site = server.site()
    const [{ id, tasks }] = await itemsOf(site, (await submit(site, [archive])).json.id)
    assert.deepStrictEqual([tasks[0].type, tasks[0].status], ["ARCHIVE", "DRAFT"])
    site.clock.now += 30 * 60_000 - 1
    assert.strictEqual((await site.ask(`/v0/order-items/${id}`)).json.status, "ACTIVE")
    site.clock.now += 1
    assert.strictEqual((await site.ask(`/v0/order-items/${id}`)).json.status, "FULFILLED")
  })

  it("may have the words of older pages, and items without their names", async () => {
    const site = siteWith({ orderWords: "older", nameEcho: false })
    const { json } = await submit(site)
    assert.strictEqual(json.order_items[0].name, "")
    site.clock.now += 30 * day
    const [{ status, tasks }] = await itemsOf(site, json.id)
    assert.deepStrictEqual([status, tasks[0].status], ["COMPLETED", "COMPLETED"])
    assert.lengthOf((await site.ask("/v0/order-items?status=COMPLETED")).json.order_items, 3)
  })

  it("goes on from a saved world", async () => {
    const [site, other] = [server.site(), server.site()]
    await submit(site, [weekly])
    other.world.restore(site.world.save())
    for (const { clock } of [site, other]) clock.now += 50 * day
    assert.deepStrictEqual((await other.ask("/v0/orders")).json, (await site.ask("/v0/orders")).json)
  })
})

describe("a second order after a lost answer", () => {
  const twice = async (between: string | undefined) => {
    const site = server.site()
    site.world.useFaults(Fault.plan(Fault.on("SubmitOrder", Fault.answer(503))))
    await submit(site)
    if (between !== undefined) await site.ask(between)
    await submit(site)
    return site.world.judge().map(({ rule }) => rule)
  }

  it("needs a look at the orders or their items", async () => {
    assert.deepStrictEqual(await twice(undefined), ["secondCreate"])
    assert.deepStrictEqual(await twice("/v0/bandsets"), ["secondCreate"])
    assert.deepStrictEqual(await twice("/v0/orders"), [])
    assert.deepStrictEqual(await twice("/v0/order-items"), [])
  })
})

/** The report of orders: its media type, its time zone, and its errors. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Server, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start()
})
afterAll(() => server.close())

const path = "/v0/reports"

describe("the report of orders", () => {
  it("is CSV with a line for each order", async () => {
    const { headers, status, text } = await server.site().ask(path)
    assert.deepStrictEqual([status, headers.get("content-type")], [200, "text/csv; charset=utf-8"])
    assert.match(text, /^order_id,created_at,type,area_km2,tokens\n(order-[\d-]+,2024-06-\d\d \d\d:\d\d:\d\d,.*\n){2}$/)
  })

  it("has its times in UTC, or in the zone of the request", async () => {
    const { ask } = server.site()
    assert.include((await ask(path)).text, "order-2024-0017,2024-06-01 22:30:00")
    assert.include((await ask(`${path}?tz=Asia/Kolkata`)).text, "order-2024-0017,2024-06-02 04:00:00")
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

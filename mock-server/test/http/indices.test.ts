/** Indices: those of the fixtures, and new ones with a name that only one has. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const index = {
  name: "Canopy water",
  description: "Water in leaves.",
  satellite_id: "sat-firefly-1",
  expression: "(B9 - B7) / (B7 + B9)",
  expression_type: "index",
  colormap: "viridis",
  rescale: [-1, 1]
}

const create = ({ ask }: Site, body: object = index) =>
  ask("/v0/indices", { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })

const names = async ({ ask }: Site) =>
  (await ask("/v0/indices?type=custom")).json.indices.map(({ name }: { name: string }) => name)

describe("indices", () => {
  it("are created as custom ones, and listed after those of the fixtures", async () => {
    const site = server.site()
    const { json, status } = await create(site)
    const at = "2025-01-01T00:00:00.000000Z"
    assert.deepStrictEqual(
      [status, json],
      [201, { ...index, id: json.id, type: "custom", bands: ["B7", "B9"], created_at: at, updated_at: at }]
    )
    assert.deepStrictEqual(await names(site), ["Canopy stress", "Canopy water"])
    assert.deepStrictEqual(await names(server.site()), ["Canopy stress"])
  })

  it("of one name are refused, also of a preset, and viewers may only read", async () => {
    const site = server.site()
    const made = [await create(site), await create(site), await create(site, { ...index, name: "NDVI" })]
    assert.deepStrictEqual(
      made.map(({ status }) => status),
      [201, 409, 409]
    )
    assert.include(made[1]?.json.error.message, 'There is an index "Canopy water" already.')
    const viewer = server.site("viewer")
    assert.deepStrictEqual([(await create(viewer)).status, await names(viewer)], [403, ["Canopy stress"]])
  })

  const wrong: ReadonlyArray<readonly [what: string, body: object, paths: ReadonlyArray<string>]> = [
    ["nothing", {}, Array(7).fill("(root)")],
    ["empty texts", { ...index, name: "", colormap: "" }, ["name", "colormap"]],
    ["another kind", { ...index, expression_type: "movie", rescale: "0,1" }, ["expression_type", "rescale"]],
    [
      "a formula and a range that cannot be",
      { ...index, expression: ")B8(", rescale: [1, 1] },
      ["expression", "rescale"]
    ],
    ["three values", { ...index, rescale: [0, 1, 2] }, ["rescale"]],
    ["an open parenthesis", { ...index, expression: "(B8" }, ["expression"]]
  ]
  it.each(wrong)("are refused with all their problems: %s", async (_, body, paths) => {
    const { json, status } = await create(server.site(), body)
    const found = json.error.details.problems.map(({ path }: { path: string }) => path)
    assert.deepStrictEqual([status, found], [400, paths])
  })

  it("are saved and restored", async () => {
    const [site, other] = [server.site(), server.site()]
    await create(site)
    other.world.restore(site.world.save())
    assert.deepStrictEqual(await names(other), ["Canopy stress", "Canopy water"])
  })
})

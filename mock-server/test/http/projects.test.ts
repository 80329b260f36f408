/** Projects: both documented forms, pages from 0 or 1, and the rights of a token. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, start } from "./harness.js"

const rich = "project-monsoon-2024"
const bare = "project-basin-watch"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const site = (quirks: object = {}) => {
  const { ask, world } = server.site()
  Object.assign(world.quirks, quirks)
  return { ask }
}

const ids = (json: { readonly projects: ReadonlyArray<{ readonly id: string }> }) => json.projects.map(({ id }) => id)

describe("projects", () => {
  it("are listed with their count, and one is wrapped and without members", async () => {
    const { ask } = site()
    const { json } = await ask("/v0/projects")
    assert.deepStrictEqual([json.count, ids(json)], [2, [bare, rich]])
    assert.deepStrictEqual(json.projects[0], { id: bare, name: "basin-watch" })
    assert.deepInclude(json.projects[1], { title: "Monsoon 2024", members_count: 7, org_id: "org-field-survey" })
    const { members_count: _, ...one } = json.projects[1]
    assert.deepStrictEqual((await ask(`/v0/projects/${rich}`)).json, { project: one })
  })

  it("have the form of the guide with the quirk", async () => {
    const { ask } = site({ projects: "guide" })
    const { json } = await ask("/v0/projects?page_size=1")
    assert.deepStrictEqual(json, {
      projects: [{ id: bare, name: "basin-watch" }],
      pagination: { limit: 1, offset: 0, total: 2 }
    })
    const { json: one } = await ask(`/v0/projects/${rich}`)
    assert.deepStrictEqual(Object.keys(one), ["id", "name", "description", "created_at", "updated_at"])
  })

  it.each([0, 1] as const)("are in pages that begin with %s", async (pageBase) => {
    const { ask } = site({ pageBase })
    const page = async (number: number) => ids((await ask(`/v0/projects?page_size=1&page_num=${number}`)).json)
    assert.deepStrictEqual(await page(pageBase), [bare])
    assert.deepStrictEqual(await page(pageBase + 1), [rich])
    assert.deepStrictEqual(await page(pageBase + 2), [])
    assert.strictEqual((await ask(`/v0/projects?page_num=${pageBase - 1}`)).status, 400)
  })

  it("are those of the token; others and unknown ones are refused", async () => {
    const { ask } = server.site("field", { field: { [bare]: "viewer" } })
    assert.deepStrictEqual(ids((await ask("/v0/projects")).json), [bare])
    const status = async (id: string) => (await ask(`/v0/projects/${id}`)).status
    assert.deepStrictEqual([await status(bare), await status(rich), await status("unknown")], [200, 403, 404])
  })
})

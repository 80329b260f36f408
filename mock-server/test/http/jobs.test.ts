import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { fixtures } from "./fixtures.js"
import { type Server, type Site, start } from "./harness.js"

const jobs = "/v0/workflows/wf-crop/jobs"

const create = async ({ ask }: Site, path = jobs) => (await ask(`${path}?project_id=p`, { method: "POST" })).json

describe("jobs", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  it("are created from the workflow's default story, with 200 and no body", async () => {
    const { ask } = server.site()
    const { headers, json, status } = await ask(`${jobs}?project_id=p`, { method: "POST" })
    assert.strictEqual(status, 200)
    assert.match(headers.get("content-type") ?? "", /^application\/json/)
    assert.strictEqual(json.workflow_id, "wf-crop")
    assert.match(json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    assert.isArray(json.tasks)
  })

  it("follow the queued story once, then the default again", async () => {
    const site = server.site()
    site.world.enqueue("instant")
    const first = await create(site)
    const second = await create(site)
    assert.deepStrictEqual([first.status, second.status], ["completed", "running"])
  })

  it("of a workflow without a story are refused with an explanation", async () => {
    const { ask } = server.site()
    const { json, status } = await ask("/v0/workflows/wf-storyless/jobs?project_id=p", { method: "POST" })
    assert.strictEqual(status, 400)
    assert.deepStrictEqual(json.error, {
      code: "no_story",
      message:
        "The workflow wf-storyless has no default story in the fixtures and no queued one: " +
        "queue the story of the new job before the request. No story names it.",
      details: { workflow: "wf-storyless", stories: [] }
    })
  })

  it("of a workflow without a default story may follow a queued one", async () => {
    const [instant] = [...fixtures.jobs.values()]
    const storyless = new Map([["wf-storyless", fixtures.workflows.get("wf-storyless")!]])
    const jobs = new Map([["by-hand", { ...instant!, workflow: "wf-storyless" }]])
    const other = await start({ fixtures: { ...fixtures, workflows: storyless, jobs } })
    const { ask, world } = other.site()
    const ordered = () => ask("/v0/workflows/wf-storyless/jobs?project_id=p", { method: "POST" })
    const { json } = await ordered()
    world.enqueue("by-hand")
    const { status } = await ordered()
    await other.close()
    assert.match(json.error.message, /Stories to queue: "by-hand"\.$/)
    assert.strictEqual(status, 200)
  })

  it("advance with the time of their world", async () => {
    const site = server.site()
    const { id } = await create(site)
    const status = async () => (await site.ask(`${jobs}/${id}`)).json.status
    assert.strictEqual(await status(), "running")
    site.clock.now += 29_999
    assert.strictEqual(await status(), "running")
    site.clock.now += 1
    assert.strictEqual(await status(), "completed")
  })

  it("of the fixtures exist from the beginning, with stable ids", async () => {
    const { ask, clock } = server.site()
    const { json } = await ask(`${jobs}/job-done`)
    assert.deepStrictEqual([json.id, json.status], ["job-done", "completed"])
    assert.strictEqual(Date.parse(json.created_at), clock.now - 3_600_000)
  })

  it("have the same ids in every world of a seed", async () => {
    const ids = async () => {
      const site = server.site()
      return [(await create(site)).id, (await create(site)).id]
    }
    const first = await ids()
    assert.notStrictEqual(first[0], first[1])
    assert.deepStrictEqual(await ids(), first)
  })

  it("of one world are unknown in the others", async () => {
    const one = server.site()
    const other = server.site()
    const { id } = await create(one)
    assert.strictEqual((await other.ask(`${jobs}/${id}`)).status, 404)
    assert.deepStrictEqual((await other.ask(`${jobs}?id=${id}`)).json, { jobs: [] })
  })

  it("of one workflow are unknown in the others", async () => {
    const site = server.site()
    const { id } = await create(site)
    assert.strictEqual((await site.ask(`/v0/workflows/wf-storyless/jobs/${id}`)).status, 404)
  })

  it("count only an answer that shows them as a poll, by get or in a list", async () => {
    const site = server.site()
    site.world.enqueue("polled")
    const { id } = await create(site)
    await site.ask(`${jobs}/${id}`, { token: null })
    await site.ask(`${jobs}?id=another`)
    assert.deepStrictEqual(site.world.drawers.jobs.get(id)?.events, [])
    site.clock.now += 1_000
    await site.ask(`${jobs}/${id}`)
    site.clock.now += 1_000
    await site.ask(jobs)
    assert.deepStrictEqual(site.world.drawers.jobs.get(id)?.events, [
      { kind: "delivery", at: 1_000 },
      { kind: "delivery", at: 2_000 }
    ])
    assert.strictEqual((await site.ask(`${jobs}/${id}`)).json.status, "waiting")
  })

  it("continue at a signal of the test", async () => {
    const site = server.site()
    site.world.enqueue("polled")
    const { id } = await create(site)
    await site.ask(jobs)
    await site.ask(jobs)
    site.world.signal(id, "go")
    assert.strictEqual((await site.ask(`${jobs}/${id}`)).json.status, "done")
  })

  describe("lists", () => {
    it("contain no tasks, and are an object", async () => {
      const site = server.site()
      const { id } = await create(site)
      const { json, status } = await site.ask(jobs)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(Object.keys(json), ["jobs"])
      const item = json.jobs.find((job: { readonly id: string }) => job.id === id)
      assert.notProperty(item, "tasks")
    })

    it("are filtered by id, status, creator and day", async () => {
      const site = server.site()
      const { id, created_by } = await create(site)
      site.clock.now += 24 * 3_600_000
      const second = await create(site)
      const found = async (query: string) =>
        (await site.ask(`${jobs}?${query}`)).json.jobs.map((job: { readonly id: string }) => job.id)
      assert.deepStrictEqual(await found(`id=${id}`), [id])
      assert.deepStrictEqual(await found(`id=${id}&status=running`), [])
      assert.includeMembers(await found("status=completed"), [id])
      assert.deepStrictEqual(await found("status=running"), [second.id])
      assert.includeMembers(await found(`created_by=${created_by}`), [id, second.id])
      assert.deepStrictEqual(await found("created_by=unknown"), [])
      assert.deepStrictEqual(await found("created_on=2025-01-02"), [second.id])
      assert.deepStrictEqual(await found("created_on=2025-01-02T23:00:00-02:00"), [])
    })
  })
})

describe("workflows", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  it("are listed with their pagination, with or without a trailing slash", async () => {
    const { ask } = server.site()
    const { json } = await ask("/v0/workflows")
    assert.deepStrictEqual(json.pagination, { limit: 50, offset: 0, total: json.workflows.length })
    assert.deepStrictEqual((await ask("/v0/workflows/")).json, json)
  })

  it("are listed in pages that contain each of them once", async () => {
    const { ask } = server.site()
    const all = (await ask("/v0/workflows")).json.workflows
    const paged: Array<unknown> = []
    for (let offset = 0; offset < all.length; offset++) {
      const { json } = await ask(`/v0/workflows?limit=1&offset=${offset}`)
      assert.deepStrictEqual(json.pagination, { limit: 1, offset, total: all.length })
      paged.push(...json.workflows)
    }
    assert.deepStrictEqual(paged, all)
    assert.deepStrictEqual((await ask(`/v0/workflows?offset=${all.length}`)).json.workflows, [])
  })

  it("are filtered by each documented parameter", async () => {
    const { ask } = server.site()
    const [first] = (await ask("/v0/workflows?id=wf-crop")).json.workflows
    for (const name of ["project_id", "name", "created_by", "created_at", "updated_at"]) assert.isString(first[name])
    const filters = [
      `project_id=${first.project_id}`,
      `name=${encodeURIComponent(first.name)}`,
      `created_by=${first.created_by}`,
      `created_on=${first.created_at.slice(0, 10)}`,
      `updated_at=${first.updated_at.slice(0, 10)}`
    ]
    for (const filter of filters) {
      const { json } = await ask(`/v0/workflows?id=wf-crop&${filter}`)
      assert.deepStrictEqual(json.workflows, [first], filter)
    }
    for (const other of ["project_id=x", "name=x", "created_by=x", "created_on=1999-01-01", "updated_at=1999-01-01"]) {
      assert.deepStrictEqual((await ask(`/v0/workflows?id=wf-crop&${other}`)).json.workflows, [], other)
    }
  })

  it("have more fields than in the list", async () => {
    const { ask } = server.site()
    const { json, status } = await ask("/v0/workflows/wf-crop?project_id=p")
    assert.strictEqual(status, 200)
    assert.strictEqual(json.id, "wf-crop")
    assert.isNumber(json.estimated_cost)
    const { estimated_cost, spec, val_errors } = (await ask("/v0/workflows?id=wf-crop")).json.workflows[0]
    assert.deepStrictEqual([estimated_cost, spec, val_errors], [undefined, undefined, undefined])
  })

  it("have an estimate, which needs no project", async () => {
    const { ask } = server.site()
    const { json } = await ask("/v0/workflows/wf-crop/estimate")
    const workflow = (await ask("/v0/workflows/wf-crop?project_id=p")).json
    assert.deepStrictEqual(json, { estimated_cost: workflow.estimated_cost })
  })
})

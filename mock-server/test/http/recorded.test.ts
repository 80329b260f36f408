/**
 * A recorded story over HTTP: like any other, but with the recorded ids of its tasks.
 */
import { strFromU8, unzipSync } from "fflate"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const jobs = "/v0/workflows/wf-soil-moisture/jobs"

const create = async (site: Site) => {
  site.world.enqueue("soil-moisture-recorded")
  return (await site.ask(`${jobs}?project_id=p`, { method: "POST" })).json
}

describe("a recorded job", () => {
  it("has a new id each time, and advances with the time since its creation", async () => {
    const site = server.site()
    const first = await create(site)
    site.clock.now += 31_500
    const second = await create(site)
    const { json } = await site.ask(`${jobs}?created_by=user-123456`)
    assert.notStrictEqual(first.id, second.id)
    assert.deepStrictEqual(
      json.jobs.map(({ id, progress, status }: Record<string, string>) => ({ id, progress, status })),
      [
        { id: first.id, progress: "75", status: "running" },
        { id: second.id, progress: "0%", status: "queued" }
      ]
    )
  })

  it("is found by the status of the frame that is due", async () => {
    const site = server.site()
    const { id } = await create(site)
    site.clock.now += 40_000
    const { json } = await site.ask(`${jobs}?status=completed`)
    assert.deepStrictEqual(
      json.jobs.map((job: { readonly id: string }) => job.id),
      [id]
    )
  })

  it("has a package of a task's final output, under the recorded id, once the task has completed", async () => {
    const site = server.site()
    const { id } = await create(site)
    const ask = (task: string) => site.ask(`${jobs}/${id}/tasks/${task}/download`, { method: "PUT" })
    assert.strictEqual((await ask("t-2")).json.error.code, "not_finished")
    assert.strictEqual((await ask("t-3")).status, 404)
    site.clock.now += 40_000
    assert.strictEqual((await ask("t-2")).json.status, "pending")
    site.clock.now += 10_000
    const { signed_url } = (await ask("t-2")).json
    const zip = unzipSync(new Uint8Array(await (await fetch(signed_url)).arrayBuffer()))
    const { outputs } = JSON.parse(strFromU8(zip["manifest.json"]!))
    assert.deepStrictEqual(
      outputs.map(({ task }: { readonly task: string }) => task),
      ["average"]
    )
  })
})

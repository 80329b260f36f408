import { unzipSync } from "fflate"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, start } from "./harness.js"

const { jobs, workflows } = shippedFixtures()
const day = 24 * 3_600_000

describe("the shipped fixtures", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ fixtures: undefined })
  })
  afterAll(() => server.close())

  for (const id of workflows.keys()) {
    it(`create a job of ${id} without set-up`, async () => {
      const { ask, world } = server.site()
      const { json, status } = await ask(`/v0/workflows/${id}/jobs?project_id=p`, { method: "POST" })
      assert.strictEqual(status, 200)
      assert.isDefined(world.drawers.jobs.get(json.id))
    })
  }

  for (const [story, { workflow }] of jobs) {
    it(`have a package for the job of ${story}, or report that it did not complete`, async () => {
      const { ask, clock, world } = server.site()
      world.enqueue(story)
      const { id } = (await ask(`/v0/workflows/${workflow}/jobs?project_id=p`, { method: "POST" })).json
      clock.now += day
      const download = `/v0/workflows/${workflow}/jobs/${id}/download`
      const first = await ask(download, { method: "PUT" })
      const job = world.drawers.jobs.get(id)!
      if (world.drawers.jobs.view(job, world.clock.now).outcome !== "succeeded")
        return assert.strictEqual(first.status, 400)
      clock.now += day
      const { signed_url } = (await ask(download, { method: "PUT" })).json
      const response = await fetch(signed_url)
      assert.strictEqual(response.status, 200)
      assert.property(unzipSync(new Uint8Array(await response.arrayBuffer())), "manifest.json")
    })
  }
})

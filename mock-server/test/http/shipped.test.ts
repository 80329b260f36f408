import * as fc from "effect/FastCheck"
import { unzipSync } from "fflate"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { operations } from "../../src/http/operations.js"
import { type Server, start } from "./harness.js"

const { jobs, workflows } = shippedFixtures()
const day = 24 * 3_600_000

describe("the shipped fixtures", () => {
  let server: Server
  const defects: Array<unknown> = []
  beforeAll(async () => {
    server = await start({ fixtures: undefined, onDefect: (error) => defects.push(error) })
  })
  afterAll(() => server.close())

  for (const id of workflows.keys()) {
    it(`let a job of ${id} be created without any set-up`, async () => {
      const { ask, world } = server.site()
      const { json, status } = await ask(`/v0/workflows/${id}/jobs?project_id=p`, { method: "POST" })
      assert.strictEqual(status, 200)
      assert.isDefined(world.job(json.id))
    })
  }

  for (const [story, { workflow }] of jobs) {
    it(`have a package for the job of ${story}, or say that it did not complete`, async () => {
      const { ask, clock, world } = server.site()
      world.enqueue(story)
      const { id } = (await ask(`/v0/workflows/${workflow}/jobs?project_id=p`, { method: "POST" })).json
      clock.now += day
      const download = `/v0/workflows/${workflow}/jobs/${id}/download`
      const first = await ask(download, { method: "PUT" })
      const job = world.job(id)!
      if (world.view(job).outcome !== "succeeded") return assert.strictEqual(first.status, 400)
      clock.now += day
      const { signed_url } = (await ask(download, { method: "PUT" })).json
      const response = await fetch(signed_url)
      assert.strictEqual(response.status, 200)
      assert.property(unzipSync(new Uint8Array(await response.arrayBuffer())), "manifest.json")
    })
  }

  it("are answered from without a 500, whatever is asked", { timeout: 300_000 }, async () => {
    const { world } = server.site()
    const word = fc.oneof(
      fc.constantFrom("v0", "workflows", "jobs", "tasks", "download", "estimate", "w", world.name, ...workflows.keys()),
      fc.constantFrom("", ".", "..", "%zz", "%00", "%2F", "__proto__", "constructor", "job-crop-done"),
      fc.string({ unit: "binary-ascii", maxLength: 8 }).map(encodeURIComponent)
    )
    const parameter = fc.tuple(
      fc.constantFrom("project_id", "limit", "offset", "created_on", "status", "id", "__proto__", "x"),
      fc.oneof(
        fc.constantFrom("", "1", "-1", "1e9", "2025-01-01", "%zz"),
        fc.string({ maxLength: 8 }).map(encodeURIComponent)
      )
    )
    const anyPath = fc.array(word, { maxLength: 9 }).map((words) => `/${words.join("/")}`)
    const knownPath = fc
      .tuple(fc.constantFrom(...Object.values(operations)), fc.array(word, { minLength: 3, maxLength: 3 }))
      .map(([{ route }, ids]) => ids.reduce((path, id) => path.replace(/\{\w+\}/, () => id), `${route}`))
    const request = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"),
      path: fc.oneof(anyPath, knownPath),
      query: fc
        .array(parameter, { maxLength: 3 })
        .map((all) => all.map(([name, value]) => `${name}=${value}`).join("&")),
      authorization: fc.constantFrom("", "x", `mock_${world.name}_owner`, `Bearer mock_${world.name}_viewer`),
      payload: fc.option(fc.string({ maxLength: 8 }), { nil: undefined })
    })
    await fc.assert(
      fc.asyncProperty(request, async ({ authorization, method, path, payload, query }) => {
        const answer = await server.app.inject({
          method: method as "GET", // any of the above
          url: { pathname: path, query },
          headers: { authorization, ...(payload === undefined ? {} : { "content-type": "application/json" }) },
          ...(payload === undefined ? {} : { payload })
        })
        assert.isBelow(answer.statusCode, 500)
        if (answer.statusCode >= 400 && method !== "HEAD") assert.isString(answer.json().error.message)
      }),
      { numRuns: Number(process.env["HTTP_FUZZ"] ?? 500) }
    )
    assert.deepStrictEqual(defects, [])
  })
})

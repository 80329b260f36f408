/** Roles per project, from a world's own table of tokens. The fixture's workflow belongs to project-1. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { TokenTable } from "../../src/core/Rights.js"
import { type Server, start } from "./harness.js"

const tokens: TokenTable = {
  "owner-of-1": { "project-1": "owner" },
  "viewer-of-1": { "project-1": "viewer" },
  "owner-of-2": { "project-2": "owner" },
  "owner-but-viewer-of-1": { "*": "owner", "project-1": "viewer" },
  dismissed: "revoked",
  viewer: { "project-1": "owner" },
  unknown: {}
}

const job = "/v0/workflows/wf-crop/jobs/job-done"
const requests = {
  "get the job": ["GET", job],
  "read the workflow": ["GET", "/v0/workflows/wf-crop?project_id=project-1"],
  download: ["PUT", `${job}/download`],
  run: ["POST", "/v0/workflows/wf-crop/jobs?project_id=project-1"],
  "run, billed to project-2": ["POST", "/v0/workflows/wf-crop/jobs?project_id=project-2"],
  "list project-2": ["GET", "/v0/workflows?project_id=project-2"]
} as const

const allowed: Readonly<Record<string, ReadonlyArray<keyof typeof requests>>> = {
  "owner-of-1": ["get the job", "read the workflow", "download", "run"],
  "viewer-of-1": ["get the job", "read the workflow", "download"],
  "owner-of-2": ["list project-2"],
  "owner-but-viewer-of-1": ["get the job", "read the workflow", "download", "list project-2"],
  dismissed: [],
  viewer: ["get the job", "read the workflow", "download", "run"],
  unknown: []
}

describe("a token with roles in projects", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  for (const [name, may] of Object.entries(allowed)) {
    for (const [what, [method, path]] of Object.entries(requests)) {
      const status = may.some((other) => other === what) ? 200 : 403
      it(`${name}: gets ${status} to ${what}`, async () => {
        const { ask, world } = server.site(name, tokens)
        const before = world.drawers.jobs.of("wf-crop").length
        const answer = await ask(path, { method })
        assert.strictEqual(answer.status, status)
        assert.strictEqual(
          world.drawers.jobs.of("wf-crop").length - before,
          status === 200 && method === "POST" ? 1 : 0
        )
      })
    }
  }

  it("sees only the workflows of its projects, and those without one, in a list", async () => {
    const ids = async (name: string) => {
      const { json } = await server.site(name, tokens).ask("/v0/workflows")
      return json.workflows.map(({ id }: { id: string }) => id)
    }
    assert.deepStrictEqual(await ids("viewer-of-1"), ["wf-crop", "wf-storyless"])
    assert.deepStrictEqual(await ids("owner-of-2"), ["wf-storyless"])
  })

  it("is unknown in another world", async () => {
    const { ask } = server.site("owner-of-1")
    assert.strictEqual((await ask(job)).status, 401)
  })

  it("has no rights by the name of an inherited property", async () => {
    for (const name of ["constructor", "tostring", "__proto__"]) {
      assert.strictEqual((await server.site(name, tokens).ask(job)).status, 401)
    }
  })

  it("gets the name of the project in which it has no role", async () => {
    const { json } = await server.site("owner-of-2", tokens).ask(job)
    assert.strictEqual(json.error.message, 'The token has no role in the project "project-1".')
  })
})

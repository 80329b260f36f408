/** Roles per project, from a world's own table of tokens. The first fixture's workflow belongs to project-1. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { operations } from "../../src/core/Operations.js"
import type { TokenTable } from "../../src/core/Rights.js"
import { tokenOf } from "../../src/core/Token.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import type { Operation } from "../../src/resources/Resource.js"
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

const project = "project-monsoon-2024"

/** The operations that change something, by the rows. */
const changing = Object.values<Operation>(operations).filter(({ needs }) => needs === "run" || needs === "change")

/** Whether an operation is about a project: that of its AOI, its workflow, or its body. */
const isOfProject = ({ projectOf, route }: Operation) => projectOf !== undefined || route.includes("{aoi_id}")

/** A body of the examples of a shape, in the project. */
const exampleOf = ({ properties = {} }: { readonly properties?: object }, more: object = {}): string =>
  JSON.stringify({
    ...Object.fromEntries(Object.entries(properties).map(([name, { examples }]) => [name, examples?.[0]])),
    ...("project_id" in properties && { project_id: project }),
    ...more
  })

/** Operations on things in projects, whose ids are in the body; those of other projects are unknown. */
const ofThings: ReadonlyArray<string> = [operations.CreateDelivery.id]

describe("an operation that changes something", () => {
  let server: Server
  beforeAll(async () => {
    server = await start({ fixtures: shippedFixtures() })
  })
  afterAll(() => server.close())

  const tokens: TokenTable = {
    "owner-here": { [project]: "owner" },
    "viewer-here": { "*": "owner", [project]: "viewer" },
    stranger: { "project-basin-watch": "owner" }
  }

  /** Sends the operation by a role in a new world, whose owner has created the AOI a moment before. */
  const sent = async (operation: Operation, role: string) => {
    const { ask, world } = server.site("owner", tokens)
    const headers = { "content-type": "application/json" }
    const { body: shape, route } = operations.AOICreateAOI
    const aoi = await ask(route, { method: "POST", headers, body: exampleOf(shape, { name: "Of the project" }) })
    assert.strictEqual(aoi.status, 201, aoi.text)
    const ids: Readonly<Record<string, string>> = { aoi_id: aoi.json.aoi_id, workflow_id: "wf-crop-classification" }
    const path = operation.route.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "none")
    const query = operation.query.includes("project_id") ? `?project_id=${project}` : ""
    const answer = await ask(path + query, {
      method: operation.method,
      token: tokenOf(world.name, role),
      ...(operation.body !== undefined && { headers, body: exampleOf(operation.body) })
    })
    return [answer.status, answer.json?.error?.message ?? ""]
  }

  it("includes every create", () => {
    const creates = Object.values<Operation>(operations).filter(({ role }) => role === "create")
    assert.includeMembers(changing, creates)
  })

  for (const operation of changing) {
    it(`is refused to a viewer: ${operation.id}`, async () => {
      const [status, message] = await sent(operation, "viewer")
      assert.strictEqual(status, 403)
      assert.match(message, /^A viewer may not /)
    })

    const roles = {
      "viewer-here": `needs an owner of the project "${project}"`,
      stranger: `no role in the project "${project}"`
    }
    for (const [role, reason] of Object.entries(roles)) {
      const isRefused = isOfProject(operation) || (ofThings.includes(operation.id) && role !== "stranger")
      it(`${isRefused ? "is refused" : "has no project, so it is open"} to a ${role}: ${operation.id}`, async () => {
        const [status, message] = await sent(operation, role)
        if (!isRefused) return assert.notStrictEqual(status, 403)
        assert.strictEqual(status, 403)
        return assert.include(message, reason)
      })
    }

    it(`is open to an owner of the project: ${operation.id}`, async () => {
      const [status] = await sent(operation, "owner-here")
      assert.notStrictEqual(status, 403)
      assert.notStrictEqual(status, 401)
    })
  }
})

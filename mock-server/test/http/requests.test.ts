import { connect } from "node:net"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { rawRequest, type Server, start } from "./harness.js"

/** Sends these bytes to a socket, and returns the answer. */
const say = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let heard = ""
    socket.setEncoding("utf8")
    socket.on("data", (piece) => {
      heard += piece
    })
    socket.on("end", () => resolve(heard))
    socket.on("error", reject)
  })

describe("requests", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  const malformed: ReadonlyArray<readonly [method: string, path: string, parameter: string, found: string | null]> = [
    ["GET", "/v0/workflows?limit=ten", "limit", "ten"],
    ["GET", "/v0/workflows?limit=0", "limit", "0"],
    ["GET", "/v0/workflows?limit=1.5", "limit", "1.5"],
    ["GET", "/v0/workflows?limit=1&limit=2", "limit", "1, 2"],
    ["GET", "/v0/workflows?offset=-1", "offset", "-1"],
    ["GET", "/v0/workflows?offset=", "offset", ""],
    ["GET", "/v0/workflows?project_id=", "project_id", ""],
    ["GET", "/v0/workflows?created_on=yesterday", "created_on", "yesterday"],
    ["GET", "/v0/workflows?created_on=2025-02-30", "created_on", "2025-02-30"],
    ["GET", "/v0/workflows?updated_at=2025-13-01T00:00:00Z", "updated_at", "2025-13-01T00:00:00Z"],
    ["GET", "/v0/workflows/wf-crop", "project_id", null],
    ["GET", "/v0/workflows/wf-crop?project_id=", "project_id", ""],
    ["GET", "/v0/workflows/%20?project_id=p", "workflow_id", " "],
    ["GET", "/v0/workflows//jobs", "workflow_id", ""],
    ["GET", "/v0/workflows/wf-crop/jobs?created_on=1735689600", "created_on", "1735689600"],
    ["POST", "/v0/workflows/wf-crop/jobs", "project_id", null],
    ["POST", "/v0/workflows/wf-crop/jobs?project_id=%20", "project_id", " "]
  ]
  for (const [method, path, parameter, found] of malformed) {
    it(`answers 400 to ${method} ${path}, and names ${parameter}`, async () => {
      const { ask } = server.site()
      const { json, status } = await ask(path, { method })
      assert.strictEqual(status, 400)
      assert.strictEqual(json.error.details.parameter, parameter)
      assert.strictEqual(json.error.details.found, found)
      assert.include(json.error.message, parameter)
    })
  }

  const unknown: ReadonlyArray<readonly [method: string, path: string, what: string]> = [
    ["GET", "/v0/workflows/nope?project_id=p", "workflow"],
    ["GET", "/v0/workflows/nope/estimate", "workflow"],
    ["GET", "/v0/workflows/nope/jobs", "workflow"],
    ["POST", "/v0/workflows/nope/jobs?project_id=p", "workflow"],
    ["GET", "/v0/workflows/__proto__?project_id=p", "workflow"],
    ["GET", "/v0/workflows/wf-crop/jobs/nope", "job"],
    ["GET", "/v0/workflows/wf-crop/jobs/constructor", "job"],
    ["PUT", "/v0/workflows/wf-crop/jobs/nope/download", "job"],
    ["PUT", "/v0/workflows/wf-crop/jobs/nope/tasks/nope/download", "job"]
  ]
  for (const [method, path, what] of unknown) {
    it(`answers 404 to ${method} ${path}`, async () => {
      const { ask } = server.site()
      const { json, status } = await ask(path, { method })
      assert.strictEqual(status, 404)
      assert.strictEqual(json.error.code, "not_found")
      assert.include(json.error.message, `There is no ${what}`)
    })
  }

  const unmatched: ReadonlyArray<readonly [method: string, path: string, nearest: string, differs: string]> = [
    ["GET", "/", "ping", 'segment 1 of the path is missing, expected "ping"'],
    ["GET", "/v0/workflow", "listWorkflows", 'segment 2 of the path is "workflow", expected "workflows"'],
    ["DELETE", "/v0/workflows", "listWorkflows", "the method is DELETE, expected GET"],
    ["GET", "/v0/jobs", "listJobs", 'segment 2 of the path is "jobs", expected "workflows"'],
    [
      "GET",
      "/v0/workflows/wf-crop/estimates",
      "getWorkflowCostEstimate",
      'segment 4 of the path is "estimates", expected "estimate"'
    ],
    ["PATCH", "/v0/workflows/wf-crop/jobs/j", "getJobById", "the method is PATCH, expected GET"],
    ["GET", "/v0/workflows/wf-crop/jobs/j/", "getJobById", "the path has an empty segment"],
    ["GET", "/v0/workflows/wf-crop/jobs/j/download", "downloadJob", "the method is GET, expected PUT"],
    ["POST", "/v0/workflows/wf-crop/jobs/j/download", "downloadJob", "the method is POST, expected PUT"],
    [
      "GET",
      "/v0/workflows/wf-crop/jobs/j/tasks/t",
      "downloadTask",
      'segment 8 of the path is missing, expected "download"'
    ],
    ["GET", "/ping/pong", "ping", 'the path goes on with "pong", expected its end']
  ]
  for (const [method, path, nearest, differs] of unmatched) {
    it(`answers 404 to ${method} ${path}, and names ${nearest}: ${differs}`, async () => {
      const { ask } = server.site()
      const { json, status } = await ask(path, { method })
      assert.strictEqual(status, 404)
      assert.strictEqual(json.error.code, "no_such_operation")
      assert.strictEqual(json.error.details.nearest.operation, nearest)
      assert.strictEqual(json.error.details.differs, differs)
      assert.include(json.error.message, differs)
    })
  }

  it("reads any text in a path's segment as one id", async () => {
    const { ask, world } = server.site()
    const id = "a/../../admin?x=1#h %é\u0000"
    const { json, status } = await ask(`/v0/workflows/${encodeURIComponent(id)}/jobs`)
    assert.strictEqual(status, 404)
    assert.include(json.error.message, JSON.stringify(id))
    assert.deepStrictEqual(world.journal.entries[0]?.ids, { workflow_id: id })
    assert.strictEqual(world.journal.entries[0]?.route, "/v0/workflows/{workflow_id}/jobs")
  })

  describe("with a body", () => {
    const create = "/v0/workflows/wf-crop/jobs?project_id=p"
    for (const type of ["application/json", "text/plain", "multipart/form-data", "no/such"]) {
      it(`of type ${type} are refused, since no operation takes one`, async () => {
        const { ask, world } = server.site()
        const before = world.drawers.jobs.of("wf-crop").length
        const { json, status } = await ask(create, { method: "POST", body: "{}", headers: { "content-type": type } })
        assert.strictEqual(status, 400)
        assert.strictEqual(json.error.code, "unexpected_body")
        assert.lengthOf(world.drawers.jobs.of("wf-crop"), before)
      })
    }

    it("only announced by a content type are accepted", async () => {
      const { ask } = server.site()
      const { status } = await ask(create, { method: "POST", headers: { "content-type": "application/json" } })
      assert.strictEqual(status, 200)
    })

    it("of more than 256 KiB are not read", async () => {
      const { ask } = server.site()
      const { json, status } = await ask(create, { method: "POST", body: "x".repeat(256 * 1024 + 1) })
      assert.strictEqual(status, 413)
      assert.strictEqual(json.error.code, "payload_too_large")
    })

    it("are refused on a GET too", async () => {
      const { world } = server.site()
      const head = `GET /v0/workflows HTTP/1.1\r\nhost: x\r\nauthorization: mock_${world.name}_owner\r\nconnection: close`
      const answer = await say(server.url, `${head}\r\ncontent-length: 2\r\n\r\n{}`)
      assert.match(answer, /^HTTP\/1\.1 400 /)
      assert.include(answer, "unexpected_body")
    })
  })

  describe("at the limits of HTTP", () => {
    it("with a path that cannot be decoded get the envelope", async () => {
      const { body, status } = await rawRequest(server.url, "/v0/workflows/%zz")
      assert.strictEqual(status, 400)
      assert.strictEqual(JSON.parse(body).error.code, "bad_request")
    })

    it("with an overlong id get the envelope", async () => {
      const { body, status } = await rawRequest(server.url, `/v0/workflows/${"x".repeat(2_000)}/jobs`)
      assert.strictEqual(status, 414)
      assert.strictEqual(JSON.parse(body).error.code, "uri_too_long")
    })

    it("with overlong headers get the envelope", async () => {
      const answer = await say(server.url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 431 /)
      assert.include(answer, '"code":"headers_too_large"')
    })

    it("that are not HTTP get the envelope, and the connection ends", async () => {
      const answer = await say(server.url, "hello\r\n\r\n")
      assert.match(answer, /^HTTP\/1\.1 400 /)
      assert.include(answer, '"code":"bad_request"')
    })
  })

  it("are journaled with their time, attempt and answer, without the runtime's headers", async () => {
    const { ask, clock, world } = server.site()
    const { text } = await ask("/v0/workflows/nope/estimate?verbose=1")
    clock.now += 1_500
    await ask("/v0/workflows/nope/estimate", { headers: { "content-type": "application/json", "x-trace": "1" } })
    const start = Date.UTC(2025, 0, 1)
    const common = {
      origin: "api" as const,
      operation: "getWorkflowCostEstimate",
      subject: "nope",
      method: "GET",
      route: "/v0/workflows/{workflow_id}/estimate",
      path: "/v0/workflows/nope/estimate",
      ids: { workflow_id: "nope" },
      credential: "raw owner",
      received: 0,
      status: 404,
      retryAfter: undefined,
      shown: undefined,
      bytes: text.length,
      fault: undefined,
      body: undefined,
      spoiled: undefined
    }
    // in real time the connection may not have reported its end yet
    const written = world.journal.entries.map(({ end, ended, ...rest }) => rest)
    assert.deepStrictEqual(written, [
      { ...common, seq: 1, attempt: 1, time: start, query: { verbose: "***" }, headers: {} },
      {
        ...common,
        seq: 2,
        attempt: 2,
        time: start + 1_500,
        query: {},
        headers: { "content-type": "application/json" }
      }
    ])
  })

  it("are answered with the date of the world and an id that is the same in the next run", async () => {
    const run = async () => {
      const { ask, clock } = server.site()
      clock.now = Date.UTC(2030, 1, 2, 3, 4, 5)
      const answers = [await ask("/v0/workflows"), await ask("/nothing"), await ask("/ping")]
      return answers.map(({ headers }) => [headers.get("date"), headers.get("x-request-id")])
    }
    const first = await run()
    assert.strictEqual(first[0]?.[0], "Sat, 02 Feb 2030 03:04:05 GMT")
    assert.strictEqual(new Set(first.map(([, id]) => id)).size, 3)
    assert.deepStrictEqual(await run(), first)
  })
})

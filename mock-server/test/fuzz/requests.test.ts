/**
 * Requests of all kinds at both origins and the admin routes: whatever comes, the answer is one that was meant, and
 * the server goes on.
 */
import * as http from "node:http"
import * as fc from "effect/FastCheck"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { RealClock } from "../../src/clock/RealClock.js"
import { VirtualTime } from "../../src/clock/VirtualTime.js"
import type { FaultEffect, FaultRule } from "../../src/core/faults/Plan.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { bodies } from "../../src/http/admin/bodies.js"
import { openapi } from "../../src/http/admin/openapi.js"
import { adminPrefix } from "../../src/http/admin/routes.js"
import { operations } from "../../src/http/operations.js"
import { signedUrl } from "../../src/http/signature.js"
import { type Server, start } from "../http/harness.js"
import { changedValues, evilWords, values } from "./json.js"
import { long, runs } from "./runs.js"
import { valuesOf } from "./schema.js"

const { jobs, workflows } = shippedFixtures()
const adminToken = "the-admin-token"
/** One in real time, a thousand times as fast, and one whose time stands still. */
const worlds = ["fast", "still"] as const

// --- what is sent ---

/** As bytes, each a letter: what a URL parser would never let through. */
const bytes = (text: string) => Buffer.from(text).toString("latin1")

/** A surrogate that stands alone has no bytes, and becomes another character. */
const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString())

/** What can stand in the first line of a request. */
const inTarget = (text: string) => text.replaceAll(/[^\x21-\xff]/g, "")

/** A job is named by its place in the world, since its id is made by the server. */
const ids = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("{job:0}", "{job:1}", "{job:2}", "{task:0}") },
  { weight: 2, arbitrary: fc.constantFrom(...workflows.keys(), ...jobs.keys(), "job-crop-done", "job-crop-running") },
  { weight: 2, arbitrary: fc.constantFrom(...worlds) },
  { weight: 1, arbitrary: evilWords.map(encoded) },
  { weight: 1, arbitrary: evilWords.map((word) => inTarget(bytes(word))) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["..", "%2e%2e", "%2E%2e%2F", "..%2f..%2fetc%2fpasswd", "%00", "%2F", "\\..\\..", "%5c", ";", "*", "{job_id}"],
      ...[
        "%zz",
        "%",
        "%ED%A0%80",
        "%F0%9F%92%A5",
        "\xed\xa0\x80",
        "%25%32%65",
        "+",
        "a".repeat(600),
        "%41".repeat(2_000)
      ]
    )
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", maxLength: 6 }).map(encoded)
  }
)

const templates = [
  ...Object.values(operations).map(({ method, route }) => ({ method, route: route as string })),
  ...["/jobs/{job}/package.zip", "/jobs/{job}/tasks/{task}/package.zip"].map((route) => ({ method: "GET", route })),
  ...Object.entries(openapi.paths).flatMap(([route, calls]) =>
    Object.keys(calls).map((method) => ({ method: method.toUpperCase(), route: adminPrefix + route }))
  ),
  { method: "GET", route: `${adminPrefix}/openapi.json` }
]

const paths = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...templates), fc.array(ids, { minLength: 3, maxLength: 3 }), fc.boolean())
      .map(([{ method, route }, ids, known]) => {
        // the first id of an operation is most often a workflow's
        const words = known ? [workflowOf(ids), ...ids] : ids
        return { method, path: words.reduce((path, id) => path.replace(/\{\w+\}/, () => id), route) }
      })
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(ids, fc.constantFrom("", "v0", "workflows", "jobs", "w", "__mock", "v1")), { maxLength: 9 })
      .map((words) => ({ method: "GET", path: `/${words.join("/")}` }))
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("*", "//", "http://x/ping", "/?", "/w/", "/w/fast")
      .map((path) => ({ method: "GET", path }))
  }
)

const [firstWorkflow = ""] = workflows.keys()
const workflowOf = (ids: ReadonlyArray<string>) => (ids.some((id) => id.startsWith("{")) ? "{workflow}" : firstWorkflow)

const number = (max: number, digits: number) => fc.nat(max).map((n) => String(n).padStart(digits, "0"))
const dates = fc
  .tuple(
    number(9_999, 4),
    number(14, 2),
    number(32, 2),
    number(25, 2),
    fc.constantFrom("", "Z", "+05:30", "+99:99", ".5Z")
  )
  .map(([year, month, day, hour, zone]) => `${year}-${month}-${day}${zone === "" ? "" : `T${hour}:00:00${zone}`}`)

const queries = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          "project_id",
          "limit",
          "offset",
          "created_on",
          "updated_at",
          "status",
          "id",
          "name",
          "created_by"
        ),
        fc.constantFrom(
          "__proto__",
          "constructor",
          "toString",
          "a[]",
          "a[b]",
          "expires",
          "signature",
          "",
          "x",
          "project_id"
        )
      ),
      fc.oneof(
        fc.constantFrom("", "p", "project-1", "1", "-1", "0", "1e9", "99999999999999999999", "%zz", "%00", "completed"),
        dates.map(encodeURIComponent),
        dates,
        ids
      )
    ),
    { maxLength: 4 }
  )
  .map((all) => all.map(([name, value]) => `${name}=${value}`).join("&"))

const tokens = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...worlds),
        fc.constantFrom("owner", "owner", "viewer", "expired", "revoked", "guest", "admin")
      )
      .map(([world, role]) => tokenOf(world, role))
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(`Bearer ${adminToken}`, adminToken, "Bearer", "Bearer ", "Basic eDp5", "mock_")
  },
  { weight: 1, arbitrary: evilWords },
  { weight: 1, arbitrary: fc.stringMatching(/^(bearer +)?mock_[a-z0-9-]{1,64}_[a-z0-9-]{1,10}$/, { size: "-1" }) }
)

const headerNames = [
  ...["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "content-type"],
  ...["origin", "accept-encoding", "x-http-method-override", "x-forwarded-host", "x-mock-exchange", "cookie"],
  ...["accept-version", "idempotency-key", "upgrade", "__proto__", "constructor", "x-a"]
]
const headerValues = fc.oneof(
  fc.constantFrom("bytes=0-9", "bytes=-5", "bytes=9-1", "bytes=0-0,2-3", `bytes=${"9".repeat(30)}-`, "bytes=a-b", "*"),
  fc.constantFrom(
    '"x"',
    'W/"x", "y"',
    '"',
    "Wed, 01 Jan 2025 00:00:00 GMT",
    "Thu, 99 Foo 2025",
    "100-continue",
    "x0",
    "x1"
  ),
  fc.constantFrom("application/json", "application/json; charset=x", "text/plain", "/", "a/b;c", "multipart/form-data"),
  evilWords,
  fc.string({ maxLength: 10 })
)
/** What Node's client sends; the others are for the tests of the wire. */
const asHeader = (text: string) => bytes(text).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")

const adminBodies = fc.oneof(
  ...Object.values(bodies).map((shape) => valuesOf(shape, fc.oneof(ids, fc.constantFrom(...worlds, ...jobs.keys()))))
)
const payloads = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: adminBodies.map((body) => JSON.stringify(body)) },
  { weight: 2, arbitrary: adminBodies.chain(changedValues) },
  { weight: 1, arbitrary: values.map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "{", "[".repeat(50_000), '{"__proto__":{}}', "x".repeat(300_000), "\u0000")
  }
)

const requests = fc.record({
  kind: fc.constant("request" as const),
  storage: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  target: paths,
  method: fc.option(fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "LINK"), {
    freq: 3
  }),
  prefix: fc.option(fc.constantFrom(...worlds, "nobody", "A", ".."), { freq: 3 }),
  query: queries,
  token: fc.option(tokens, { freq: 8 }),
  headers: fc.dictionary(fc.constantFrom(...headerNames), headerValues, { maxKeys: 3 }),
  host: fc.option(fc.constantFrom("localhost", "evil.test", "[::1]:9", "", "127.0.0.1@evil.test", "LOCALHOST:1"), {
    freq: 3
  }),
  payload: payloads
})

/** What it takes to get further than a 4xx: an admin call with the right token, a job, and a signed URL. */
const calls = fc
  .constantFrom(...templates.filter(({ route }) => route.startsWith(adminPrefix)))
  .chain(({ method, route }) => {
    const calls: Readonly<Record<string, unknown>> = Object(Object(openapi.paths)[route.slice(adminPrefix.length)])
    const { requestBody }: { requestBody?: object } = Object(calls[method.toLowerCase()])
    const name = /schemas\/(\w+)/.exec(JSON.stringify(requestBody ?? ""))?.[1] as keyof typeof bodies | undefined
    const texts = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...worlds, ...jobs.keys(), "start", "getJobById") },
      ids
    )
    const body = name === undefined ? fc.constant(undefined) : valuesOf(bodies[name], texts)
    return fc.record({
      kind: fc.constant("call" as const),
      method: fc.constant(method),
      path: fc.constantFrom(...worlds).map((world) => route.replace("{world}", world)),
      body: fc.oneof(
        { weight: 3, arbitrary: body.map((value) => JSON.stringify(value)) },
        {
          weight: 1,
          arbitrary: body.chain((value) => (value === undefined ? fc.constant(undefined) : changedValues(value)))
        }
      )
    })
  })

const durations = fc.constantFrom("0s", "1ms", "1s", "5s")
const effects: fc.Arbitrary<FaultEffect> = fc.oneof(
  durations.map(Fault.latency),
  fc
    .record(
      {
        status: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(204, 205, 304)),
        headers: fc.dictionary(
          fc.constantFrom("x-a", "content-type", "content-encoding", "date", "upgrade", "keep-alive", "location", "te"),
          fc.oneof(fc.constantFrom("", "a", "gzip", "text/html", "chunked"), fc.string({ maxLength: 8 }))
        ),
        body: values,
        retryAfter: durations,
        retryAfterAs: fc.constantFrom("seconds" as const, "date" as const)
      },
      { requiredKeys: ["status"] }
    )
    .map(({ status, ...rest }) => Fault.answer(status, rest)),
  fc.integer({ min: 1, max: 3 }).map((tokens) => Fault.limit(tokens, "3s")),
  fc.constantFrom(Fault.redirect("loop"), Fault.redirect("https://elsewhere.test/", 308)),
  fc
    .constantFrom("reset" as const, "close" as const)
    .chain((by) =>
      fc.constantFrom(
        ...[Fault.refuse(by), Fault.loseAnswer(by), Fault.cutHead(by), Fault.cutBody(0, by), Fault.cutBody(9, by)],
        Fault.cutBody(1e6, by)
      )
    ),
  fc.constantFrom("empty" as const, "malformed" as const, "scrambled" as const).map(Fault.body),
  fc.constantFrom(Fault.truncate(0), Fault.truncate(7), Fault.oversize(70_000), Fault.contentType("text/html")),
  fc.constantFrom(Fault.contentLengthOff(3), Fault.contentLengthOff(-3), Fault.contentLengthOff(-1e6)),
  fc.constantFrom(Fault.badChunk, Fault.corruptGzip, Fault.drip(500, "1s"))
)
const plans = fc.array(
  fc.record({
    on: fc.constantFrom<FaultRule["on"]>("*", "getJobById", "createJob", "getPackage", "ping", [
      "listJobs",
      "downloadJob"
    ]),
    do: effects,
    chance: fc.constantFrom(0.3, 1)
  }),
  { minLength: 1, maxLength: 3 }
)

const steps = fc.oneof(
  { weight: 8, arbitrary: requests },
  { weight: 3, arbitrary: calls },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("create" as const), world: fc.constantFrom(...worlds) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("package" as const),
      world: fc.constantFrom(...worlds),
      job: fc.nat(2),
      task: fc.option(fc.nat(3)),
      method: fc.constantFrom("GET", "HEAD"),
      ttl: fc.constantFrom(-1, 900_000),
      headers: fc.dictionary(fc.constantFrom(...headerNames), headerValues, { maxKeys: 2 })
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("faults" as const), rules: plans }) }
)

type Step = typeof steps extends fc.Arbitrary<infer A> ? A : never

interface Sent {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | undefined
}

interface Got {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error))

const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

/** What comes back: an answer, or the error of the connection. */
const send = ({ headers, method, path, payload, port }: Sent): Promise<Got | Error> =>
  new Promise((resolve) => {
    const length = payload === undefined ? {} : { "content-length": Buffer.byteLength(payload) }
    const request = http.request({ host: "127.0.0.1", port, agent, method, path, headers: { ...headers, ...length } })
    const stuck = setTimeout(() => request.destroy(new Error("no answer for 20 s")), 20_000)
    const end = (result: Got | Error) => {
      clearTimeout(stuck)
      resolve(result)
    }
    request.on("error", end)
    request.on("response", (response) => {
      const pieces: Array<Buffer> = []
      response.on("data", (piece) => pieces.push(piece))
      response.on("error", end)
      response.on("end", () =>
        end({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString() })
      )
    })
    request.end(payload)
  })

describe("a server", () => {
  const defects: Array<unknown> = []
  let server: Server
  let ports: { readonly api: number; readonly storage: number }

  beforeAll(async () => {
    server = await start({
      fixtures: undefined,
      creation: "onFirstUse",
      clock: () => new RealClock({ scale: 1_000 }),
      admin: { token: adminToken },
      onDefect: (error) => defects.push(error)
    })
    ports = { api: Number(new URL(server.url).port), storage: Number(new URL(await server.app.mock.storageUrl()).port) }
  })
  afterAll(async () => {
    agent.destroy()
    await server.close()
  })

  const manager = () => server.app.mock.worlds

  const begin = () => {
    defects.length = 0
    for (const { name } of manager().all) manager().drop(name)
    const tokens = { guest: { "*": "viewer" } } as const
    manager().createWith("fast", () => ({ clock: new RealClock({ scale: 1_000 }), tokens }))
    manager().createWith("still", () => ({ clock: new VirtualTime({ mode: "manual" }), tokens }))
  }

  /** The ids that a world's server has made. */
  const fill = (path: string): string => {
    const world = manager().get("fast") ?? manager().get("still")
    const made = [...workflows.keys()].flatMap((id) => world?.jobsOf(id) ?? [])
    const job = made.at(-1)
    const tasks = world && job && world.body(job)["tasks"]
    const taskId = Array.isArray(tasks) ? String(tasks[0]?.id) : "no-task"
    return path
      .replaceAll("{workflow}", job?.identity.workflowId ?? firstWorkflow)
      .replaceAll("{task:0}", taskId)
      .replaceAll(/\{job:(\d)\}/g, (_, index) => made.at(-1 - Number(index))?.identity.id ?? "no-job")
  }

  /** The request of a step; a step that only sets something up has none. */
  const requestOf = (step: Step): Sent | undefined => {
    switch (step.kind) {
      case "faults":
        manager()
          .get("fast")
          ?.faults.use(Fault.plan(...step.rules), 0)
        return undefined
      case "create": {
        const path = `/v0/workflows/${firstWorkflow}/jobs?project_id=p`
        const headers = { authorization: tokenOf(step.world, "owner") }
        return { port: ports.api, method: "POST", path, headers, payload: undefined }
      }
      case "call": {
        const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" }
        const { body: payload, method, path } = step
        return { port: ports.api, method, path: fill(path), headers, payload: payload && fill(payload) }
      }
      case "package": {
        const world = manager().get(step.world)
        const job = world?.jobsOf(firstWorkflow).at(-1 - step.job)
        if (world === undefined || job === undefined) return undefined
        const tasks = world.body(job)["tasks"]
        const task = step.task === null || !Array.isArray(tasks) ? undefined : tasks[step.task]?.id
        const taskId = typeof task === "string" ? task : undefined
        world.askForPackage(job.identity.id, taskId)
        const asset = { jobId: job.identity.id, taskId }
        const path = signedUrl("", world, asset, world.clock.now + step.ttl)
        const headers = Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, asHeader(value)]))
        return { port: ports.storage, method: step.method, path, headers, payload: undefined }
      }
      case "request": {
        const { host, method, payload, prefix, query, storage, target, token } = step
        const path = inTarget(
          fill(`${prefix === null ? "" : `/w/${prefix}`}${target.path}${query === "" ? "" : `?${query}`}`)
        )
        const named = Object.entries({
          ...step.headers,
          ...(token !== null && { authorization: token }),
          ...(host !== null && { host })
        })
        return {
          port: storage ? ports.storage : ports.api,
          method: method ?? target.method,
          path: path === "" ? "/" : path.slice(0, 7_000),
          headers: Object.fromEntries(named.map(([name, value]) => [name, asHeader(value)])),
          payload: payload && fill(payload)
        }
      }
    }
  }

  const journal = () => manager().get("fast")?.journal

  /** `fault` is what went wrong on purpose. */
  const check = (sent: Sent, got: Got | Error, fault: string): void => {
    if (got instanceof Error) {
      // what names an exchange that nobody has was given up before it came
      const isGivenUp = "x-mock-exchange" in sent.headers
      // whoever refuses what is no HTTP does not know that it was a HEAD, and sends a body
      const isNoHttp = sent.method === "HEAD" && /[\x80-\xff]/.test(sent.path)
      const isFaulted = /cut|badChunk|contentLengthOff|answer/.test(fault)
      assert.isTrue(isFaulted || isGivenUp || isNoHttp, got.message)
      return
    }
    const { headers, status, text } = got
    if (status >= 500) assert.match(fault, /answer/)
    assert.notInclude(text, "root:")
    assert.notProperty(headers, "set-cookie")
    if (status < 400 || fault !== "" || sent.method === "HEAD" || status === 417) return
    if (sent.port === ports.storage && !headers["content-type"]?.includes("json"))
      assert.match(text, /<Code>\w+<\/Code>/)
    else assert.isString(JSON.parse(text).error.message)
  }

  /** Whether it still answers, in both of the worlds and on both of its origins. */
  const isWell = async () => {
    for (const world of worlds) {
      const headers = { authorization: tokenOf(world, "owner") }
      manager().get(world)?.faults.use({ rules: [] }, 0)
      const answer = await send({ port: ports.api, method: "GET", path: "/v0/workflows", headers, payload: undefined })
      assert.deepInclude(answer, { status: 200 }, String(answer))
    }
    const nowhere = await send({ port: ports.storage, method: "GET", path: "/", headers: {}, payload: undefined })
    assert.deepInclude(nowhere, { status: 404 }, String(nowhere))
  }

  it("answers all that is asked as it was meant, without a defect", long, async () => {
    let count = 0
    const statuses = new Map<string, number>()
    const script = fc.array(steps, { minLength: 1, maxLength: 60, size: "max" })
    const { numRuns, ...parameters } = runs("FUZZ_REQUESTS", 1_500)
    await fc.assert(
      fc.asyncProperty(script, async (script) => {
        begin()
        for (const step of script) {
          const sent = requestOf(step)
          if (sent === undefined) continue
          const before = journal()?.count
          const got = await send(sent)
          const fault = journal()?.count === before ? undefined : journal()?.entries.at(-1)?.fault
          count++
          const key = got instanceof Error ? "error" : String(got.status)
          statuses.set(key, (statuses.get(key) ?? 0) + 1)
          assert.deepStrictEqual(defects.map(stackOf), [])
          check(sent, got, fault ?? "")
        }
        await isWell()
      }),
      { ...parameters, numRuns: Math.ceil(numRuns / 20) }
    )
    console.log(`${count} requests`, Object.fromEntries([...statuses].sort()))
    assert.isAbove(count, numRuns / 2)
  })
})

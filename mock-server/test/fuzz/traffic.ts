/**
 * Random requests: correct, nearly correct and hostile ones.
 */
import * as http from "node:http"
import * as fc from "effect/FastCheck"
import { character } from "../../../vitest.texts.js"
import type { FaultEffect, FaultRule } from "../../src/core/faults/Plan.js"
import { operations } from "../../src/core/Operations.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { bodies } from "../../src/http/admin/bodies.js"
import { openapi } from "../../src/http/admin/openapi.js"
import { adminPrefix } from "../../src/http/admin/routes.js"
import { changedValues, edits, evilWords, values } from "./json.js"
import { valuesOf } from "./schema.js"

const { jobs, scenarios, workflows } = shippedFixtures()
export const adminToken = "the-admin-token"
/** Two worlds: one in real time, a thousand times as fast, and one with manual time. */
export const worlds = ["fast", "still"] as const

// --- requests ---

/** Bytes as latin1 text, which a URL parser would not accept. */
const bytes = (text: string) => Buffer.from(text).toString("latin1")

/** Replaces lone surrogates, which have no UTF-8 bytes. */
const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString())

/** Removes characters that a request line cannot contain. */
const inTarget = (text: string) => text.replaceAll(/[^\x21-\xff]/g, "")

/** Names a job by its index in the world, since the server makes its id. */
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
    arbitrary: fc.string({ unit: character, maxLength: 6 }).map(encoded)
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
        // the first id of an operation mostly is a workflow's
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

export const [firstWorkflow = ""] = workflows.keys()
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

const conditions = ["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]
const headerNames = [
  ...conditions,
  ...["content-type", "origin", "accept-encoding", "x-http-method-override", "x-forwarded-host", "x-mock-exchange"],
  ...["cookie", "accept-version", "idempotency-key", "upgrade", "__proto__", "constructor", "x-a"]
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
/** Range and conditional headers of a package. */
const wishes = fc.record(
  {
    range: fc.oneof(
      fc.tuple(fc.nat(4_000), fc.nat(4_000)).map(([from, to]) => `bytes=${from}-${to}`),
      fc.nat(4_000).map((suffix) => `bytes=-${suffix}`),
      headerValues
    ),
    ...Object.fromEntries(conditions.filter((name) => name !== "range").map((name) => [name, headerValues]))
  },
  { requiredKeys: [] }
)

/** Requests that Node's client sends; the tests of the wire send others. */
const asHeader = (text: string) => bytes(text).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")
export const asHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asHeader(value)]))

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
  prefix: fc.option(fc.constantFrom(...worlds, "unknown", "A", ".."), { freq: 3 }),
  query: queries,
  token: fc.option(tokens, { freq: 8 }),
  headers: fc.dictionary(fc.constantFrom(...headerNames), headerValues, { maxKeys: 3 }),
  host: fc.option(fc.constantFrom("localhost", "evil.test", "[::1]:9", "", "127.0.0.1@evil.test", "LOCALHOST:1"), {
    freq: 3
  }),
  payload: payloads
})

/** Steps that get more than a 4xx: an admin call with the right token, a job, and a signed URL. */
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

/** Saves a world, continues, and restores it. */
const saves = fc
  .tuple(
    fc.constantFrom(...worlds),
    fc.constantFrom(
      ["POST", "/saves", '{"name":"s"}'] as const,
      ["POST", "/restore", '{"save":"s"}'] as const,
      ["GET", "/export", undefined] as const,
      ["DELETE", "/saves/s", undefined] as const,
      ["POST", "/reset", undefined] as const
    )
  )
  .map(([world, [method, path, body]]) => {
    return { kind: "call" as const, method: method as string, path: `${adminPrefix}/worlds/${world}${path}`, body }
  })

/** Valid bodies for a new world. */
const creations = fc
  .record(
    {
      name: fc.constantFrom("other", "another", ...worlds),
      clock: fc.constantFrom("real", "manual"),
      scenario: fc.constantFrom(...scenarios.keys()),
      speed: fc.constantFrom(1_000, 1_000_000), // otherwise a drip takes a minute
      tokens: fc.constantFrom({ guest: "revoked" }, { guest: { "*": "viewer" } }),
      quirks: fc.constantFrom({ unknownIds: 403 }, { errorType: "image/png" }, { everyStory: { unset: "zero" } })
    },
    { requiredKeys: ["speed"] }
  )
  .map((world) => {
    return { kind: "call" as const, method: "POST", path: `${adminPrefix}/worlds`, body: JSON.stringify(world) }
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
  fc.constantFrom(
    Fault.flip(3),
    Fault.truncate(0),
    Fault.truncate(7),
    Fault.oversize(70_000),
    Fault.contentType("text/html")
  ),
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

/** Requests that depend only on the addresses of the server. */
export const plainSteps = fc.oneof(
  { weight: 8, arbitrary: requests },
  { weight: 3, arbitrary: calls },
  { weight: 1, arbitrary: saves },
  { weight: 1, arbitrary: creations },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("create" as const), world: fc.constantFrom(...worlds) }) }
)

type PlainStep = typeof plainSteps extends fc.Arbitrary<infer A> ? A : never

export const steps = fc.oneof(
  { weight: 13, arbitrary: plainSteps },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("restore" as const),
      world: fc.constantFrom(...worlds),
      edits: fc.oneof(edits(0), edits(1))
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("package" as const),
      world: fc.constantFrom(...worlds),
      job: fc.nat(2),
      task: fc.option(fc.nat(3)),
      method: fc.constantFrom("GET", "HEAD"),
      ttl: fc.constantFrom(-1, 900_000, 900_000),
      headers: fc.oneof(wishes, fc.record({ range: fc.constantFrom("bytes=5-", "bytes=2-9") }))
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("faults" as const), rules: plans }) }
)

export type Step = typeof steps extends fc.Arbitrary<infer A> ? A : never

export interface Sent {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | undefined
}

export interface Ports {
  readonly api: number
  readonly storage: number
}

/** Makes the request of a step; `fill` inserts the ids that the server has made. */
export const sentOf = (step: PlainStep, ports: Ports, fill: (text: string) => string): Sent => {
  switch (step.kind) {
    case "create": {
      const path = `/v0/workflows/${firstWorkflow}/jobs?project_id=p`
      const headers = { authorization: tokenOf(step.world, "owner") }
      return { port: ports.api, method: "POST", path, headers, payload: undefined }
    }
    case "call": {
      const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" }
      const { body, method, path } = step
      return { port: ports.api, method, path: fill(path), headers, payload: body && fill(body) }
    }
    case "request": {
      const { headers, host, method, payload, prefix, query, storage, target, token } = step
      const path = `${prefix === null ? "" : `/w/${prefix}`}${target.path}${query === "" ? "" : `?${query}`}`
      return {
        port: storage ? ports.storage : ports.api,
        method: method ?? target.method,
        path: inTarget(fill(path)).slice(0, 7_000) || "/",
        headers: asHeaders({
          ...headers,
          ...(token !== null && { authorization: token }),
          ...(host !== null && { host })
        }),
        payload: payload && fill(payload)
      }
    }
  }
}

export interface Got {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

export const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

/** Result of a request: an answer, or the error of the connection. */
export const send = ({ headers, method, path, payload, port }: Sent): Promise<Got | Error> =>
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

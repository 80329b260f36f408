/**
 * A billable request leaves at most once per attempt, under any middleware of the application. A local server counts
 * the real requests.
 */
import * as http from "node:http"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { type Conduct, Fault, MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { Agent, fetch as undiciFetch } from "undici"
import { sample } from "../../../../vitest.size.js"
import { JobsApi, Pixxel } from "../../src/index.js"
import { version } from "../../src/internal/version.js"
import { projectId, token, workflowId } from "../scripted.js"
import * as worlds from "./world.js"

// --- the server ---

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The answer to a POST; `undefined` closes the connection without an answer. */
type Script = ReadonlyArray<Answer | undefined>

interface Post {
  readonly path: string
  readonly headers: ReadonlyArray<string>
  readonly bytes: number
}

/** Answers lists with no jobs and POSTs by the script, repeating its last answer. */
const serving = (script: Script) =>
  Effect.gen(function* () {
    const posts: Array<Post> = []
    const server = http.createServer((request, response) => {
      if (request.method !== "POST") return void response.end(JSON.stringify({ jobs: [] }))
      let bytes = 0
      request.on("data", (piece: Buffer) => {
        bytes += piece.length
      })
      request.on("end", () => {
        posts.push({ path: request.url ?? "", headers: request.rawHeaders, bytes })
        const answer = script[Math.min(posts.length, script.length) - 1]
        if (answer === undefined) return void request.socket.destroy()
        response.writeHead(answer.status ?? 200, answer.headers)
        response.end(answer.body === undefined ? "" : JSON.stringify(answer.body))
      })
    })
    const baseUrl = yield* Effect.acquireRelease(
      Effect.async<string>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(`http://127.0.0.1:${Object(server.address()).port}`)))
      }),
      () =>
        Effect.async<void>((resume) => {
          server.closeAllConnections()
          server.close(() => resume(Effect.void))
        })
    )
    return { baseUrl, posts }
  })

const job = { body: { id: "job-1" } }

// --- the application ---

const transports = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer
} as const
const names = ["fetch", "undici", "node:http"] as const

type Wrap = (client: HttpClient.HttpClient) => HttpClient.HttpClient

const middleware: Readonly<Record<string, Wrap>> = {
  nothing: (client) => client,
  retry: HttpClient.retry({ times: 2 }),
  retryTransient: HttpClient.retryTransient({ times: 2 }),
  "retryTransient with filterStatusOk": (client) =>
    client.pipe(HttpClient.filterStatusOk, HttpClient.retryTransient({ times: 2 })),
  followRedirects: HttpClient.followRedirects(),
  "other headers and all of them": (client) =>
    client.pipe(
      HttpClient.mapRequest(HttpClientRequest.setHeader("x-app", "1")),
      HttpClient.followRedirects(),
      HttpClient.retryTransient({ times: 2 }),
      HttpClient.retry({ times: 2 })
    ),
  "a retry of defects": (client) =>
    HttpClient.transform(client, (effect) =>
      effect.pipe(Effect.sandbox, Effect.retry({ times: 2 }), Effect.catchAll(Effect.failCause))
    )
}

interface Tracing {
  readonly name: string
  readonly client: Wrap
  readonly program: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const tracings: ReadonlyArray<Tracing> = [
  { name: "with tracing", client: (client) => client, program: (self) => self },
  { name: "without tracing", client: (client) => client, program: Effect.withTracerEnabled(false) },
  {
    name: "with a withTracerDisabledWhen of the application",
    client: HttpClient.withTracerDisabledWhen(() => true),
    program: (self) => self
  },
  {
    name: "with another withTracerDisabledWhen of the application",
    client: HttpClient.withTracerDisabledWhen(() => false),
    program: (self) => self
  }
]

const clientOf = (transport: Layer.Layer<HttpClient.HttpClient>, wrap: Wrap) =>
  Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, wrap)).pipe(Layer.provide(transport))

const pixxel = (baseUrl: string, client: Layer.Layer<HttpClient.HttpClient>) =>
  Pixxel.layer({ token: Redacted.make(token), baseUrl, retry: { baseDelay: 0 } }).pipe(Layer.provide(client))

const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))

// --- the table ---

const losses: ReadonlyArray<readonly [string, Answer | undefined]> = [
  ["has no answer", undefined],
  ["is answered 503", { status: 503 }],
  ["is answered 504", { status: 504 }],
  ["is answered 307", { status: 307, headers: { location: "/elsewhere" } }],
  ["is answered 308", { status: 308, headers: { location: "/elsewhere" } }]
]

describe.each(names)("a create over %s", (transport) => {
  describe.each(Object.keys(middleware).map((around, turn) => [around, turn] as const))("under %s", (around, turn) => {
    it.scoped.each(sample(tracings, 4, turn))("leaves once, $name", ({ client, name, program }) =>
      Effect.gen(function* () {
        for (const [what, answer] of losses) {
          const { baseUrl, posts } = yield* serving([answer])
          const layer = pixxel(
            baseUrl,
            clientOf(transports[transport], (base) => middleware[around]?.(client(base)) ?? base)
          )
          const error = yield* create.pipe(Effect.flip, Effect.provide(layer), program)
          assert.strictEqual(error._tag, "CreateOutcomeUnknown", `${name}: ${what}`)
          assert.lengthOf(posts, 1, `${name}: ${what}`)
        }
      })
    )
  })

  it.scoped("is repeated in a separate attempt, and each leaves once", () =>
    Effect.gen(function* () {
      const { baseUrl, posts } = yield* serving([{ status: 429 }, { status: 429 }, job])
      const layer = pixxel(baseUrl, clientOf(transports[transport], HttpClient.retry({ times: 2 })))
      assert.strictEqual((yield* Effect.provide(create, layer)).id, "job-1")
      assert.lengthOf(posts, 3)
    })
  )

  it.scoped("with an id in the answer is that job, even if a second send was stopped", () =>
    Effect.gen(function* () {
      const { baseUrl, posts } = yield* serving([job])
      const hedged: Wrap = (base) => HttpClient.transform(base, (effect) => Effect.race(effect, effect))
      const layer = pixxel(baseUrl, clientOf(transports[transport], hedged))
      assert.strictEqual((yield* Effect.provide(create, layer)).id, "job-1")
      assert.lengthOf(posts, 1)
    })
  )

  it.scoped("is an empty POST on the wire", () =>
    Effect.gen(function* () {
      const { baseUrl, posts } = yield* serving([job])
      const client = clientOf(transports[transport], (base) => base)
      yield* Effect.provide(create, pixxel(baseUrl, client))
      yield* Effect.flatMap(HttpClient.HttpClient, (it) =>
        HttpClient.withTracerDisabledWhen(it, () => true).execute(
          HttpClientRequest.post(`${baseUrl}${posts[0]?.path}`, {
            headers: {
              "user-agent": `effect-pixxel/${version}`,
              authorization: `Bearer ${token}`,
              accept: "application/json",
              "accept-encoding": "gzip, deflate"
            }
          })
        )
      ).pipe(Effect.provide(client))
      assert.lengthOf(posts, 2)
      assert.deepStrictEqual(posts[0], posts[1])
      assert.include(posts[0]?.headers.map((it) => it.toLowerCase()).join(" "), "content-length 0")
    })
  )
})

// --- the following search ---

const wraps = [
  ["retry", middleware["retry"]],
  ["retryTransient", middleware["retryTransient"]],
  ["followRedirects", middleware["followRedirects"]]
] as const

describe.each(worlds.transports)("a create over the mock, %s,", (transport) => {
  const app = (wrap: Wrap = (client) => client, conduct: Conduct = {}) =>
    Layer.unwrapEffect(
      Effect.map(MockServer, ({ baseUrl, token }) =>
        Pixxel.layer({ baseUrl, token }).pipe(
          Layer.provide(Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, wrap)))
        )
      )
    ).pipe(Layer.provideMerge(MockServer.layer({ transport, conduct })))

  const order = { workflowId: worlds.workflowOf("instant"), projectId: worlds.projectId }

  it.effect.each(wraps)("under %s, with a lost answer, is sent once and found", ([, wrap]) =>
    Effect.gen(function* () {
      const { faults, requests } = yield* MockServer
      yield* faults.use(Fault.plan(Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [1] })))
      const { id } = yield* Effect.flatMap(JobsApi, (jobs) => jobs.create(order))
      const seen = (yield* requests).filter(({ operation }) => operation === "createJob")
      assert.lengthOf(seen, 1)
      yield* faults.use(Fault.plan())
      const jobs = yield* Effect.flatMap(JobsApi, (it) => it.list(order))
      assert.deepStrictEqual(
        jobs.map((it) => it.id),
        [id]
      )
    }).pipe(Effect.provide(app(wrap)))
  )

  it.effect.each(wraps)("under %s, with a redirect, is sent once and not followed", ([, wrap]) =>
    Effect.gen(function* () {
      const { faults, requests } = yield* MockServer
      yield* faults.use(Fault.plan(Fault.on("createJob", Fault.redirect("loop", 307))))
      const error = yield* Effect.flip(Effect.flatMap(JobsApi, (jobs) => jobs.create(order)))
      assert(error._tag === "CreateOutcomeUnknown", error._tag)
      assert.isEmpty(error.candidates)
      const seen = (yield* requests).filter(({ operation }) => operation === "createJob")
      assert.lengthOf(seen, 1)
      // The middleware leaves the body of a redirect unread.
    }).pipe(Effect.provide(app(wrap, { unreadBody: false })))
  )
})

// --- clients that hide their sends ---

const logging = (lines: Array<string>) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ message }) => void lines.push(String(message)))
  )

/** A client not made by the platform's `make`, which reads no body. */
const hidden = (steps: Array<string>) =>
  HttpClient.makeWith(
    Effect.flatMap((request: HttpClientRequest.HttpClientRequest) => {
      steps.push(request.method)
      const body = request.method === "GET" ? { jobs: [] } : { id: "job-1" }
      return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(body)))
    }),
    Effect.succeed<HttpClientRequest.HttpClientRequest>
  )

describe("a client that hides its sends", () => {
  it.effect("is reported once, before any payment", () => {
    const steps: Array<string> = []
    const lines: Array<string> = steps
    return Effect.gen(function* () {
      const jobs = yield* JobsApi
      yield* jobs.create({ workflowId, projectId })
      yield* jobs.create({ workflowId, projectId })
      assert.deepStrictEqual(
        steps.map((it) => it.slice(0, 20)),
        ["GET", "The HttpClient hides", "POST", "GET", "POST"]
      )
    }).pipe(
      Effect.provide(pixxel("http://pixxel.test", Layer.succeed(HttpClient.HttpClient, hidden(steps)))),
      Effect.provide(logging(lines))
    )
  })

  it.effect("is not one with a transport that asks, or reads the body", () => {
    const lines: Array<string> = []
    const answer = (request: HttpClientRequest.HttpClientRequest) =>
      Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ id: "job-1", jobs: [] })))
    const asking = HttpClient.make(answer)
    const reading = HttpClient.make((request) => {
      assert.isUndefined(request.body._tag === "Raw" ? request.body.body : undefined)
      return answer(request)
    })
    const creating = (client: HttpClient.HttpClient) =>
      Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId })).pipe(
        Effect.provide(pixxel("http://pixxel.test", Layer.succeed(HttpClient.HttpClient, client)))
      )
    return Effect.gen(function* () {
      yield* creating(asking)
      yield* Effect.withTracerEnabled(creating(reading), false)
      assert.isEmpty(lines)
    }).pipe(Effect.provide(logging(lines)))
  })

  it.effect.each([
    ["reads no body", Effect.withTracerEnabled(true), false],
    ["asks nothing", Effect.withTracerEnabled(false), true]
  ] as const)("is not one that %s: another guard stops its second send", ([, program, reads]) =>
    Effect.gen(function* () {
      let posts = 0
      const failing = HttpClient.make((request) => {
        if (reads) void (request.body._tag === "Raw" ? request.body.body : undefined)
        posts++
        return Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport" }))
      })
      const client = Layer.succeed(HttpClient.HttpClient, HttpClient.retry(failing, { times: 2 }))
      const error = yield* create.pipe(Effect.flip, Effect.provide(pixxel("http://pixxel.test", client)), program)
      assert.strictEqual(error._tag, "CreateOutcomeUnknown")
      assert.strictEqual(posts, 1)
    })
  )

  it.effect("is not one with middleware that signs the body", () => {
    const lines: Array<string> = []
    let posts = 0
    const base = HttpClient.make((request) => {
      if (request.method === "POST") posts++
      return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ id: "job-1", jobs: [] })))
    })
    const signing = HttpClient.mapRequest(base, (request) =>
      HttpClientRequest.setHeader(
        request,
        "x-signature",
        String(request.body._tag === "Raw" ? request.body.body : request.body._tag)
      )
    )
    return Effect.gen(function* () {
      const { id } = yield* Effect.provide(
        create,
        pixxel("http://pixxel.test", Layer.succeed(HttpClient.HttpClient, signing))
      )
      assert.strictEqual(id, "job-1")
      assert.strictEqual(posts, 1)
      assert.isEmpty(lines)
    }).pipe(Effect.provide(logging(lines)))
  })

  it.effect("and fails over to another one is stopped before the second", () =>
    Effect.gen(function* () {
      const hosts: Array<string> = []
      const failing = (name: string) =>
        HttpClient.make((request) => {
          void (request.body._tag === "Raw" ? request.body.body : undefined)
          hosts.push(name)
          return Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport" }))
        })
      const second = HttpClient.withTracerDisabledWhen(failing("second"), () => true)
      const client = HttpClient.transform(failing("first"), (effect, request) =>
        Effect.catchAll(effect, () => second.execute(request))
      )
      const error = yield* create.pipe(
        Effect.flip,
        Effect.provide(pixxel("http://pixxel.test", Layer.succeed(HttpClient.HttpClient, client)))
      )
      assert.strictEqual(error._tag, "CreateOutcomeUnknown")
      assert.include(error.message, "about to repeat the request")
      assert.deepStrictEqual(hosts, ["first"])
    })
  )
})

// --- 421 ---

const agent = new Agent()

/** A `fetch` with a hidden dispatcher, as in a browser. */
const otherFetch = Layer.provide(
  FetchHttpClient.layer,
  Layer.succeed(
    FetchHttpClient.Fetch,
    // undici and the DOM declare the same types differently
    ((input: string, init: object) => undiciFetch(String(input), { ...init, dispatcher: agent })) as never
  )
)

/** A dispatcher for Node's fetch in the application's `RequestInit`. */
const ownDispatcher = (dispatched: Array<string>) => {
  const inner: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"))
  assert(typeof inner === "object" && inner !== null && "dispatch" in inner && typeof inner.dispatch === "function")
  const dispatch = inner.dispatch.bind(inner)
  return Object.create(inner, {
    dispatch: {
      value: (options: { readonly path: string }, handler: unknown) => {
        dispatched.push(options.path)
        return dispatch(options, handler)
      }
    }
  })
}

describe("a create answered 421", () => {
  const rows: ReadonlyArray<
    readonly [string, Layer.Layer<HttpClient.HttpClient>, twice: number, then200: "CreateOutcomeUnknown" | "job-1"]
  > = [
    ["fetch", transports.fetch, 1, "CreateOutcomeUnknown"],
    ["undici", transports.undici, 1, "CreateOutcomeUnknown"],
    ["node:http", transports["node:http"], 1, "CreateOutcomeUnknown"],
    // The Fetch standard repeats it, below every guard.
    ["a fetch of the application", otherFetch, 2, "job-1"]
  ]
  it.scoped.each(rows)("over %s is unknown, and an id in the answer is the job", ([, transport, count, then200]) =>
    Effect.gen(function* () {
      const twice = yield* serving([{ status: 421 }])
      const error = yield* Effect.flip(Effect.provide(create, pixxel(twice.baseUrl, transport)))
      assert.strictEqual(error._tag, "CreateOutcomeUnknown")
      assert.lengthOf(twice.posts, count)

      const once = yield* serving([{ status: 421 }, job])
      const outcome: string = yield* Effect.provide(create, pixxel(once.baseUrl, transport)).pipe(
        Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: ({ id }) => id })
      )
      assert.strictEqual(outcome, then200)
      assert.lengthOf(once.posts, count)
    })
  )

  it.scoped("over fetch uses the dispatcher of the application once", () =>
    Effect.gen(function* () {
      const { baseUrl, posts } = yield* serving([{ status: 421 }, job])
      const dispatched: Array<string> = []
      const error = yield* create.pipe(
        Effect.flip,
        Effect.provide(pixxel(baseUrl, transports.fetch)),
        Effect.provideService(FetchHttpClient.RequestInit, { dispatcher: ownDispatcher(dispatched) } as RequestInit)
      )
      assert.strictEqual(error._tag, "CreateOutcomeUnknown")
      assert.lengthOf(posts, 1)
      assert.lengthOf(dispatched, 1)
    })
  )
})

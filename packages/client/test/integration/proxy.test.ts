/** The application's options for `fetch` apply under the client from every place, through a real proxy. */
import * as http from "node:http"
import * as net from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel, RetryPolicy } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { ProxyAgent } from "undici"
import { Connection } from "../../src/internal/connection.js"
import * as plan from "../../src/internal/download/plan.js"
import * as storage from "../../src/internal/download/storage.js"
import { jobId, workflowId } from "../scripted.js"

const listening = (server: http.Server): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<http.Server>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map(() => `127.0.0.1:${Object(server.address()).port}`))

/** A proxy that serves CONNECT and absolute URLs, and records the targets. */
const proxying = Effect.gen(function* () {
  const asked: Array<string> = []
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const through = http.request(request.url ?? "", { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(through)
  })
  server.on("connect", (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`)
    const [host = "", port = ""] = (request.url ?? "").split(":")
    const through = net.connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      through.write(head)
      through.pipe(socket)
      socket.pipe(through)
    })
    through.on("error", () => socket.destroy())
    socket.on("error", () => through.destroy())
  })
  const address = yield* listening(server)
  return { asked, url: `http://${address}` }
})

const answering = (answer: (request: http.IncomingMessage, response: http.ServerResponse) => void) => {
  const seen: Array<http.IncomingMessage> = []
  const server = http.createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  return Effect.map(listening(server), (address) => ({ seen, url: `http://${address}` }))
}

const token = Redacted.make("px-token")
const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))
const init = (value: RequestInit) => Layer.succeed(FetchHttpClient.RequestInit, value)

type Client = Layer.Layer<Pixxel.Services, unknown, HttpClient.HttpClient>
type Run = <A, E>(
  program: Effect.Effect<A, E, Pixxel.Services>,
  client: Client,
  value: RequestInit
) => Effect.Effect<A, unknown>

/** Clients of applications. */
const middleware: Readonly<Record<string, (client: HttpClient.HttpClient) => HttpClient.HttpClient>> = {
  "fetch alone": (it) => it,
  "a retry": HttpClient.retry({ times: 1 }),
  "a transform": HttpClient.transform((send) => send),
  "redirects followed": HttpClient.followRedirects(3),
  "another name for spans": HttpClient.withSpanNameGenerator(() => "x")
}

const fetchWith = (around: (client: HttpClient.HttpClient) => HttpClient.HttpClient) =>
  Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, around)).pipe(
    Layer.provide(FetchHttpClient.layer)
  )

const places = (transport: Layer.Layer<HttpClient.HttpClient>): Readonly<Record<string, Run>> => ({
  "below, to the layer of fetch": (program, client, value) =>
    Effect.provide(program, client.pipe(Layer.provide(transport), Layer.provide(init(value)))),
  "to the layer of fetch alone": (program, client, value) =>
    Effect.provide(program, client.pipe(Layer.provide(transport.pipe(Layer.provide(init(value)))))),
  "to the layer of the client": (program, client, value) =>
    Effect.provide(program, client.pipe(Layer.provide(init(value)), Layer.provide(transport))),
  "around the program": (program, client, value) =>
    program.pipe(Effect.provide(client.pipe(Layer.provide(transport))), Effect.provide(init(value)))
})

describe("options for fetch", () => {
  for (const [kind, around] of Object.entries(middleware)) {
    for (const [place, run] of Object.entries(places(fetchWith(around)))) {
      for (const tunnel of [true, false]) {
        for (const tracing of [true, false]) {
          it.live(
            `provided ${place}, with ${kind}, go through ${tunnel ? "CONNECT" : "an absolute URL"}, ${tracing ? "traced" : "not traced"}`,
            () =>
              Effect.gen(function* () {
                const proxy = yield* proxying
                const api = yield* answering((_, response) => response.end(JSON.stringify({ id: "job-1" })))
                const dispatcher = new ProxyAgent({ uri: proxy.url, proxyTunnel: tunnel })
                const client = Pixxel.layer({ token, baseUrl: api.url, retry: RetryPolicy.none })
                // The type of Node's fetch has no dispatcher.
                const options = { dispatcher } as RequestInit
                const program = Effect.all([get, get])
                yield* run(tracing ? program : Effect.withTracerEnabled(program, false), client, options)
                const host = new URL(api.url).host
                assert.strictEqual(
                  proxy.asked[0],
                  tunnel ? `CONNECT ${host}` : `GET ${api.url}/v0/workflows/wf-1/jobs/job-1`
                )
                assert.lengthOf(api.seen, 2)
                assert.strictEqual(api.seen[0]?.headers.authorization, "Bearer px-token")
                yield* Effect.promise(() => dispatcher.close())
              }).pipe(Effect.scoped)
          )
        }
      }
    }
  }
})

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** A custom `fetch` that answers like the API and its store. */
const fetching = () => {
  const sent: Array<Sent> = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({ url: String(url), init: init ?? {} })
    return String(url).includes("store.test")
      ? new Response("package", { headers: { "content-length": "7" } })
      : new Response(null, { status: 302, headers: { location: "https://elsewhere.test/" } })
  }
  return { sent, fetch: Layer.succeed(FetchHttpClient.Fetch, fetch) }
}

describe("a fetch of the application", () => {
  const options: RequestInit = { headers: { "x-app": "1" }, credentials: "include", cache: "no-store" }
  const given = (fetch: Layer.Layer<never>): Readonly<Record<string, Layer.Layer<HttpClient.HttpClient>>> => ({
    "below the layer of fetch": FetchHttpClient.layer.pipe(Layer.provide(Layer.merge(fetch, init(options)))),
    "beside the layer of fetch": Layer.mergeAll(FetchHttpClient.layer, fetch, init(options)),
    "with tracing disabled in it": Layer.effect(
      HttpClient.HttpClient,
      Effect.map(
        HttpClient.HttpClient,
        HttpClient.withTracerDisabledWhen(() => true)
      )
    ).pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(Layer.merge(fetch, init(options))))
  })

  for (const place of Object.keys(given(Layer.empty))) {
    it.effect(`is used with its options, and follows no redirect: ${place}`, () =>
      Effect.gen(function* () {
        const { fetch, sent } = fetching()
        const transport = given(fetch as Layer.Layer<never>)[place]!
        const client = Pixxel.layer({ token, baseUrl: "https://api.test", retry: RetryPolicy.none }).pipe(
          Layer.provide(transport)
        )
        yield* Effect.gen(function* () {
          // The client learns at the first call that this HttpClient does not ask before it sends.
          yield* Effect.flip(get)
          assert.strictEqual((yield* Effect.flip(get))._tag, "PixxelUnexpectedStatus")
          const http = yield* Connection
          yield* storage.answer({
            http,
            method: "GET",
            url: Redacted.make("https://store.test/a.zip?sig=12345678"),
            held: plan.nothing,
            asked: plan.firstAsked,
            idle: Duration.seconds(1)
          })
        }).pipe(Effect.provide(client))
        const { init } = sent[1]!
        assert.strictEqual(init.redirect, "manual")
        assert.strictEqual(init.cache, "no-store")
        assert.strictEqual(init.credentials, "include")
        assert.strictEqual(new Headers(init.headers).get("x-app"), "1")
        assert.isTrue(new Headers(init.headers).has("authorization"))

        const toStore = sent[2]!.init
        assert.strictEqual(sent[2]!.url, "https://store.test/a.zip?sig=12345678")
        assert.strictEqual(toStore.redirect, "manual")
        assert.strictEqual(toStore.cache, "no-store")
        assert.strictEqual(toStore.credentials, "omit")
        for (const name of ["x-app", "authorization"]) assert.isFalse(new Headers(toStore.headers).has(name))
      })
    )
  }
})

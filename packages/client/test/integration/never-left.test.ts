/**
 * Connections that never existed, and connections that broke, as fetch, undici and node:http really report them: the
 * test captures the errors of each transport against local servers, and passes them to a client on a test clock.
 */
import { readFileSync } from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import * as net from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { Agent, type Dispatcher, ProxyAgent, fetch as undiciFetch } from "undici"
import { sample } from "../../../../vitest.size.js"
import { JobsApi, Pixxel, RetryPolicy } from "../../src/index.js"
import { coded, projectId, token, workflowId } from "../scripted.js"

const pem = (name: string) => readFileSync(new URL(`./tls/${name}`, import.meta.url))
const key = pem("localhost.key")
const cert = pem("localhost.crt")

// --- servers ---

const listening = (server: net.Server) =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(Object(server.address()).port)))
    }),
    () =>
      Effect.async<void>((resume) => {
        if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections()
        server.close(() => resume(Effect.void))
      })
  )

const secure = (options: https.ServerOptions = {}) => https.createServer({ key, cert, ...options }, (_, it) => it.end())

const refusingProxy = () => {
  const proxy = http.createServer()
  proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"))
  return proxy
}

// --- transports ---

const transports = ["fetch", "undici", "node:http"] as const
type Transport = (typeof transports)[number]

/** The application's setup of the transport. */
interface Setup {
  readonly ca?: Buffer
  readonly proxy?: number
  readonly lookup?: net.LookupFunction
}

const fetchOver =
  (dispatcher: Dispatcher): typeof globalThis.fetch =>
  async (input, init) =>
    // undici and the DOM declare the same types differently
    (await undiciFetch(String(input), { ...init, dispatcher } as unknown as Parameters<
      typeof undiciFetch
    >[1])) as unknown as Response

const layerOf = (transport: Transport, { ca, lookup, proxy }: Setup) => {
  if (transport === "node:http") {
    return NodeHttpClient.layerWithoutAgent.pipe(Layer.provide(NodeHttpClient.makeAgentLayer({ ca, lookup })))
  }
  const isPlain = ca === undefined && proxy === undefined && lookup === undefined
  if (transport === "fetch" && isPlain) return FetchHttpClient.layer
  const dispatcher =
    proxy === undefined ? new Agent({ connect: { ca, lookup } }) : new ProxyAgent(`http://127.0.0.1:${proxy}`)
  return transport === "undici"
    ? NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
        Layer.provide(Layer.succeed(NodeHttpClient.Dispatcher, dispatcher))
      )
    : FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetchOver(dispatcher))))
}

/** The error of a transport. */
const causeOf = (transport: Transport, url: string, setup: Setup) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(HttpClientRequest.post(url))).pipe(
    Effect.flip,
    Effect.map((error) => error.cause),
    Effect.provide(layerOf(transport, setup))
  )

// --- the client ---

/** Runs a create over a transport with this error. */
const failureOf = (cause: unknown) =>
  Effect.gen(function* () {
    const failing = HttpClient.make((request) =>
      Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
    )
    const layer = Pixxel.layer({ token: Redacted.make(token) }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, failing))
    )
    const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))
    const fiber = yield* Effect.fork(create.pipe(Effect.flip, Effect.provide(layer)))
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

type Outcome = "retried" | "never left" | "unknown"

/** Never left and retried; never left and not worth a retry; or unknown. */
const outcomeOf = (cause: unknown) =>
  Effect.map(failureOf(cause), (error): Outcome => {
    if (error._tag === "CreateOutcomeUnknown") {
      assert.lengthOf(error.attempts, 1)
      return "unknown"
    }
    assert(error._tag === "PixxelTransportError", error._tag)
    assert.strictEqual(error.sent, false)
    if (error.attempts.length === 1) return "never left"
    assert.lengthOf(error.attempts, RetryPolicy.defaults.maxAttempts)
    return "retried"
  })

// --- the table ---

interface Case {
  readonly what: string
  readonly where: Effect.Effect<{ readonly url: string } & Setup, never, Scope.Scope>
  readonly outcome: Outcome | Readonly<Record<Transport, Outcome>>
  /** Default: all transports. */
  readonly over?: ReadonlyArray<Transport>
}

const at = (scheme: "http" | "https", host: string, server: () => net.Server, setup: Setup = {}) =>
  Effect.map(listening(server()), (port) => ({ url: `${scheme}://${host}:${port}`, ...setup }))

const closed = Effect.scoped(listening(net.createServer()))

const twoAddresses: net.LookupFunction = (_, __, done) =>
  done(null, [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 }
  ])

const cases: ReadonlyArray<Case> = [
  {
    what: "a closed port",
    where: Effect.map(closed, (port) => ({ url: `http://127.0.0.1:${port}` })),
    outcome: "retried"
  },
  {
    what: "a name with two addresses and closed ports",
    where: Effect.map(closed, (port) => ({ url: `http://localhost:${port}`, lookup: twoAddresses })),
    outcome: "retried"
  },
  {
    what: "an unreachable network",
    where: Effect.succeed({ url: "http://255.255.255.255:81" }),
    outcome: "retried"
  },
  {
    what: "an unknown host name",
    where: Effect.succeed({ url: `http://${"n".repeat(64)}.invalid` }),
    outcome: "retried"
  },
  {
    what: "a connection closed during the TLS handshake",
    where: at("https", "localhost", () => net.createServer((socket) => socket.once("data", () => socket.destroy()))),
    outcome: "retried"
  },
  {
    what: "a proxy that refuses CONNECT",
    // Without the proxy, the server would answer.
    where: Effect.zipWith(
      listening(http.createServer((_, it) => it.end())),
      listening(refusingProxy()),
      (port, proxy) => ({
        url: `http://localhost:${port}`,
        proxy
      })
    ),
    outcome: "retried",
    // Node's own agents support proxies from Node 24 on.
    over: ["fetch", "undici"]
  },
  {
    what: "a self-signed certificate",
    where: at("https", "localhost", secure),
    outcome: "never left"
  },
  {
    what: "a certificate for another name",
    where: at("https", "127.0.0.1", secure, { ca: cert }),
    outcome: "never left"
  },
  {
    what: "a port that fetch blocks",
    where: Effect.succeed({ url: "http://127.0.0.1:6000" }),
    outcome: { fetch: "never left", undici: "retried", "node:http": "retried" }
  },
  {
    what: "a TLS alert after the handshake",
    where: at(
      "https",
      "localhost",
      () => secure({ requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" }),
      { ca: cert }
    ),
    outcome: "unknown"
  },
  {
    what: "a TLS alert in the handshake",
    where: at(
      "https",
      "localhost",
      () => secure({ requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" }),
      { ca: cert }
    ),
    outcome: "unknown"
  },
  {
    what: "a reset of the connection",
    where: at("http", "127.0.0.1", () => http.createServer(({ socket }) => socket.resetAndDestroy())),
    outcome: "unknown"
  },
  {
    what: "a connection closed without an answer",
    where: at("http", "127.0.0.1", () => http.createServer(({ socket }) => socket.destroy())),
    outcome: "unknown"
  }
]

describe.each(transports)("a create over %s", (transport) => {
  it.scoped.each(
    sample(
      cases.filter(({ over = transports }) => over.includes(transport)),
      transports.length,
      transports.indexOf(transport)
    )
  )("that meets $what", ({ outcome, where }) =>
    Effect.gen(function* () {
      const { url, ...setup } = yield* where
      const cause = yield* causeOf(transport, url, setup)
      assert.strictEqual(yield* outcomeOf(cause), typeof outcome === "string" ? outcome : outcome[transport])
    })
  )
})

// --- errors that no local server can cause ---

const failed = (code: string, syscall?: string, message = code) => Object.assign(coded(code, message), { syscall })
const several = (...errors: ReadonlyArray<Error>) => new AggregateError(errors)

describe("a create with a transport error of", () => {
  const reports: ReadonlyArray<readonly [string, Error, Outcome]> = [
    ...["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET", "EADDRNOTAVAIL", "EMFILE", "EACCES"].map(
      (code) => [`${code} of connect`, failed(code, "connect"), "retried"] as const
    ),
    ...["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET", "EPIPE", "ECONNREFUSED"].flatMap((code) =>
      ["read", "write"].map((syscall) => [`${code} of ${syscall}`, failed(code, syscall), "unknown"] as const)
    ),
    ["ETIMEDOUT without a system call", failed("ETIMEDOUT"), "unknown"],
    ["EAI_FAIL", failed("EAI_FAIL", "getaddrinfo"), "retried"],
    ["a name server that fails", failed("ESERVFAIL", "queryA"), "retried"],
    ["a connection that takes too long", failed("UND_ERR_CONNECT_TIMEOUT"), "retried"],
    ["the tunnel of Node's proxy", failed("ERR_PROXY_TUNNEL"), "retried"],
    [
      "the tunnel of an agent",
      failed("ECONNRESET", undefined, "tunneling socket could not be established, statusCode=403"),
      "retried"
    ],
    ["an expired certificate", failed("CERT_HAS_EXPIRED"), "never left"],
    ["an alert of the peer", failed("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"), "unknown"],
    ["EPROTO of the peer", failed("EPROTO", "write"), "unknown"],
    [
      "several addresses that cannot be reached",
      several(failed("ENETUNREACH", "connect"), failed("ETIMEDOUT", "connect")),
      "retried"
    ],
    [
      "a broken connection, and then a failed one",
      several(failed("ECONNRESET", "read"), failed("ECONNREFUSED", "connect")),
      "unknown"
    ],
    ["nothing", several(), "unknown"]
  ]
  it.effect.each(sample(reports, 2))("%s", ([, cause, outcome]) =>
    Effect.gen(function* () {
      for (const chain of [cause, new TypeError("fetch failed", { cause })]) {
        assert.strictEqual(yield* outcomeOf(chain), outcome)
      }
    })
  )
})

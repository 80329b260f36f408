/** Which hosts the client of a world reaches: the mock's own, and those that the test allows by name. */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Fault from "../src/Fault.js"
import { HostNotAllowed, isAllowed, readHosts } from "../src/hosts.js"
import { MockServer } from "../src/MockServer.js"
import { transports } from "./clock/harness.js"
import { fixtures } from "./http/fixtures.js"

/** A server of this machine that is not the mock. */
const other = createServer((request, response) => {
  seen.push(request)
  const { location } = Object.fromEntries(new URL(request.url ?? "", "http://other").searchParams)
  response.writeHead(location === undefined ? 200 : 307, location === undefined ? {} : { location })
  response.end("other")
})
const seen: Array<IncomingMessage> = []
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => other.listen(0, "::", resolve)) // IPv4 too
  port = (other.address() as AddressInfo).port // it listens on a port
})
afterAll(() => {
  other.close()
  other.closeAllConnections()
})
beforeEach(() => {
  seen.length = 0
})

/** The last cause of a failure. */
const root = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? root(error.cause) : error

/** How a program sends: by the raw `fetch`, or by the `HttpClient` of the layer. */
const ways = {
  fetch: (url: string) =>
    Effect.flatMap(MockServer, ({ fetch }) =>
      Effect.tryPromise({ try: () => fetch(url).then((response) => response.text()), catch: root })
    ),
  HttpClient: (url: string) =>
    Effect.flatMap(MockServer, ({ httpClient }) =>
      Effect.flatMap(httpClient.get(url), ({ text }) => text).pipe(Effect.mapError(root))
    )
}

/** Changes the origin of the mock a little. */
const near = (change: (url: URL) => string) => Effect.map(MockServer, ({ baseUrl }) => change(new URL(baseUrl)))

const foreign: ReadonlyArray<readonly [what: string, url: Effect.Effect<string, never, MockServer>]> = [
  ["the paid API", Effect.succeed("https://api.pixxel.space/v0/workflows")],
  ["the paid API in plain HTTP", Effect.succeed("http://api.pixxel.space/v0/workflows")],
  ["the paid API in capitals", Effect.succeed("HTTPS://API.PIXXEL.SPACE/v0/workflows")],
  ["the paid API as an absolute name", Effect.succeed("https://api.pixxel.space./v0/workflows")],
  ["the paid API on another port", Effect.succeed("https://api.pixxel.space:8443/v0/workflows")],
  ["a name that does not exist", Effect.succeed("http://elsewhere.test/")],
  ["the name of a method of Object", Effect.succeed("http://constructor/")],
  ["another server, by name", Effect.sync(() => `http://localhost:${port}/`)],
  ["another server, by address", Effect.sync(() => `http://127.0.0.1:${port}/`)],
  ["another server, by address in IPv6", Effect.sync(() => `http://[::1]:${port}/`)],
  ["another server, by address as a number", Effect.sync(() => `http://2130706433:${port}/`)],
  ["another server over TLS", Effect.sync(() => `https://127.0.0.1:${port}/`)],
  ["another port of the mock's host", near(({ hostname }) => `http://${hostname}:${port}/`)],
  ["another scheme of the mock's host", near(({ host }) => `https://${host}/`)],
  ["a name that begins with the mock's", near(({ hostname }) => `http://${hostname}.elsewhere.test:${port}/`)],
  ["a name that ends with the mock's", Effect.succeed("http://not-api.pixxel-mock/")]
]

const allowances: ReadonlyArray<readonly [how: string, allow: () => string, url: () => string]> = [
  ["by name and port", () => `localhost:${port}`, () => `http://localhost:${port}/`],
  ["by name", () => "localhost", () => `http://localhost:${port}/`],
  ["by name in capitals", () => "LOCALHOST", () => `http://localhost:${port}/`],
  ["by address", () => `127.0.0.1:${port}`, () => `http://127.0.0.1:${port}/`],
  ["by address in IPv6", () => `[::1]:${port}`, () => `http://[0:0::1]:${port}/`]
]

/** Where the mock sends a client by a redirect of `ping`. */
const redirected = (location: string) =>
  Effect.gen(function* () {
    const { baseUrl, faults } = yield* MockServer
    yield* faults.use(Fault.plan(Fault.on("ping", Fault.redirect(location, 307))))
    return `${baseUrl}/ping`
  })

for (const transport of transports) {
  const world = (allowHosts?: ReadonlyArray<string>) =>
    MockServer.layer({ transport, fixtures, allowHosts, capsules: false })

  /** The port of the other server is known when the tests run. */
  const later = (allowHosts: () => ReadonlyArray<string>) => Layer.suspend(() => world(allowHosts()))

  for (const [way, send] of Object.entries(ways)) {
    describe(`a host that is not allowed, ${transport}, ${way}:`, () => {
      it.effect.each(foreign)("%s", ([, url]) =>
        Effect.gen(function* () {
          const asked = yield* url
          const error = yield* Effect.flip(send(asked))
          assert.instanceOf(error, HostNotAllowed)
          assert.strictEqual(error.code, "ENOTFOUND")
          assert.include(error.message, `does not serve ${new URL(asked).origin}, and the request was not sent`)
          assert.strictEqual(seen.length, 0)
        }).pipe(Effect.provide(world()))
      )

      it.effect("one that the mock redirects to", () =>
        Effect.gen(function* () {
          for (const host of [`localhost:${port}`, "api.pixxel.space"]) {
            const error = yield* Effect.flatMap(redirected(`http://${host}/`), (url) => Effect.flip(send(url)))
            assert.instanceOf(error, HostNotAllowed)
          }
          assert.strictEqual(seen.length, 0)
        }).pipe(Effect.provide(world()))
      )

      it.effect("one with a user in the URL that looks like the mock's", () =>
        Effect.gen(function* () {
          const { baseUrl } = yield* MockServer
          assert.instanceOf(yield* Effect.flip(send(`http://${new URL(baseUrl).host}@localhost:${port}/`)), Error)
          assert.strictEqual(seen.length, 0)
        }).pipe(Effect.provide(world()))
      )

      it.effect("one that another world allows, and has a connection to", () =>
        Effect.gen(function* () {
          const url = `http://localhost:${port}/`
          yield* Effect.provide(
            send(url),
            later(() => [`localhost:${port}`])
          )
          assert.instanceOf(yield* Effect.flip(send(url)), HostNotAllowed)
          assert.strictEqual(seen.length, 1)
        }).pipe(Effect.provide(world()))
      )
    })

    describe(`a host that is allowed, ${transport}, ${way},`, () => {
      it.effect.each(allowances)("%s, answers while time stands still", ([, allow, url]) =>
        Effect.gen(function* () {
          assert.strictEqual(yield* send(url()), "other")
          assert.strictEqual((yield* MockServer).time.elapsed, 0)
          assert.notProperty(seen[0]?.headers, "x-mock-exchange")
        }).pipe(Effect.timeout("1 millis"), Effect.provide(later(() => [allow()])))
      )

      it.effect("may be the end of a redirect, and not lead on to one that is not", () =>
        Effect.gen(function* () {
          const local = `http://localhost:${port}/`
          assert.strictEqual(yield* Effect.flatMap(redirected(local), send), "other")
          assert.instanceOf(yield* Effect.flip(send(`${local}?location=http://127.0.0.1:${port}/`)), HostNotAllowed)
          assert.strictEqual(seen.length, 2)
        }).pipe(Effect.provide(later(() => [`localhost:${port}`])))
      )

      it.effect("is no other port of that host", () =>
        Effect.gen(function* () {
          assert.instanceOf(yield* Effect.flip(send(`http://localhost:${port}/`)), HostNotAllowed)
        }).pipe(Effect.provide(world(["localhost:1"])))
      )
    })
  }

  describe(`the client over the wrong base URL, ${transport},`, () => {
    it.effect("knows that nothing left, and says what to do", () =>
      Effect.gen(function* () {
        const mock = yield* MockServer
        const client = Pixxel.layer({ baseUrl: "https://api.pixxel.space", token: Redacted.make("real") })
        const run = Effect.flatMap(JobsApi, (jobs) =>
          jobs.create({ workflowId: WorkflowId.make("wf-crop"), projectId: ProjectId.make("p") })
        )
        const error = yield* Effect.flip(Effect.provide(run, client))
        assert.strictEqual(error._tag, "PixxelTransportError")
        if (error._tag !== "PixxelTransportError") return
        assert.isFalse(error.sent)
        assert.include(error.causes.at(-1)?.message, "A mock world never reaches the paid API")
        assert.isEmpty(yield* mock.requests)
      }).pipe(Effect.provide(world()))
    )
  })
}

describe("the error of a host that is not allowed", () => {
  it("names the requested host, the expected ones, and the remedy", () => {
    assert.strictEqual(
      new HostNotAllowed(new URL("http://elsewhere.test:8080")).message,
      "getaddrinfo ENOTFOUND elsewhere.test: the mock server does not serve http://elsewhere.test:8080, and the request " +
        "was not sent. Expected the baseUrl of MockServer or a signed URL of its world, or allow the host: " +
        'MockServer.layer({ allowHosts: ["elsewhere.test:8080"] })'
    )
  })

  it("does not recommend to allow the paid API", () => {
    for (const url of ["https://api.pixxel.space", "https://api.pixxel.space.:8443", "http://PIXXEL.space"]) {
      assert.notInclude(new HostNotAllowed(new URL(url)).message, "allowHosts")
    }
  })
})

describe("allowHosts", () => {
  it.effect.each([
    "",
    " ",
    "*",
    "*.test",
    "http://localhost",
    "localhost/",
    "localhost/path",
    "localhost?a",
    "localhost#a",
    "user@localhost",
    "two hosts",
    "localhost:",
    "localhost:http",
    "localhost:70000",
    "::1",
    "[::1",
    "[localhost]",
    "300.1.1.1",
    "pixxel.space",
    "api.pixxel.space",
    "API.PIXXEL.SPACE.:443",
    "staging.api.pixxel.space"
  ])("is a defect of the test with %j", (host) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(MockServer, MockServer.layer({ allowHosts: ["localhost", host] })))
      const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      assert.instanceOf(defect, RangeError)
      assert.include(defect.message, `allowHosts[1] is ${JSON.stringify(host)}: expected a host`)
    })
  )

  it.each([
    ["localhost", "http://localhost", true],
    ["localhost", "https://localhost:1", true],
    ["localhost", "http://localhost.", true],
    ["localhost.", "http://localhost", true],
    ["localhost", "http://localhost.test", false],
    ["localhost", "http://my-localhost", false],
    ["localhost:80", "http://localhost", true],
    ["localhost:80", "https://localhost", false],
    ["localhost:443", "https://localhost", true],
    ["localhost:080", "http://localhost", true],
    ["127.0.0.1", "http://127.1", true],
    ["[0:0::1]", "http://[::1]:5", true],
    ["bücher.test", "http://xn--bcher-kva.test", true]
  ])("with %s has %s: %s", (host, url, expected) => {
    assert.strictEqual(isAllowed(readHosts([host]), new URL(url)), expected)
  })
})

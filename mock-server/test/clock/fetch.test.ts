/** `mock.fetch` accepts the arguments of Node's `fetch`: a `Request`, objects of another realm, any body. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import Fastify from "fastify"
import { inProcessAgent, socketAgent, type Transport, trackedFetch } from "../../src/clock/transport.js"
import { VirtualTime } from "../../src/clock/VirtualTime.js"
import { WorldEnded } from "../../src/clock/WorldTime.js"
import * as Fault from "../../src/Fault.js"
import { HostNotAllowed } from "../../src/hosts.js"
import { MockServer } from "../../src/MockServer.js"
import * as harness from "./harness.js"
import { assertIdle, endWorld, makeWorld, transports } from "./harness.js"

/** A server that answers with the request it got. */
const app = Fastify()
app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body))
app.removeContentTypeParser(["application/json", "text/plain"])
app.all("/echo", (request, reply) =>
  reply.send({
    method: request.method,
    type: request.headers["content-type"] ?? null,
    length: request.headers["content-length"] ?? null,
    mark: request.headers["x-mark"] ?? null,
    body: request.body ?? null
  })
)
app.get("/away", (_request, reply) => reply.redirect("/echo"))
app.get("/bytes", (_request, reply) => reply.send(Buffer.from("0123456789")))
const origins = { inProcess: "http://mock", socket: await app.listen({ port: 0, host: "127.0.0.1" }) }
const agents = {
  inProcess: inProcessAgent({ mock: app.server }, (url) => new HostNotAllowed(url)),
  socket: socketAgent()
}

const echo = async (transport: Transport, make: (url: string) => [string | URL | Request, RequestInit?]) => {
  const time = new VirtualTime({ name: "w", onStall: console.error })
  const response = await trackedFetch(time, agents[transport])(...make(`${origins[transport]}/echo`))
  const said: unknown = await response.json()
  time.dispose()
  return said
}

/** An `AbortController` of another realm: none of its objects are of Node's classes. */
const foreignController = () => {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener)
  }
  return {
    listeners,
    signal: signal as unknown as AbortSignal, // has the shape of one, as jsdom's does
    abort: (reason: unknown) => {
      Object.assign(signal, { aborted: true, reason })
      for (const listener of listeners) listener()
    }
  }
}

/** Headers and forms of the kind that jsdom has. */
const foreign = (tag: string, entries: ReadonlyArray<readonly [string, unknown]>) => ({
  [Symbol.toStringTag]: tag,
  [Symbol.iterator]: () => entries[Symbol.iterator]()
})

const stream = (...pieces: ReadonlyArray<string>) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    }
  })

const json = { "content-type": "application/json" }
const requests: Record<string, [(url: string) => [string | URL | Request, RequestInit?], object]> = {
  "a URL": [(url) => [new URL(url)], { method: "GET", type: null, length: null, body: null }],
  "a Request, as openapi-fetch does": [
    (url) => [new Request(url, { method: "POST", headers: { ...json, "x-mark": "1" }, body: '{"a":1}' })],
    { method: "POST", type: "application/json", length: "7", mark: "1", body: '{"a":1}' }
  ],
  "a Request and options, as ky does": [
    (url) => [
      new Request(url, { method: "PUT", headers: { "x-mark": "1" }, body: "old" }),
      { method: "PATCH", headers: { "x-mark": "2", ...json }, body: "new" }
    ],
    { method: "PATCH", type: "application/json", mark: "2", length: "3", body: "new" }
  ],
  "a Request with only its headers replaced": [
    (url) => [new Request(url, { method: "PUT", headers: json, body: "old" }), { headers: { "x-mark": "2", ...json } }],
    { method: "PUT", mark: "2", body: "old" }
  ],
  "a clone of a Request": [
    (url) => [new Request(url, { method: "POST", headers: json, body: "{}" }).clone()],
    { method: "POST", length: "2", body: "{}" }
  ],
  "a Request with parameters": [
    (url) => [new Request(url, { method: "POST", body: new URLSearchParams({ a: "1 2" }) })],
    { type: "application/x-www-form-urlencoded;charset=UTF-8", length: "5", body: "a=1+2" }
  ],
  "a Request with a Blob": [
    (url) => [new Request(url, { method: "POST", body: new Blob(["abc"], { type: "text/csv" }) })],
    { type: "text/csv", length: "3", body: "abc" }
  ],
  "a Request with a stream": [
    // a body that is available immediately is sent as bytes
    (url) => [
      new Request(url, { method: "POST", headers: json, body: stream("a", "b"), duplex: "half" } as RequestInit)
    ],
    { length: "2", body: "ab" }
  ],
  "a stream": [
    (url) => [url, { method: "POST", headers: json, body: stream("a", "b"), duplex: "half" } as RequestInit],
    { length: null, body: "ab" }
  ],
  "an async iterable": [
    (url) => [url, { method: "POST", headers: json, body: stream("a", "b").values() as unknown as BodyInit }],
    { length: null, body: "ab" }
  ],
  parameters: [
    (url) => [url, { method: "POST", body: new URLSearchParams({ a: "1" }) }],
    { type: "application/x-www-form-urlencoded;charset=UTF-8", body: "a=1" }
  ],
  "a Blob": [
    (url) => [url, { method: "POST", body: new Blob(["abc"], { type: "text/csv" }) }],
    { type: "text/csv", length: "3", body: "abc" }
  ],
  bytes: [(url) => [url, { method: "POST", headers: json, body: Buffer.from("abc") }], { length: "3", body: "abc" }],
  "headers of another realm": [
    (url) => [url, { headers: foreign("Headers", [["x-mark", "jsdom"]]) as unknown as HeadersInit }],
    { mark: "jsdom" }
  ],
  "a signal of another realm": [(url) => [url, { signal: foreignController().signal }], { method: "GET" }]
}

for (const transport of transports) {
  describe(`fetch, ${transport}`, () => {
    for (const [name, [make, expected]] of Object.entries(requests)) {
      it(`sends ${name}`, async () => {
        assert.deepInclude(await echo(transport, make), expected)
      })
    }

    const form = new FormData()
    form.set("a", "1")
    form.set("file", new File(["abc"], "x.txt", { type: "text/plain" }))
    const forms: Record<string, (url: string) => [string | Request, RequestInit?]> = {
      "a form": (url) => [url, { method: "POST", body: form }],
      "a Request with a form": (url) => [new Request(url, { method: "POST", body: form })],
      "a form of another realm": (url) => [
        url,
        { method: "POST", body: foreign("FormData", [...form]) as unknown as BodyInit }
      ]
    }
    for (const [name, make] of Object.entries(forms)) {
      it(`sends ${name}`, async () => {
        const { body, type } = Object(await echo(transport, make))
        assert.match(type, /^multipart\/form-data; ?boundary=/)
        assert.match(body, /name="a"\r\n\r\n1\r\n/)
        assert.match(body, /filename="x.txt"\r\nContent-Type: text\/plain\r\n\r\nabc\r\n/i)
      })
    }

    it("refuses a Request whose body has been read", async () => {
      const request = new Request(origins[transport], { method: "POST", body: "a" })
      await request.text()
      const failed = await trackedFetch(
        new VirtualTime(),
        agents[transport]
      )(request).then(
        () => undefined,
        (error) => error
      )
      assert.instanceOf(failed, TypeError)
    })

    const abortions: Record<string, (url: string) => { abort: () => void; call: [string | Request, RequestInit?] }> = {
      "a Request's signal": (url) => {
        const controller = new AbortController()
        return { abort: () => controller.abort("enough"), call: [new Request(url, { signal: controller.signal })] }
      },
      "a signal of another realm": (url) => {
        const controller = foreignController()
        return { abort: () => controller.abort("enough"), call: [url, { signal: controller.signal }] }
      }
    }
    for (const [name, make] of Object.entries(abortions)) {
      it.effect(`ends by ${name}, and leaves no listener`, () =>
        Effect.gen(function* () {
          const { baseUrl, faults, fetch, time } = yield* MockServer
          yield* faults.use(Fault.plan(Fault.on("*", Fault.latency("1h"))))
          const { abort, call } = make(`${baseUrl}/v0/workflows`)
          const failing = fetch(...call).then(
            () => "answered",
            (error: unknown) => error
          )
          yield* Effect.sleep("1 minute")
          abort()
          assert.strictEqual(yield* Effect.promise(() => failing), "enough")
          yield* Effect.sleep("1 second")
          assert.isTrue(time.idle, time.describe())
        }).pipe(Effect.provide(MockServer.layer({ transport, leftovers: false, conduct: false })))
      )
    }

    it("removes the listener of a signal after the answer", async () => {
      const controller = foreignController()
      await echo(transport, (url) => [url, { signal: controller.signal }])
      assert.strictEqual(controller.listeners.size, 0)
    })

    it("returns a response with the properties of Node's fetch", async () => {
      const time = new VirtualTime()
      const fetch = trackedFetch(time, agents[transport])
      const said = ({ ok, redirected, status, type, url }: Response) => ({ ok, redirected, status, type, url })
      const there = await fetch(`${origins[transport]}/away`)
      const copy = there.clone()
      const expected = { ok: true, redirected: true, status: 200, type: "basic", url: `${origins[transport]}/echo` }
      assert.instanceOf(there, Response)
      assert.deepStrictEqual([said(there), said(copy), said(copy.clone())], [expected, expected, expected])
      assert.deepStrictEqual(await there.json(), await copy.json())
      const refused = await fetch(new Request(`${origins[transport]}/away`, { redirect: "manual" }))
      assert.deepInclude(said(refused), { redirected: false, status: 302, url: `${origins[transport]}/away` })
      time.dispose()
    })

    it("returns a body that can be read into a buffer", async () => {
      const time = new VirtualTime()
      const { body } = await trackedFetch(time, agents[transport])(`${origins[transport]}/bytes`)
      const reader = body?.getReader({ mode: "byob" })
      let text = ""
      for (let view = new Uint8Array(4), done: boolean | undefined = false; !done; ) {
        const read = await reader?.read(view)
        done = read?.done ?? true
        view = read?.value === undefined ? new Uint8Array(4) : new Uint8Array(read.value.buffer)
        text += done ? "" : Buffer.from(read?.value ?? "").toString()
      }
      assert.strictEqual(text, "0123456789")
      time.dispose()
    })

    it("sends the body of a Request as a stream when its chunks take virtual time", async () => {
      const world = makeWorld()
      let left = 3
      const piece = new TextEncoder().encode("x")
      const body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) =>
            new Promise((resolve) =>
              world.time.after(10_000, () => {
                if (left-- > 0) controller.enqueue(piece)
                else controller.close()
                resolve()
              })
            )
        },
        { highWaterMark: 0 }
      )
      const headers = { authorization: world.name }
      const init = { method: "POST", headers, body, duplex: "half" } as RequestInit // the DOM's types have no `duplex`
      const request = new Request(`${harness.origins[transport]}/upload`, init)
      const response = await trackedFetch(world.time, harness.agents[transport])(request)
      assert.deepStrictEqual(await response.json(), [10_000, 20_000, 30_000])
      assert.strictEqual(world.time.elapsed, 40_000)
      assertIdle(world)
      endWorld(world)
    })
  })

  describe(`a request whose world has ended, ${transport}`, () => {
    const failureOf = (promise: Promise<unknown>) =>
      Effect.promise(() =>
        promise.then(
          () => undefined,
          (error: unknown) => error
        )
      )

    it.effect("fails immediately with an explanation when it is sent after the end", () =>
      Effect.gen(function* () {
        const { baseUrl, fetch, httpClient, world } = yield* Effect.provide(MockServer, MockServer.layer({ transport }))
        const error = yield* failureOf(fetch(`${baseUrl}/v0/workflows?a=1`))
        assert.instanceOf(error, WorldEnded)
        assert.strictEqual(
          String(error),
          `WorldEnded: GET ${baseUrl}/v0/workflows was not answered: the mock world ${world} has ended with the ` +
            "scope of its layer. Send it inside Effect.provide of that layer, and interrupt daemons before its scope closes"
        )
        const failure = yield* Effect.flip(httpClient.get(`${baseUrl}/v0/workflows`))
        assert.strictEqual(failure._tag, "RequestError")
        assert.instanceOf(failure.cause, WorldEnded)
      })
    )

    it.effect("fails when the world ends before the head or within the body", () =>
      Effect.gen(function* () {
        const { body, head } = yield* Effect.gen(function* () {
          const { baseUrl, faults, fetch, token } = yield* MockServer
          yield* Effect.orDie(faults.use(Fault.plan(Fault.on("listWorkflows", Fault.latency("1h")))))
          const head = fetch(`${baseUrl}/v0/workflows`, {
            headers: { authorization: `Bearer ${String(Object(token).value ?? "")}` }
          })
          head.catch(() => {})
          const { body } = yield* Effect.promise(() => fetch(`${baseUrl}/ping`))
          yield* Effect.sleep("1 second")
          return { head, body: body?.getReader() }
        }).pipe(Effect.provide(MockServer.layer({ transport, leftovers: false, conduct: false })))
        assert.instanceOf(yield* failureOf(head), WorldEnded)
        assert.instanceOf(yield* failureOf(Promise.resolve(body?.read())), WorldEnded)
      })
    )

    it.effect("fails in a daemon and in a finalizer of a scope around the world's", () =>
      Effect.gen(function* () {
        const seen: Array<string> = []
        yield* Effect.gen(function* () {
          const asked = yield* Effect.gen(function* () {
            const { baseUrl, httpClient } = yield* MockServer
            return Effect.match(httpClient.get(`${baseUrl}/ping`), {
              onFailure: ({ cause }) => seen.push(Object(cause).name),
              onSuccess: () => seen.push("answered")
            })
          }).pipe(Effect.provide(MockServer.layer({ transport })))
          yield* Effect.addFinalizer(() => asked)
          yield* Fiber.await(yield* Effect.forkDaemon(asked))
        }).pipe(Effect.scoped)
        assert.deepStrictEqual(seen, ["WorldEnded", "WorldEnded"])
      })
    )
  })
}

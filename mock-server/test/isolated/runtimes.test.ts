/** Gaps of runtimes other than Node, and the behaviour of the layer there. */
import { readdirSync, readFileSync } from "node:fs"
import { Server } from "node:http"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Foreign from "../../src/clock/Foreign.js"
import { chooseTransport, type Transport } from "../../src/clock/transport.js"
import { MockServer } from "../../src/MockServer.js"

/** As in Bun before 1.4: the server ignores a connection that is handed to it. */
const withoutMemory = () => vi.spyOn(Server.prototype, "listenerCount").mockReturnValue(0)

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const all: ReadonlyArray<Transport | undefined> = [undefined, "inProcess", "socket"]

describe("a runtime whose HTTP server takes connections from memory", () => {
  it("has the transport that is asked for, else inProcess", () => {
    assert.deepStrictEqual(all.map(chooseTransport), ["inProcess", "inProcess", "socket"])
  })
})

describe("a runtime whose HTTP server takes none", () => {
  it("uses sockets, unless in process is requested", () => {
    withoutMemory()
    assert.deepStrictEqual([chooseTransport(undefined), chooseTransport("socket")], ["socket", "socket"])
    assert.throws(() => chooseTransport("inProcess"), Error)
  })

  it.effect("has a world that answers over sockets", () =>
    Effect.gen(function* () {
      withoutMemory()
      vi.stubEnv("PIXXEL_MOCK_TRANSPORT", "")
      const ping = Effect.flatMap(MockServer, ({ baseUrl, fetch }) =>
        Effect.promise(async () => [baseUrl, await fetch(`${baseUrl}/ping`).then((response) => response.json())])
      )
      const [baseUrl, pong] = yield* Effect.provide(ping, MockServer.layer())
      assert.match(String(baseUrl), /^http:\/\/127\.0\.0\.1:\d+\/w\//)
      assert.strictEqual(pong, "pong")
    })
  )

  it.effect("says what to do when a world is to work in process", () =>
    Effect.gen(function* () {
      withoutMemory()
      const exit = yield* Effect.exit(Effect.provide(MockServer, MockServer.layer({ transport: "inProcess" })))
      assert(Exit.isFailure(exit))
      assert.strictEqual(
        String(Cause.squash(exit.cause)),
        'Error: transport "inProcess" does not work here: the HTTP server of this runtime takes no connections from ' +
          'memory. Leave `transport` out, or set it to "socket"'
      )
    })
  )
})

describe("Deno, which does not report the end of a connection", () => {
  it("uses sockets, unless in process is requested", () => {
    vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, deno: "2.9.6" })
    assert.deepStrictEqual([chooseTransport(undefined), chooseTransport("socket")], ["socket", "socket"])
    assert.throws(
      () => chooseTransport("inProcess"),
      'transport "inProcess" does not work here: Deno 2.9.6 does not report the end of a connection. ' +
        'Leave `transport` out, or set it to "socket"'
    )
  })
})

describe("a runtime that does not report the work of a program", () => {
  it.effect("is warned of once", () =>
    Effect.gen(function* () {
      vi.resetModules()
      vi.doMock("../../src/clock/Foreign.js", async (original) => ({
        ...(await original<typeof Foreign>()),
        reportsWork: () => false
      }))
      const blind = yield* Effect.promise(() => import("../../src/MockServer.js"))
      vi.doUnmock("../../src/clock/Foreign.js")
      vi.resetModules()
      const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
      yield* Effect.provide(Effect.void, blind.MockServer.layer())
      yield* Effect.provide(Effect.void, blind.MockServer.layer())
      assert.deepStrictEqual(warn.mock.calls, [
        [
          "mock server: this runtime does not report files, DNS, compression, crypto and timers, so the clock goes on " +
            "without them. Run them inside of `mock.busyWhile`"
        ]
      ])
    })
  )

  it.effect("is not Node", () =>
    Effect.gen(function* () {
      assert.isTrue(Foreign.reportsWork())
      const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
      yield* Effect.provide(Effect.void, MockServer.layer())
      assert.isEmpty(warn.mock.calls)
    })
  )
})

describe("the sources", () => {
  it("import undici by its file, since Bun has another module of that name", () => {
    const root = fileURLToPath(new URL("../../src", import.meta.url))
    const bare = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && /(?:from|import\() ?"undici"/.test(readFileSync(join(root, name), "utf8"))
    )
    assert.deepStrictEqual(bare, [])
  })
})

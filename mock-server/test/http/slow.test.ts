/** Requests that take too long to arrive: they end, and the world that they are for is reset meanwhile. */

import { connect, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { RealClock } from "../../src/clock/RealClock.js"
import { tokenOf } from "../../src/core/Token.js"
import { type World, WorldBusyError } from "../../src/core/World.js"
import * as Fault from "../../src/Fault.js"
import { MockApp, MockServer } from "../../src/MockServer.js"
import { buildServer } from "../../src/server.js"
import { type Server, start } from "./harness.js"

interface Sender {
  readonly socket: Socket
  /** All that the server sent until it closed the connection. */
  readonly ended: Promise<string>
}

/** Sends these bytes, and no more. */
const send = (origin: string, text: string): Sender => {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname, () => socket.write(text))
  const ended = new Promise<string>((resolve) => {
    let answer = ""
    socket.setEncoding("utf8")
    socket.on("data", (piece) => {
      answer += piece
    })
    socket.on("error", () => {}) // a reset is an end too
    socket.on("close", () => resolve(answer))
  })
  return { socket, ended }
}

const head = (method: string, path: string, ...headers: ReadonlyArray<string>) =>
  [`${method} ${path} HTTP/1.1`, "host: mock", ...headers, "", ""].join("\r\n")

const create = "/v0/workflows/wf-crop/jobs?project_id=p"

/** The head of a create in a world, and the first bytes of an unfinished body. */
const slowCreate = ({ name }: World) =>
  `${head("POST", create, `authorization: ${tokenOf(name, "owner")}`, "content-length: 10")}abc`

const requestsOf = (server: Server, world: World) => server.app.mock.worlds.openRequests(world.name)

/** Waits until the server has seen this number of requests of a world. */
const arrived = (world: World, count: number): Promise<void> =>
  new Promise((resolve) => {
    const look = () => (world.journal.count >= count ? resolve() : setImmediate(look))
    look()
  })

const over = (server: Server, world: World): Promise<void> =>
  new Promise((resolve) => {
    const look = () => (requestsOf(server, world) === 0 ? resolve() : setImmediate(look))
    look()
  })

describe("a request that takes too long to arrive", () => {
  it.each([
    ["stops in its head", () => "GET /ping HTTP/1.1\r\nhost: mock\r\n"],
    ["stops in its body", slowCreate],
    ["stops in a body of chunks", () => `${head("POST", create, "transfer-encoding: chunked")}3\r\nabc\r\n`],
    ["promises a body and sends none", () => head("PUT", "/v0/workflows", "content-length: 10")],
    [
      "is for the admin routes",
      () =>
        head(
          "POST",
          "/__mock/v1/worlds",
          "authorization: Bearer t",
          "content-type: application/json",
          "content-length: 9"
        )
    ]
  ])("is answered 408, and its connection closed, when it %s", async (_, text) => {
    const defects: Array<unknown> = []
    const server = await start({
      requestTimeout: 20,
      admin: { token: "t", hosts: ["mock"] },
      onDefect: (error) => defects.push(error)
    })
    const { world } = server.site()
    for (const origin of [server.url, await server.app.mock.storageUrl()]) {
      const answer = await send(origin, text(world)).ended
      // a request refused for its head was answered before
      assert.match(answer, /^(HTTP\/1\.1 (400|403|404) [\s\S]*)?HTTP\/1\.1 408 /)
      assert.include(answer, "The request did not arrive in time: expected its head and body within 0.02 s.")
    }
    await over(server, world)
    assert.strictEqual(world.drawers.jobs.count, 1)
    assert.deepStrictEqual(defects, [])
    await server.close()
  })

  it("has 30 s by default, and any time in a layer, whose program has a clock of its own", async () => {
    const limits = ({ app }: { readonly app: ReturnType<typeof buildServer> }) =>
      [app, app.mock.storage].map(({ server: { headersTimeout, requestTimeout } }) => [headersTimeout, requestTimeout])
    assert.deepStrictEqual(limits({ app: buildServer({}) }), [
      [30_000, 30_000],
      [30_000, 30_000]
    ])
    const layered = await Effect.runPromise(Effect.scoped(Effect.provide(MockApp, MockServer.layerApp())))
    assert.deepStrictEqual(limits(layered), [
      [0, 0],
      [0, 0]
    ])
  })
})

describe("a world, while a part of a request is still to come,", () => {
  const back = [
    ["reset", (server: Server, world: World) => server.app.mock.worlds.reset(world.name) ?? world],
    [
      "restored",
      (server: Server, world: World) => {
        const saved = server.site().world.save()
        world.restore(saved)
        return world
      }
    ]
  ] as const

  it.each(back)("is %s: that request ends, and does nothing to it", async (_, putBack) => {
    const server = await start()
    const { world } = server.site()
    const slow = [send(server.url, slowCreate(world)), send(server.url, slowCreate(world))]
    await arrived(world, 2)
    assert.strictEqual(requestsOf(server, world), 2)
    const anew = putBack(server, world)
    assert.deepStrictEqual([anew.journal.count, anew.journal.open], [0, 0])
    for (const { ended } of slow) assert.strictEqual(await ended, "")
    await over(server, anew)
    assert.deepStrictEqual(
      [anew.journal.open, anew.journal.entries, anew.journal.happenings, anew.drawers.jobs.count],
      [0, [], [], 1]
    )
    await server.close()
  })

  it.each(back)("is not %s while another request is answered", async (_, putBack) => {
    const server = await start()
    const world = server.app.mock.worlds.create("real", { clock: new RealClock() })
    world.useFaults(Fault.plan(Fault.on("ping", Fault.refuse("hang"))))
    const hanging = send(server.url, head("GET", "/ping", `authorization: ${tokenOf(world.name, "owner")}`))
    const slow = send(server.url, slowCreate(world))
    await arrived(world, 2)
    assert.throws(() => putBack(server, world), WorldBusyError, "the world is busy: 1 request is in progress")
    assert.deepStrictEqual([slow.socket.destroyed, requestsOf(server, world)], [false, 2])
    hanging.socket.destroy()
    slow.socket.destroy()
    await server.close()
  })
})

/** Worlds over one bare Fastify app with routes for the clock's tests, on both transports. */

import * as net from "node:net"
import { Readable } from "node:stream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import Fastify, { type FastifyRequest } from "fastify"
import { size } from "../../../vitest.size.js"
import { attachExchanges, park } from "../../src/clock/hooks.js"
import { inProcessAgent, socketAgent, type Transport, trackedFetch } from "../../src/clock/transport.js"
import * as VirtualClock from "../../src/clock/VirtualClock.js"
import { VirtualTime, type VirtualTimeOptions } from "../../src/clock/VirtualTime.js"
import { HostNotAllowed } from "../../src/hosts.js"

export const transports: ReadonlyArray<Transport> = ["inProcess", "socket"]
/** The size of a heavy case, which `npm run test:heavy` sets. */
export const scale = (name: string, part: number, whole: number) => Number(process.env[name] ?? size(part, whole))
export const megabytes = (n: number) => n * 1024 * 1024

/** The size of a large body. */
export const bigSize = megabytes(size(16, 200))

export interface World {
  readonly name: string
  readonly time: VirtualTime
  readonly journal: Array<string>
  readonly polls: Map<string, number>
}
const worlds = new Map<string, World>()
let names = 0
export const makeWorld = (options?: VirtualTimeOptions): World => {
  const world = {
    name: `w${names++}`,
    time: new VirtualTime({ onStall: console.error, ...options }),
    journal: [],
    polls: new Map()
  }
  worlds.set(world.name, world)
  return world
}
export const endWorld = (world: World) => {
  world.time.dispose()
  worlds.delete(world.name)
}
/** Asserts that a world is idle after its program has ended. */
export const assertIdle = (world: World) => assert.isTrue(world.time.idle, world.time.describe())

const worldOf = (request: FastifyRequest) => worlds.get(request.headers.authorization ?? "")!
const timeOf = (request: FastifyRequest) => worldOf(request).time

const app = Fastify()
attachExchanges(app, timeOf)
app.addContentTypeParser("*", (_request, payload, done) => done(null, payload))
app.get<{ Params: { id: string } }>("/jobs/:id", async (request, reply) => {
  const world = worldOf(request)
  const { id } = request.params
  const poll = (world.polls.get(id) ?? 0) + 1
  world.polls.set(id, poll)
  const say = (line: string) => world.journal.push(`${world.time.elapsed} ${id} #${poll} ${line}`)
  if (poll === 3) {
    say("429")
    return reply.code(429).header("retry-after", "7").send({})
  }
  if (poll === 10) await park(request, reply, world.time, 2_000).finally(() => say("parked 2 s"))
  const status = world.time.elapsed < 600_000 ? "running" : "completed"
  say(status)
  return { id, status }
})
app.get("/big", (_request, reply) => {
  let left = bigSize
  const chunk = Buffer.alloc(65_536, 1)
  return reply.send(
    new Readable({
      read() {
        this.push(left > 0 ? chunk : null)
        left -= chunk.length
      }
    })
  )
})
app.get("/hang", (request, reply) => park(request, reply, timeOf(request), Number.POSITIVE_INFINITY))
app.get("/late", (request, reply) => park(request, reply, timeOf(request), 30_000).then(() => "late"))
/** 20 real milliseconds between chunks: a slow machine, not virtual time. */
app.get("/slow", (_request, reply) =>
  reply.send(
    Readable.from(
      (async function* () {
        for (let i = 0; i < 5; i++) {
          yield Buffer.alloc(1_000)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })()
    )
  )
)
/** 8 MB are still on the wire when the handler parks. */
app.get("/burst", async (request, reply) => {
  reply.hijack()
  reply.raw.write(Buffer.alloc(megabytes(8)))
  await park(request, reply, timeOf(request), 10_000)
  reply.raw.end(Buffer.alloc(1))
})
/** Sends the head without a body. */
app.get("/head-first", async (request, reply) => {
  reply.hijack()
  reply.raw.writeHead(200)
  reply.raw.flushHeaders()
  await park(request, reply, timeOf(request), 10_000)
  reply.raw.end("body")
})
app.get("/drip", (request, reply) =>
  reply.send(
    Readable.from(
      (async function* () {
        for (let i = 0; i < 10; i++) {
          yield Buffer.alloc(300_000, 1)
          await park(request, reply, timeOf(request), 10_000)
        }
      })()
    )
  )
)
/** Times of arrival of the request's chunks. */
app.post("/upload", async (request) => {
  const at: Array<number> = []
  for await (const _piece of request.body as Readable) at.push(timeOf(request).elapsed)
  return at
})
/** Requests in the order of their handlers. */
app.get<{ Params: { n: string } }>("/order/:n", async (request) => {
  worldOf(request).journal.push(request.params.n)
  return request.params.n
})

const base = await app.listen({ port: 0, host: "127.0.0.1" })
/** A network that delays each chunk by 5 real milliseconds, in both directions. */
const slow = net.createServer((near) => {
  const far = net.connect(Number(new URL(base).port), "127.0.0.1")
  for (const [from, to] of [
    [near, far],
    [far, near]
  ] as const) {
    from.setNoDelay(true)
    from.on("data", (piece) => setTimeout(() => to.write(piece), 5))
    from.on("error", () => {})
    from.on("close", () => setTimeout(() => to.destroy(), 5))
  }
})
await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve))
const slowBase = `http://127.0.0.1:${Object(slow.address()).port}`

export const agents = {
  socket: socketAgent(),
  inProcess: inProcessAgent({ mock: app.server }, (url) => new HostNotAllowed(url))
}
export const origins = { socket: base, inProcess: "http://mock", "slow network": slowBase }

/** A program's clock and scheduler on this time. */
export const clockLayer = (time: VirtualTime): Layer.Layer<never> => Layer.scopedDiscard(VirtualClock.install(time))

/** A program's clock, scheduler and HTTP client in this world. */
export const provide = (world: World, transport: Transport | "slow network") =>
  Layer.mergeAll(
    clockLayer(world.time),
    Layer.effect(
      HttpClient.HttpClient,
      Effect.map(HttpClient.HttpClient, (client) =>
        HttpClient.mapRequest(client, (request) =>
          request.pipe(
            HttpClientRequest.prependUrl(origins[transport]),
            HttpClientRequest.setHeader("authorization", world.name)
          )
        )
      )
    ).pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(
        Layer.succeed(
          FetchHttpClient.Fetch,
          trackedFetch(world.time, agents[transport === "inProcess" ? transport : "socket"])
        )
      )
    )
  )

export const get = (route: string) => Effect.flatMap(HttpClient.HttpClient, (client) => client.get(route))

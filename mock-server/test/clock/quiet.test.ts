/** Work that takes no virtual time must end at virtual 0, although a timeout of one hour is pending. */

import * as crypto from "node:crypto"
import * as dns from "node:dns/promises"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { Worker } from "node:worker_threads"
import * as zlib from "node:zlib"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { longTransports, size } from "../../../vitest.size.js"
import * as VirtualClock from "../../src/clock/VirtualClock.js"
import { assertIdle, bigSize, clockLayer, endWorld, get, makeWorld, megabytes, provide, type World } from "./harness.js"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "clock-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))
const data = crypto.randomBytes(megabytes(4))
const file = path.join(folder, "in")
fs.writeFileSync(file, data)

const times = (n: number) => Array.from({ length: n }, (_, i) => i)
const real = (millis: number, options?: { readonly ref: false }) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, millis)
    if (options?.ref === false) timer.unref()
  })

type Work = (world: World) => Effect.Effect<unknown, unknown, HttpClient.HttpClient>
const alone: Record<string, Work> = {
  "10,000 yields": () => Effect.forEach(times(10_000), () => Effect.yieldNow(), { discard: true }),
  "50 fibers of many yields": () =>
    Effect.forEach(
      times(50),
      () => Effect.forEach(times(size(500, 5_000)), () => Effect.yieldNow(), { discard: true }),
      {
        concurrency: "unbounded"
      }
    ),
  "100,000 plain awaits": () =>
    Effect.promise(async () => {
      for (let i = 0; i < 100_000; i++) await null
    }),
  "20 hops over setImmediate": () =>
    Effect.promise(async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    }),
  "reading a file": () => Effect.promise(() => fsp.readFile(file)),
  "writing and syncing a file": () =>
    Effect.promise(async () => {
      const handle = await fsp.open(path.join(folder, "out"), "w")
      await handle.write(data)
      await handle.sync()
      await handle.close()
    }),
  "file streams": () =>
    Effect.promise(() => pipeline(fs.createReadStream(file), fs.createWriteStream(path.join(folder, "copy")))),
  "a DNS lookup": () => Effect.promise(() => dns.lookup("localhost")),
  compression: () => Effect.promise(() => promisify(zlib.gzip)(data)),
  "a CompressionStream": () =>
    Effect.promise(() => new Response(new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"))).text()),
  WebCrypto: () => Effect.promise(() => crypto.subtle.digest("SHA-256", data)),
  "deriving a key": () => Effect.promise(() => promisify(crypto.pbkdf2)("a", "b", 100_000, 32, "sha256")),
  "random bytes, synchronous and asynchronous": () =>
    Effect.promise(async () => {
      crypto.getRandomValues(new Uint8Array(16))
      crypto.randomFillSync(new Uint8Array(16))
      crypto.pbkdf2Sync("a", "b", 10, 32, "sha256")
      await promisify(crypto.randomBytes)(16)
    }),
  "a real timer of 20 ms": () => Effect.promise(() => real(20)),
  "an unreferenced real timer in busyWhile": (world) =>
    VirtualClock.busyWhile(world.time)(Effect.promise(() => real(20, { ref: false }))),
  "a worker in busyWhile": (world) =>
    VirtualClock.busyWhile(world.time)(
      Effect.promise(
        () =>
          new Promise((resolve) => {
            new Worker("setTimeout(() => {}, 20)", { eval: true }).once("exit", resolve)
          })
      )
    )
}
const overHttp: Record<string, Work> = {
  "a slow machine": () => Effect.flatMap(get("/slow"), (response) => response.arrayBuffer),
  "a large body": () =>
    Effect.flatMap(get("/big"), (response) => Stream.runFold(response.stream, 0, (n, { length }) => n + length)).pipe(
      Effect.map((n) => assert.strictEqual(n, bigSize))
    ),
  "a large body to disk, with backpressure": () =>
    Effect.flatMap(get("/big"), (response) =>
      Effect.promise(() =>
        pipeline(Readable.from(Stream.toAsyncIterable(response.stream)), fs.createWriteStream(path.join(folder, "big")))
      )
    ),
  "a request's body of 4 MB": () =>
    Effect.flatMap(HttpClient.HttpClient, (client) =>
      client
        .execute(HttpClientRequest.post("/upload").pipe(HttpClientRequest.bodyUint8Array(data)))
        .pipe(Effect.flatMap((response) => response.json))
    )
}

describe("work that takes no virtual time", () => {
  for (const [name, work] of [...Object.entries(alone), ...Object.entries(overHttp)]) {
    for (const transport of longTransports) {
      it(`${name}, ${transport}`, async () => {
        const world = makeWorld()
        const result = await Effect.runPromise(
          work(world).pipe(Effect.timeoutOption("1 hour"), Effect.provide(provide(world, transport)))
        )
        assert.isTrue(Option.isSome(result))
        assert.strictEqual(world.time.elapsed, 0)
        assertIdle(world)
        endWorld(world)
      })
    }
  }
})

describe("work after a sleep", () => {
  it("takes no virtual time either: 10,000 yields of a fiber that the clock woke", async () => {
    const world = makeWorld()
    const result = await Effect.runPromise(
      Effect.sleep("1 minute").pipe(
        Effect.zipRight(Effect.repeatN(Effect.yieldNow(), 10_000)),
        Effect.timeoutOption("1 hour"),
        Effect.provide(clockLayer(world.time))
      )
    )
    assert.isTrue(Option.isSome(result))
    assert.strictEqual(world.time.elapsed, 60_000)
    endWorld(world)
  })
})

describe("unobservable work", () => {
  it("lets time advance: an unreferenced real timer without busyWhile", async () => {
    const world = makeWorld()
    const result = await Effect.runPromise(
      Effect.promise(() => real(200, { ref: false })).pipe(
        Effect.timeoutOption("1 hour"),
        Effect.provide(clockLayer(world.time))
      )
    )
    assert.isTrue(Option.isNone(result))
    endWorld(world)
  })
})

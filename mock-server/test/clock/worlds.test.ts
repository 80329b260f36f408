/** Many concurrent worlds in one process, each with the outcome it has alone; and how a program gets its clock. */

import * as fsp from "node:fs/promises"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it, layer as itLayer } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { size } from "../../../vitest.size.js"
import type { Transport } from "../../src/clock/transport.js"
import * as VirtualClock from "../../src/clock/VirtualClock.js"
import { VirtualTimeExceeded } from "../../src/clock/VirtualTime.js"
import { assertIdle, clockLayer, endWorld, makeWorld, provide, scale, transports, type World } from "./harness.js"

/** Polls a job of ten minutes every five seconds, through a 429 and a slow answer. */
const job = (id: string): Effect.Effect<void, unknown, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    while (true) {
      const { json, response } = yield* client.get(`/jobs/${id}`).pipe(
        Effect.flatMap((response) => Effect.map(response.json, (json) => ({ json: JSON.stringify(json), response }))),
        Effect.timeout("1 second"),
        Effect.retry(Schedule.exponential("200 millis"))
      )
      if (json.includes("completed")) return
      yield* Effect.sleep(response.status === 429 ? `${Number(response.headers["retry-after"])} seconds` : "5 seconds")
    }
  })

const play = async (transport: Transport | "slow network", jobs = 1) => {
  const world = makeWorld()
  await Effect.runPromise(
    Effect.forEach(
      Array.from({ length: jobs }, (_, i) => `j${i}`),
      job,
      { concurrency: "unbounded" }
    ).pipe(Effect.timeout("1 hour"), Effect.provide(provide(world, transport)))
  )
  assertIdle(world)
  endWorld(world)
  return [...world.journal, `end ${world.time.elapsed} steps ${world.time.steps}`].join("\n")
}

describe("many worlds", () => {
  it("have the same outcomes as alone, beside work of no world", { timeout: 600_000 }, async () => {
    const alone = await play("inProcess")
    assert.strictEqual(await play("socket"), alone)
    let loaded = true
    const load = async () => {
      while (loaded) {
        await promisify(zlib.gzip)(
          (await fsp.readFile(process.execPath)).subarray(0, size(2e5, Number.POSITIVE_INFINITY))
        )
        for (const until = performance.now() + 2; performance.now() < until; );
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const loading = load()
    for (let round = 0; round < scale("CLOCK_ROUNDS", 1, 1); round++) {
      const all = await Promise.all(
        Array.from({ length: scale("CLOCK_WORLDS", 2, 40) }, (_, i) => play(transports[i % 2]!))
      )
      assert.deepStrictEqual([...new Set([...all, alone])], [alone])
    }
    loaded = false
    await loading
  })

  it("have the same outcomes over a slow network", { timeout: 600_000 }, async () => {
    assert.strictEqual(await play("slow network"), await play("inProcess"))
  })

  it("have the same outcome on both transports in each run, with many fibers each", { timeout: 600_000 }, async () => {
    const fibers = size(2, 20)
    const first = await play("socket", fibers)
    for (let i = 0; i < scale("CLOCK_ROUNDS", 1, 1); i++) {
      assert.strictEqual(await play("inProcess", fibers), first)
      assert.strictEqual(await play("socket", fibers), first)
    }
  })
})

const everyTimer = Effect.gen(function* () {
  const at: Array<number> = []
  const start = yield* Clock.currentTimeMillis
  const stamp = Effect.map(Clock.currentTimeMillis, (now) => at.push((now - start) / 1_000))
  const child = yield* Effect.fork(Effect.sleep("1 hour"))
  const daemon = yield* Effect.forkDaemon(Effect.sleep("2 hours"))
  yield* Fiber.join(child).pipe(Effect.zipRight(stamp))
  yield* Fiber.join(daemon).pipe(Effect.zipRight(stamp))
  yield* Stream.fromSchedule(Schedule.spaced("1 minute")).pipe(Stream.take(3), Stream.runDrain, Effect.zipRight(stamp))
  yield* Effect.never.pipe(Effect.timeoutOption("5 minutes"), Effect.zipRight(stamp))
  yield* Effect.scoped(Effect.addFinalizer(() => Effect.sleep("1 day"))).pipe(Effect.zipRight(stamp))
  return at
})
const expected = [3_600, 7_200, 7_380, 7_680, 94_080]

/** Makes a clock each time it is provided. A constant would be shared by all tests. */
const fresh = Layer.unwrapScoped(
  Effect.map(
    Effect.acquireRelease(Effect.sync(makeWorld), (world) => Effect.sync(() => endWorld(world))),
    (world) => clockLayer(world.time)
  )
)

describe("the clock, provided", () => {
  it.effect("over the TestClock of it.effect: children, daemons, streams, timeouts, finalizers", () =>
    everyTimer.pipe(
      Effect.map((at) => assert.deepStrictEqual(at, expected)),
      Effect.provide(fresh)
    )
  )

  it.scoped("to a finalizer in the scope of it.scoped", () =>
    Effect.addFinalizer(() => Effect.sleep("1 day")).pipe(Effect.provide(clockLayer(makeWorld().time)))
  )

  it.effect("not to effects outside `provide`: a timeout there waits on the TestClock", () =>
    Effect.sleep("1 day").pipe(
      Effect.provide(fresh),
      Effect.timeoutOption("1 minute"),
      Effect.map((result) => assert.isTrue(Option.isSome(result)))
    )
  )

  itLayer(fresh)("to a block of tests by layer(…): one clock for all of it", (it) => {
    it.effect("the first test", () => Effect.map(everyTimer, (at) => assert.deepStrictEqual(at, expected)))
    it.effect("the second continues where the first ended", () =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        assert.strictEqual(now, Date.UTC(2025, 0, 1) + expected.at(-1)! * 1_000)
      )
    )
  })
})

describe("manual mode", () => {
  for (const transport of transports) {
    it(`ends an advance at exactly the new time, after all sleepers have run, ${transport}`, async () => {
      const world = makeWorld({ mode: "manual" })
      await Effect.runPromise(
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(job("j"))
          yield* VirtualClock.advance(world.time, 0)
          assert.deepStrictEqual(world.journal, ["0 j #1 running"])
          yield* VirtualClock.advance(world.time, "5 minutes")
          assert.strictEqual(world.time.elapsed, 300_000)
          // polls at 0, 5, 10 (429), 17, 22, …: all up to 300 s, none later
          assert.strictEqual(world.journal.at(-1), "298200 j #61 running")
          yield* VirtualClock.advance(world.time, "1 hour")
          assert.isTrue(Option.isSome(yield* Fiber.poll(fiber)))
          assert.strictEqual(world.time.elapsed, 3_900_000)
        }).pipe(Effect.provide(provide(world, transport)))
      )
      assertIdle(world)
      endWorld(world)
    })
  }
})

describe("a time that is set", () => {
  const sleep = (world: World, duration: Duration.DurationInput) =>
    Effect.runPromiseExit(Effect.sleep(duration).pipe(Effect.provide(clockLayer(world.time))))

  it("may go back within its world, whose cap does not move", async () => {
    const world = makeWorld({ cap: 60_000 })
    const began = world.time.now
    await sleep(world, "40 seconds")
    world.time.set(began + 10_000)
    assert.strictEqual(world.time.elapsed, 10_000)
    assert.isTrue(Exit.isSuccess(await sleep(world, "50 seconds")))
    assert.isTrue(Exit.isFailure(await sleep(world, "1 millis")))
    endWorld(world)
  })

  it("is a new beginning when it is out of the world's range: the cap counts from there", async () => {
    const world = makeWorld({ cap: 60_000 })
    for (const time of [Date.UTC(2030, 0, 1), Date.UTC(2020, 0, 1)]) {
      world.time.set(time)
      assert.deepStrictEqual([world.time.now, world.time.elapsed], [time, 0])
      assert.isTrue(Exit.isSuccess(await sleep(world, "60 seconds")))
    }
    endWorld(world)
  })
})

describe("a program that stalls", () => {
  it("dies with an explanation when it sleeps beyond the cap", async () => {
    const world = makeWorld({ cap: 60_000 })
    const cause = await Effect.runPromise(
      Effect.forever(Effect.sleep("7 seconds")).pipe(
        Effect.sandbox,
        Effect.flip,
        Effect.provide(clockLayer(world.time))
      )
    )
    assert.strictEqual(world.time.elapsed, 56_000)
    assert.include(Cause.pretty(cause), "virtual time is capped at 60000 ms")
    endWorld(world)
  })

  for (const transport of transports) {
    it(`continues when the server sleeps beyond the cap, ${transport}`, async () => {
      const world = makeWorld({ cap: 10_000 })
      const exit = await Effect.runPromiseExit(
        Effect.flatMap(HttpClient.HttpClient, (client) => client.get("/late")).pipe(
          Effect.map((response) => response.status),
          Effect.provide(provide(world, transport))
        )
      )
      const error = Exit.isFailure(exit) ? Object(Cause.squash(exit.cause)) : exit
      assert.instanceOf(error.cause, VirtualTimeExceeded)
      endWorld(world)
    })
  }

  it("is reported with the work that holds the world", () =>
    Effect.gen(function* () {
      const report = yield* Deferred.make<string>()
      const world = makeWorld({ stallAfter: 1, onStall: (text) => Deferred.unsafeDone(report, Effect.succeed(text)) })
      const stalled = yield* Effect.never.pipe(
        VirtualClock.busyWhile(world.time),
        Effect.provide(clockLayer(world.time)),
        Effect.fork
      )
      assert.match(yield* Deferred.await(report), /nothing has happened .* held by busyWhile; no sleepers/)
      yield* Fiber.interrupt(stalled)
      endWorld(world)
    }).pipe(Effect.runPromise))
})

describe("the end of a world", () => {
  it("leaves nothing behind: a sleeper never wakes, its work in Node holds no world", async () => {
    const world: World = makeWorld()
    let woke = false
    const wake = Effect.sync(() => {
      woke = true
    })
    Effect.runFork(Effect.sleep("1 second").pipe(Effect.zipRight(wake), Effect.provide(clockLayer(world.time))))
    endWorld(world)
    await play("inProcess")
    assert.isFalse(woke)
    assert.isTrue(world.time.idle)
  })
})

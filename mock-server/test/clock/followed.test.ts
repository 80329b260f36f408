/** A world on the program's TestClock: the server follows it in all its times, on both transports. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { NoTestClock } from "../../src/clock/FollowedTime.js"
import type { FaultEffect } from "../../src/core/faults/Plan.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import { transports } from "./harness.js"

const workflows = "/v0/workflows"
const jobs = "/v0/workflows/wf-crop-classification/jobs"

interface Answer {
  readonly at: number
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** An answer, and the time at which the program got it, in milliseconds of the test. */
const ask = (path: string, method = "GET") =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const own = path.startsWith("/")
    const headers = own ? { authorization: Redacted.value(token) } : {}
    const response = yield* Effect.promise((signal) => fetch(own ? baseUrl + path : path, { method, headers, signal }))
    const text = yield* Effect.promise(() => response.text())
    const json = text.startsWith("{") ? JSON.parse(text) : {}
    const answer: Answer = {
      at: yield* Clock.currentTimeMillis,
      status: response.status,
      headers: response.headers,
      json
    }
    return answer
  })

const use = (effect: FaultEffect) =>
  Effect.flatMap(MockServer, ({ faults }) => faults.use(Fault.plan(Fault.on("*", effect))))

/** Returns the first result, and interrupts the others. */
const until = (millis: number) => Effect.delay(Effect.succeed("too late" as const), millis)

for (const transport of transports) {
  const follow = Effect.provide(MockServer.layer({ transport, clock: "followTestClock" }))

  describe(`a world that follows the TestClock, ${transport}`, () => {
    it.effect("has the time of the test, and leaves the program its clock", () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2031, 4, 6))
        const before = yield* Effect.clock
        yield* Effect.gen(function* () {
          const { clock, time } = yield* MockServer
          assert.strictEqual(clock, before)
          assert.strictEqual(yield* Effect.clock, before)
          yield* TestClock.adjust("1 hour")
          assert.deepStrictEqual([time.now, time.elapsed], [Date.UTC(2031, 4, 6, 1), 3_600_000])
          assert.strictEqual((yield* ask(workflows)).headers.get("date"), "Tue, 06 May 2031 01:00:00 GMT")
        }).pipe(follow)
      })
    )

    it.effect("advances its jobs only when the test advances the clock", () =>
      Effect.gen(function* () {
        const { json } = yield* ask(`${jobs}?project_id=p`, "POST")
        const job = Effect.map(ask(`${jobs}/${json["id"]}`), ({ json }) => json["status"])
        const before = yield* job
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual([before, yield* job], [json["status"], "completed"])
        assert.notStrictEqual(before, "completed")
      }).pipe(follow)
    )

    it.effect("delays an answer in the test's time, to the millisecond", () =>
      Effect.gen(function* () {
        const { advance } = yield* MockServer
        yield* use(Fault.latency("5s"))
        const late = yield* Effect.fork(ask(workflows))
        yield* advance("4999 millis")
        assert.isTrue((yield* Fiber.poll(late))._tag === "None")
        yield* advance("1 milli")
        assert.isTrue((yield* Fiber.poll(late))._tag === "Some")
        assert.strictEqual((yield* Fiber.join(late)).at, 5_000)
      }).pipe(follow)
    )

    it.effect("times out a waiting client in the test's time, and drops the request", () =>
      Effect.gen(function* () {
        const { advance, time } = yield* MockServer
        yield* use(Fault.refuse("hang"))
        const asking = yield* Effect.fork(Effect.race(ask(workflows), until(60_000)))
        yield* advance("10 minutes")
        assert.strictEqual(yield* Fiber.join(asking), "too late")
        assert.isTrue(time.idle, time.describe())
      }).pipe(follow)
    )

    it.effect("dates Retry-After by the test's clock", () =>
      Effect.gen(function* () {
        yield* TestClock.adjust("90 seconds")
        yield* use(Fault.answer(503, { retryAfter: "7s", retryAfterAs: "date" }))
        assert.strictEqual((yield* ask(workflows)).headers.get("retry-after"), "Thu, 01 Jan 1970 00:01:37 GMT")
      }).pipe(follow)
    )

    it.effect("refills a rate limit", () =>
      Effect.gen(function* () {
        yield* use(Fault.limit(1, "30s"))
        const seen: Array<number> = []
        for (const wait of [0, 0, 30, 0]) {
          yield* TestClock.adjust(`${wait} seconds`)
          seen.push((yield* ask(workflows)).status)
        }
        assert.deepStrictEqual(seen, [200, 429, 200, 429])
      }).pipe(follow)
    )

    it.effect("expires a signed URL", () =>
      Effect.gen(function* () {
        const { json } = yield* ask(`${jobs}?project_id=p`, "POST")
        yield* TestClock.adjust("1 hour")
        const download = ask(`${jobs}/${json["id"]}/download`, "PUT")
        yield* download
        yield* TestClock.adjust("10 seconds")
        const url = String((yield* download).json["signed_url"])
        const statuses = [(yield* ask(url)).status]
        yield* TestClock.adjust("15 minutes")
        statuses.push((yield* ask(url)).status)
        assert.deepStrictEqual(statuses, [200, 403])
      }).pipe(follow)
    )

    it.effect("wakes all sleepers on the way, each after the answer to the one before", () =>
      Effect.gen(function* () {
        const { advance } = yield* MockServer
        yield* use(Fault.latency("1s"))
        const poller = yield* Effect.fork(
          Effect.forEach([1, 2, 3], () =>
            Effect.delay(
              Effect.map(Effect.timeout(ask(workflows), 1_500), ({ at }) => at),
              10_000
            )
          )
        )
        yield* advance("1 minute")
        assert.deepStrictEqual(yield* Fiber.join(poller), [11_000, 22_000, 33_000])
        assert.strictEqual(yield* Clock.currentTimeMillis, 60_000)
      }).pipe(follow)
    )

    it.effect("advances only after a program that yields to the event loop has sent its requests", () =>
      Effect.gen(function* () {
        const { advance } = yield* MockServer
        const turn = Effect.async<void>((resume) => {
          setImmediate(() => resume(Effect.void))
        })
        const asking = yield* Effect.fork(
          Effect.forEach([1, 2, 3, 4, 5], () => Effect.zipRight(Effect.repeatN(turn, 10), ask(workflows)))
        )
        yield* advance("1 hour")
        assert.deepStrictEqual(
          (yield* Fiber.join(asking)).map(({ at }) => at),
          [0, 0, 0, 0, 0]
        )
      }).pipe(follow)
    )

    it.effect("waits in advance until the wire is quiet and busyWhile has ended", () =>
      Effect.gen(function* () {
        const { advance, busyWhile } = yield* MockServer
        const answers = yield* Effect.fork(Effect.forEach([1, 2, 3], () => ask(workflows)))
        yield* advance(0)
        assert.isTrue((yield* Fiber.poll(answers))._tag === "Some")

        let done = false
        const work = Effect.async<void>((resume) => {
          setImmediate(() => setImmediate(() => resume(Effect.void)))
        }).pipe(Effect.tap(() => Effect.sync(() => (done = true))))
        yield* Effect.fork(busyWhile(work))
        yield* advance("1 second")
        assert.isTrue(done)
      }).pipe(follow)
    )

    it.effect("answers concurrent requests in the order of sending", () =>
      Effect.gen(function* () {
        const { requests } = yield* MockServer
        const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`)
        yield* Effect.forEach(ids, (id) => ask(`${jobs}/${id}`), { concurrency: "unbounded" })
        assert.deepStrictEqual(
          (yield* requests).map(({ subject }) => subject),
          ids
        )
      }).pipe(follow)
    )

    it.effect("resets a connection after all bytes sent before have arrived", () =>
      Effect.gen(function* () {
        const { baseUrl, fetch, token } = yield* MockServer
        yield* use(Fault.cutBody(9, "reset"))
        const received = yield* Effect.promise(async () => {
          const response = await fetch(baseUrl + workflows, { headers: { authorization: Redacted.value(token) } })
          const reader = response.body?.getReader()
          let bytes = 0
          try {
            for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
              bytes += read.value.byteLength
            }
          } catch {
            return bytes
          }
          return "all"
        })
        assert.strictEqual(received, 9)
      }).pipe(follow)
    )

    it.effect("leaves nothing behind: its sleepers end with it and never wake", () =>
      Effect.gen(function* () {
        const before = yield* Fiber.roots
        const { asking, sleeping, time } = yield* Effect.gen(function* () {
          const { advance, time } = yield* MockServer
          yield* Effect.orDie(use(Fault.latency("1h")))
          const asking = yield* Effect.forkDaemon(ask(workflows))
          yield* advance("1 second")
          assert.include(time.describe(), "1 sleeper(s) in the server, the first until +3600000 ms of the TestClock")
          return { asking, time, sleeping: (yield* Fiber.roots).length }
        }).pipe(follow)
        assert.isTrue(time.idle, time.describe())
        const after = yield* Fiber.roots
        assert.deepStrictEqual(
          [sleeping, after.length],
          [before.length + 2, before.length + 1],
          "only the client is left"
        )
        // its request ends with the world, with an explanation
        assert.include(String(yield* Fiber.await(asking)), "WorldEnded")
        yield* TestClock.adjust("2 hours")
        assert.deepStrictEqual((yield* Fiber.roots).length, before.length)
      })
    )
  })
}

describe("a world that should follow a TestClock", () => {
  const deathOf = (world: Effect.Effect<unknown, unknown>) =>
    Effect.map(Effect.exit(world), (exit) => (Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined))
  const follow = Effect.provide(MockServer, MockServer.layer({ clock: "followTestClock" }))

  it.live("reports that the program has none", () =>
    Effect.map(deathOf(follow), (error) => {
      assert.instanceOf(error, NoTestClock)
      assert.strictEqual(
        error.message,
        'clock: "followTestClock" found a clock that no test drives, expected the TestClock of it.effect: ' +
          "provide the layer inside it.effect (or TestContext), or let the world keep its own clock"
      )
    })
  )

  it.effect("reports this within another world too", () =>
    Effect.map(deathOf(Effect.provide(follow, MockServer.layer())), (error) => assert.instanceOf(error, NoTestClock))
  )
})

/** A world on the program's TestClock: all that the server does in time follows it, on both transports. */
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

/** An answer, and when the program had it, in milliseconds of the test. */
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

/** The first who is through; who sleeps meanwhile is interrupted. */
const until = (millis: number) => Effect.delay(Effect.succeed("too late" as const), millis)

for (const transport of transports) {
  const follow = Effect.provide(MockServer.layer({ transport, clock: "followTestClock" }))

  describe(`a world that follows the TestClock, ${transport}`, () => {
    it.effect("is where the test is, and leaves the program its clock", () =>
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

    it.effect("has its jobs go on when the test says so, and never by itself", () =>
      Effect.gen(function* () {
        const { json } = yield* ask(`${jobs}?project_id=p`, "POST")
        const job = Effect.map(ask(`${jobs}/${json["id"]}`), ({ json }) => json["status"])
        const before = yield* job
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual([before, yield* job], [json["status"], "completed"])
        assert.notStrictEqual(before, "completed")
      }).pipe(follow)
    )

    it.effect("lets an answer be late by its time, to the millisecond", () =>
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

    it.effect("has whoever waits for an answer give up on that time, and forgets the request", () =>
      Effect.gen(function* () {
        const { advance, time } = yield* MockServer
        yield* use(Fault.refuse("hang"))
        const asking = yield* Effect.fork(Effect.race(ask(workflows), until(60_000)))
        yield* advance("10 minutes")
        assert.strictEqual(yield* Fiber.join(asking), "too late")
        assert.isTrue(time.idle, time.describe())
      }).pipe(follow)
    )

    it.effect("says in Retry-After when to come again, as a date of the test", () =>
      Effect.gen(function* () {
        yield* TestClock.adjust("90 seconds")
        yield* use(Fault.answer(503, { retryAfter: "7s", retryAfterAs: "date" }))
        assert.strictEqual((yield* ask(workflows)).headers.get("retry-after"), "Thu, 01 Jan 1970 00:01:37 GMT")
      }).pipe(follow)
    )

    it.effect("lets a rate limit recover", () =>
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

    it.effect("lets a signed URL expire", () =>
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

    it.effect("advances past all who wake on the way, each after the answer of the one before", () =>
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

    it.effect("advances only when a program that takes turns of its own has asked for all it can", () =>
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

    it.effect("waits with advance until nothing is on the wire, and for what nobody sees", () =>
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

    it.effect("answers requests that were sent at once in the order in which they were sent", () =>
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

    it.effect("resets a connection when all that was sent before has arrived", () =>
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

    it.effect("leaves nothing behind: who sleeps in it ends with it, and nobody wakes", () =>
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
        // its request ends with the world, and says so
        assert.include(String(yield* Fiber.await(asking)), "WorldEnded")
        yield* TestClock.adjust("2 hours")
        assert.deepStrictEqual((yield* Fiber.roots).length, before.length)
      })
    )
  })
}

describe("a world that was to follow a TestClock", () => {
  const deathOf = (world: Effect.Effect<unknown, unknown>) =>
    Effect.map(Effect.exit(world), (exit) => (Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined))
  const follow = Effect.provide(MockServer, MockServer.layer({ clock: "followTestClock" }))

  it.live("says that there is none", () =>
    Effect.map(deathOf(follow), (error) => {
      assert.instanceOf(error, NoTestClock)
      assert.strictEqual(
        error.message,
        'clock: "followTestClock" found a clock that no test drives, expected the TestClock of it.effect: ' +
          "provide the layer inside it.effect (or TestContext), or let the world keep its own clock"
      )
    })
  )

  it.effect("says so too in the time of another world", () =>
    Effect.map(deathOf(Effect.provide(follow, MockServer.layer())), (error) => assert.instanceOf(error, NoTestClock))
  )
})

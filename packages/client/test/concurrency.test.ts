/** The limit of concurrent calls. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { JobsApi, Pixxel, RetryPolicy } from "../src/index.js"
import { jobId, json, projectId, status, workflowId } from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))
const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))

const over = (client: HttpClient.HttpClient, options: Partial<Pixxel.Options>) =>
  Pixxel.layer({ token: Redacted.make("k"), ...options }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
    Layer.orDie
  )

/** A server that takes a second per answer. `first` replaces the first answer. */
const slow = (options: Partial<Pixxel.Options>, first: () => Response = () => json({ id: "job-1" })) => {
  const count = { all: 0, now: 0, most: 0 }
  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      count.all++
      count.now++
      count.most = Math.max(count.most, count.now)
      const answer = count.all === 1 ? first() : json({ id: "job-1" })
      yield* Effect.sleep("1 second")
      return HttpClientResponse.fromWeb(request, answer)
    }).pipe(Effect.ensuring(Effect.sync(() => count.now--)))
  )
  return { count, layer: over(client, options) }
}

describe("a client with a limit", () => {
  it.effect("of two makes two concurrent calls, and the others after them", () => {
    const { count, layer } = slow({ concurrency: 2 })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 6 }, () => get),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("2999 millis")
      assert.deepStrictEqual(count, { all: 6, now: 2, most: 2 })
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(yield* Fiber.join(fiber), 6)
    }).pipe(Effect.provide(layer))
  })

  it.effect("of none makes all calls concurrently", () => {
    const { count, layer } = slow({})
    return Effect.gen(function* () {
      yield* Effect.fork(
        Effect.all(
          Array.from({ length: 6 }, () => get),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(count.now, 6)
    }).pipe(Effect.provide(layer))
  })

  it.effect("passes the turn to another call during the delay between attempts", () => {
    const { count, layer } = slow({ concurrency: 1 }, () => status(503, { "retry-after": "30" }))
    return Effect.gen(function* () {
      const first = yield* Effect.fork(get)
      yield* TestClock.adjust("1 second")
      const second = yield* Effect.fork(get)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(second)
      assert.strictEqual(count.all, 2)
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(first)
      assert.strictEqual(count.all, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("passes the turn of an interrupted call to the next", () => {
    const { count, layer } = slow({ concurrency: 1 })
    return Effect.gen(function* () {
      const [first, second, third] = yield* Effect.all([get, get, get].map((call) => Effect.fork(call)))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(second!)
      yield* Fiber.interrupt(first!)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(third!)
      assert.strictEqual(count.all, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts the wait for a turn to the call, not to an attempt", () => {
    const { layer } = slow({ concurrency: 1, retry: { attemptTimeout: "1500 millis", timeout: "3500 millis" } })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 5 }, () => Effect.either(get)),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("3500 millis")
      const results = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        results.map(({ _tag }) => _tag),
        ["Right", "Right", "Right", "Left", "Left"]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("ends an attempt that takes too long", () => {
    const { layer } = slow({ concurrency: 1, retry: { attemptTimeout: "500 millis", maxAttempts: 1 } })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flip(get))
      yield* TestClock.adjust("500 millis")
      const error = yield* Fiber.join(fiber)
      assert.deepInclude(error, { _tag: "PixxelRequestTimeout", sent: "unknown", timeout: Duration.millis(500) })
    }).pipe(Effect.provide(layer))
  })

  it.effect("reports a create whose deadline passes before its turn as not sent", () => {
    const { count, layer } = slow({ concurrency: 1, retry: { timeout: "900 millis" } })
    return Effect.gen(function* () {
      const under = yield* Effect.fork(Effect.flip(RetryPolicy.withOptions(create, { timeout: "950 millis" })))
      const waiting = yield* Effect.fork(Effect.flip(create))
      yield* TestClock.adjust("900 millis")
      const error = yield* Fiber.join(waiting)
      assert(error._tag === "PixxelRequestTimeout")
      assert.deepInclude(error, { sent: false, isRetryable: true, timeout: Duration.millis(900) })
      assert.lengthOf(error.attempts, 0)

      // The other one was in flight, so its outcome is unknown.
      yield* TestClock.adjust("50 millis")
      assert.strictEqual((yield* Fiber.join(under))._tag, "CreateOutcomeUnknown")
      assert.strictEqual(count.all, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not send a create whose turn comes too late, on a busy machine with late timers", () =>
    Effect.gen(function* () {
      const now = { millis: 0 }
      const timerless = Object.assign(Clock.make(), {
        unsafeCurrentTimeNanos: () => BigInt(now.millis) * 1_000_000n,
        sleep: () => Effect.never
      })
      const done = yield* Deferred.make<void>()
      let sent = 0
      const client = HttpClient.make((request) =>
        Effect.suspend(() => {
          sent++
          return Effect.as(Deferred.await(done), HttpClientResponse.fromWeb(request, json({ id: "job-1" })))
        })
      )
      const layer = over(client, { concurrency: 1, retry: { timeout: "900 millis" } })
      const error = yield* Effect.gen(function* () {
        yield* Effect.fork(get)
        const waiting = yield* Effect.fork(Effect.flip(create))
        // Let both proceed.
        yield* Effect.repeatN(Effect.yieldNow(), 100)
        assert.strictEqual(sent, 1)
        now.millis = 1_500
        yield* Deferred.succeed(done, undefined)
        return yield* Fiber.join(waiting)
      }).pipe(Effect.provide(layer), Effect.withClock(timerless))
      assert.deepInclude(error, { _tag: "PixxelRequestTimeout", sent: false })
      assert.strictEqual(sent, 1)
    })
  )
})

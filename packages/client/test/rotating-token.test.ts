/** A changing token: it is read again after a refusal, once for all calls in flight. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { sample } from "../../../vitest.size.js"
import { Auth, JobsApi, PixxelHttpClient, RetryPolicy } from "../src/index.js"
import { jobId, json, projectId, scripted, status, workflowId } from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))
const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))
const calls = (count: number) =>
  Effect.all(
    Array.from({ length: count }, () => Effect.either(get)),
    { concurrency: "unbounded" }
  )

type Reading = Effect.Effect<string, string>

/** A store that takes a second per reading and repeats the last result. */
const store = (readings: ReadonlyArray<Reading>) => {
  const count = { begun: 0 }
  const token = Effect.suspend(() => {
    const reading = readings[Math.min(count.begun, readings.length - 1)]!
    // The first reading happens during the build of the layer, before time advances.
    return count.begun++ === 0 ? reading : Effect.delay(reading, "1 second")
  }).pipe(Effect.map((text) => Redacted.make(text)))
  return { count, token }
}

/** A server that accepts only the good token. Answers each request after its listed delay, else immediately. */
const setup = (
  readings: ReadonlyArray<Reading>,
  {
    code = 401,
    good = "t2",
    slow = []
  }: { code?: number; good?: string; slow?: ReadonlyArray<Duration.DurationInput> } = {}
) => {
  const sent: Array<string> = []
  const client = HttpClient.make((request) =>
    Effect.suspend(() => {
      const token = (request.headers["authorization"] ?? "").replace("Bearer ", "")
      const at = sent.push(token) - 1
      const answer = token === good ? json({ id: "job-1" }) : status(code)
      return Effect.delay(Effect.succeed(HttpClientResponse.fromWeb(request, answer)), slow[at] ?? Duration.zero)
    })
  )
  const { count, token } = store(readings)
  const layer = JobsApi.layer.pipe(
    Layer.provide(PixxelHttpClient.layer()),
    Layer.provide(Layer.merge(Auth.layerEffect(token), Layer.succeed(HttpClient.HttpClient, client))),
    Layer.orDie
  )
  return { count, layer, sent }
}

const [t1, t2] = [Effect.succeed("t1"), Effect.succeed("t2")]

describe("a rotating token", () => {
  for (const code of [401, 403]) {
    it.effect(`is read again after a ${code}, and the call repeated with the new one`, () => {
      const { count, layer, sent } = setup([t1, t2], { code })
      return Effect.gen(function* () {
        const fiber = yield* Effect.fork(get)
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber)).id, jobId)
        yield* get
        assert.deepStrictEqual(sent, ["t1", "t2", "t2"])
        assert.strictEqual(count.begun, 2)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is read once for 50 calls in flight", () => {
    const { count, layer, sent } = setup([t1, t2])
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(calls(50))
      yield* TestClock.adjust("1 second")
      const results = yield* Fiber.join(fiber)
      assert.isTrue(results.every(({ _tag }) => _tag === "Right"))
      assert.lengthOf(sent, 100)
      assert.strictEqual(count.begun, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that has not changed is read once for 50 calls, without repeats", () => {
    const { count, layer, sent } = setup([t1, t1, t2])
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(calls(50))
      yield* TestClock.adjust("1 second")
      const results = yield* Fiber.join(fiber)
      assert.isTrue(results.every((result) => result._tag === "Left" && result.left._tag === "PixxelUnauthorized"))
      assert.lengthOf(sent, 50)
      assert.strictEqual(count.begun, 2)

      // A later call reads the token again.
      yield* Effect.zip(get, TestClock.adjust("1 second"), { concurrent: true })
      assert.strictEqual(count.begun, 3)
    }).pipe(Effect.provide(layer))
  })

  for (const [name, second, repeats] of [
    ["has changed", t2, ["t2", "t2"]],
    ["has not changed", t1, []]
  ] as const) {
    it.effect(`that ${name} is not read again for a call whose refusal arrives after the reading`, () => {
      const { count, layer, sent } = setup([t1, second], { slow: [0, "5 seconds"] })
      return Effect.gen(function* () {
        const fiber = yield* Effect.fork(calls(2))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(sent, ["t1", "t1", ...repeats])
        assert.strictEqual(count.begun, 2)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is read once per call: a second refusal fails the call, with both attempts", () => {
    const { count, layer, sent } = setup([t1, t2], { good: "t3" })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flip(get))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "PixxelUnauthorized")
      assert.deepStrictEqual(
        error.attempts.map((attempt) => attempt.status),
        [Option.some(401), Option.some(401)]
      )
      assert.deepStrictEqual(sent, ["t1", "t2"])
      assert.strictEqual(count.begun, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("repeats a refused create", () => {
    const { layer, sent } = setup([t1, t2], { code: 403 })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(create)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).id, jobId)
      assert.deepStrictEqual(sent, ["t1", "t2"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is read also without retries", () => {
    const { layer, sent } = setup([t1, t2])
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(RetryPolicy.withoutRetry(get))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(sent, ["t1", "t2"])
    }).pipe(Effect.provide(layer))
  })

  const failures: ReadonlyArray<readonly [string, Reading]> = [
    ["fails", Effect.fail("the vault s3cret is closed")],
    ["dies", Effect.dieMessage("s3cret")],
    ["interrupts itself", Effect.interrupt],
    ["returns an invalid header value", Effect.succeed("s3cret\n")],
    ["never ends", Effect.never]
  ]
  for (const [name, reading] of sample(failures, 2)) {
    it.effect(`whose reading ${name} keeps the refusal, once for 50 calls`, () => {
      const { count, layer, sent } = setup([t1, reading])
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      return Effect.gen(function* () {
        const fiber = yield* Effect.fork(calls(50))
        yield* TestClock.adjust("3 minutes")
        const results = yield* Fiber.join(fiber)
        assert.isTrue(results.every((result) => result._tag === "Left" && result.left._tag === "PixxelUnauthorized"))
        assert.lengthOf(sent, 50)
        assert.strictEqual(count.begun, 2)
        assert.notInclude(lines.join(), "s3cret")
        assert.strictEqual(lines.length, name === "never ends" ? 0 : 1)
      }).pipe(Effect.provide(layer), Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
    })
  }

  it.effect("is read again by the next call after a failed reading", () => {
    const { layer, sent } = setup([t1, Effect.fail("closed"), t2])
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.zipRight(Effect.flip(get), get))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(sent, ["t1", "t1", "t2"])
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("is read by the next call if the reading one is interrupted", () => {
    const { count, layer, sent } = setup([t1, t2])
    return Effect.gen(function* () {
      const first = yield* Effect.fork(get)
      yield* TestClock.adjust("100 millis")
      const second = yield* Effect.fork(get)
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(second)
      assert.deepStrictEqual(sent, ["t1", "t1", "t2"])
      assert.strictEqual(count.begun, 3)
    }).pipe(Effect.provide(layer))
  })
})

describe("a fixed token", () => {
  for (const code of [401, 403]) {
    it.effect(`is not repeated after a ${code}`, () =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([() => status(code), () => json({ id: "job-1" })])
        const error = yield* Effect.flip(Effect.provide(get, layer))
        assert.include(["PixxelUnauthorized", "PixxelForbidden"], error._tag)
        assert.lengthOf(seen, 1)
      })
    )
  }
})

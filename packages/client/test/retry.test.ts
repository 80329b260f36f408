/** Retries: conditions, delays and reports. On Effect's test clock. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { HttpError, JobsApi, RetryPolicy } from "../src/index.js"
import * as policies from "../src/internal/policy.js"
import {
  type Answer,
  coded,
  cut,
  fetchFailed,
  jobId,
  json,
  projectId,
  scripted,
  status,
  taskId,
  token,
  workflowId
} from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))
const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))
const ok = () => json({ id: "job-1" })
const refused = () => status(503)
const stalled = () => new Response(new ReadableStream({}))
const afterSeconds = (seconds: string | number) => () => status(503, { "retry-after": String(seconds) })

/** Starts a get over this script, for inspection while time advances. */
const begin = (script: ReadonlyArray<() => Answer>, retry: RetryPolicy.Options = {}) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted(script, { retry })
    const fiber = yield* Effect.fork(Effect.either(Effect.provide(get, layer)))
    /** The number of requests after more time. */
    const sentAfter = (time: Duration.DurationInput) =>
      Effect.as(TestClock.adjust(time), seen).pipe(Effect.map((all) => all.length))
    const failure = Effect.flatMap(Fiber.join(fiber), Effect.flip)
    return { sentAfter, failure, fiber, seen, value: Effect.flatten(Fiber.join(fiber)) }
  })

const delaysOf = ({ attempts }: HttpError) => attempts.map(({ delay }) => Duration.toMillis(delay))

describe("Retry-After", () => {
  it.effect("of 7 seconds: no request at 6.9 s, one at 7.1 s", () =>
    Effect.gen(function* () {
      const { sentAfter, value } = yield* begin([afterSeconds(7), ok])
      assert.strictEqual(yield* sentAfter("6900 millis"), 1)
      assert.strictEqual(yield* sentAfter("200 millis"), 2)
      assert.strictEqual((yield* value).id, jobId)
    })
  )

  const dates: ReadonlyArray<readonly [string, Record<string, string>]> = [
    ["by the server's clock, years late", { date: "Fri, 01 Jan 2021 00:00:03 GMT" }],
    ["by our own clock when the answer has no date", {}]
  ]
  for (const [name, headers] of dates) {
    it.effect(`as a date, ${name}: no request at 6.9 s, one at 7.1 s`, () =>
      Effect.gen(function* () {
        const ours = "date" in headers ? "2026-01-01T00:00:00Z" : "2021-01-01T00:00:03Z"
        yield* TestClock.setTime(DateTime.unsafeMake(ours).epochMillis)
        const answer = () => status(503, { "retry-after": "Fri, 01 Jan 2021 00:00:10 GMT", ...headers })
        const { sentAfter } = yield* begin([answer, ok])
        assert.strictEqual(yield* sentAfter("6900 millis"), 1)
        assert.strictEqual(yield* sentAfter("200 millis"), 2)
      })
    )
  }

  it.effect("is respected after a 429 too", () =>
    Effect.gen(function* () {
      const { sentAfter } = yield* begin([() => status(429, { "retry-after": "7" }), ok])
      assert.strictEqual(yield* sentAfter("6900 millis"), 1)
      assert.strictEqual(yield* sentAfter("200 millis"), 2)
    })
  )

  it.effect("is the minimum delay: a longer backoff stays", () =>
    Effect.gen(function* () {
      const { sentAfter } = yield* begin([afterSeconds(7), ok], { baseDelay: "100 seconds", maxDelay: "100 seconds" })
      assert.strictEqual(yield* sentAfter("49 seconds"), 1)
      assert.strictEqual(yield* sentAfter("1 seconds"), 2)
    }).pipe(Effect.withRandom(Random.fixed([0.5])))
  )

  for (const nonsense of ["soon", "-7", "", "7s", "Fri, 99 Jan 2021 00:00:10 GMT", "9".repeat(40)]) {
    it.effect(`that is unreadable, as ${JSON.stringify(nonsense)}, does not change the backoff`, () =>
      Effect.gen(function* () {
        const { sentAfter } = yield* begin([afterSeconds(nonsense), ok])
        assert.strictEqual(yield* sentAfter(RetryPolicy.defaults.baseDelay), 2)
      })
    )
  }

  it.effect("above the limit ends the call immediately, with the delay in the error", () =>
    Effect.gen(function* () {
      const { failure, sentAfter } = yield* begin([afterSeconds(61)])
      const error = yield* failure
      assert(error._tag === "PixxelServerError")
      assert.deepStrictEqual(error.retryAfter, Option.some(Duration.seconds(61)))
      assert.strictEqual(yield* sentAfter("1 hour"), 1)
    })
  )

  it.effect("at the limit delays the retry", () =>
    Effect.gen(function* () {
      const { sentAfter } = yield* begin([afterSeconds(8), ok], { maxRetryAfter: "8 seconds" })
      assert.strictEqual(yield* sentAfter("8 seconds"), 2)
    })
  )
})

describe("the backoff", () => {
  const policy = fc.record({
    baseDelay: fc.nat({ max: 60_000 }),
    maxDelay: fc.nat({ max: 600_000 })
  })
  const retries = fc.nat({ max: 2_000 })

  it.effect.prop(
    "lies between zero and the bound, which doubles up to its limit",
    [policy, retries, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })],
    ([options, count, share]) =>
      Effect.gen(function* () {
        const delay = Duration.toMillis(
          yield* policies.backoff(RetryPolicy.make(options), count).pipe(Effect.withRandom(Random.fixed([share])))
        )
        const bound = Math.min(options.maxDelay, options.baseDelay === 0 ? 0 : options.baseDelay * 2 ** count)
        assert.isAtLeast(delay, 0)
        assert.isAtMost(delay, bound)
        assert.approximately(delay, bound * share, 1)
      })
  )

  it.effect.prop(
    "of a call is within these bounds before each attempt",
    [fc.integer()],
    ([seed]) =>
      Effect.gen(function* () {
        const { failure, sentAfter } = yield* begin([refused], { baseDelay: "1 second", maxDelay: "3 seconds" })
        yield* sentAfter("1 minute")
        const delays = delaysOf(yield* failure)
        assert.lengthOf(delays, 5)
        for (const [at, most] of [0, 1_000, 2_000, 3_000, 3_000].entries()) assert.isAtMost(delays[at] ?? NaN, most)
        assert.isAbove(new Set(delays).size, 2)
      }).pipe(Effect.withRandom(Random.make(seed))),
    { fastCheck: { numRuns: 10 } }
  )
})

describe("a repeatable call", () => {
  const reads: ReadonlyArray<readonly [string, (jobs: JobsApi.Service) => Effect.Effect<unknown, HttpError>]> = [
    ["get", (jobs) => jobs.get({ workflowId, jobId })],
    ["list", (jobs) => jobs.list({ workflowId })],
    ["download", (jobs) => jobs.download({ workflowId, jobId })],
    ["downloadTask", (jobs) => jobs.downloadTask({ workflowId, jobId, taskId })]
  ]
  const failures: ReadonlyArray<readonly [string, () => Answer]> = [
    ["429", () => status(429)],
    ["500", () => status(500)],
    ["503 with a broken body", () => cut({ status: 503 })],
    ["a reset", () => fetchFailed("ECONNRESET")],
    ["a refused connection", () => fetchFailed("ECONNREFUSED")],
    ["a broken success", () => cut({ status: 200 })],
    ["no answer", () => "never"],
    ["a stalled body", stalled]
  ]
  for (const [operation, call] of reads) {
    it.effect.each(failures)(`${operation}: is repeated after %s`, ([, failure]) =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([failure, () => json({ id: "job-1", jobs: [] })])
        const fiber = yield* Effect.fork(Effect.flatMap(JobsApi, call).pipe(Effect.provide(layer)))
        yield* TestClock.adjust("61 seconds")
        yield* Fiber.join(fiber)
        assert.lengthOf(seen, 2)
      })
    )
  }

  const finals: ReadonlyArray<readonly [string, () => Answer]> = [
    ...[300, 307, 400, 401, 402, 403, 404, 408, 409, 422].map((code) => [String(code), () => status(code)] as const),
    ["a success that cannot be read", () => new Response("<html>")]
  ]
  it.effect.each(finals)("is not repeated after %s", ([, answer]) =>
    Effect.gen(function* () {
      const { sentAfter } = yield* begin([answer])
      assert.strictEqual(yield* sentAfter("1 hour"), 1)
    })
  )

  it.effect("fails after its attempts with the last error", () =>
    Effect.gen(function* () {
      const { failure, sentAfter } = yield* begin([refused, refused, refused, refused, () => status(500)])
      assert.strictEqual(yield* sentAfter("1 minute"), 5)
      const error = yield* failure
      assert(error._tag === "PixxelServerError")
      assert.strictEqual(error.status, 500)
      assert.strictEqual(
        error.message,
        "JobsApi.get was answered 500. The server failed. Try again later. Attempts: 5."
      )
    })
  )

  it.effect("stops immediately when interrupted between two attempts", () =>
    Effect.gen(function* () {
      const { fiber, sentAfter } = yield* begin([afterSeconds(7), ok])
      yield* sentAfter("1 second")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* sentAfter("1 hour"), 1)
    })
  )
})

describe("a create", () => {
  const answers: ReadonlyArray<readonly [string, () => Answer]> = [
    ["429", () => status(429, { "retry-after": "3" })],
    ["ECONNREFUSED", () => fetchFailed("ECONNREFUSED")],
    ["ENOTFOUND", () => fetchFailed("ENOTFOUND")],
    ["EAI_AGAIN", () => fetchFailed("EAI_AGAIN")],
    ["UND_ERR_CONNECT_TIMEOUT", () => fetchFailed("UND_ERR_CONNECT_TIMEOUT")]
  ]
  it.effect.each(answers)("that was not accepted (%s) is repeated", ([, answer]) =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([answer, ok])
      const fiber = yield* Effect.fork(Effect.provide(create, layer))
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).id, jobId)
      assert.deepStrictEqual(
        seen.map(({ method }) => method),
        ["POST", "POST"]
      )
    })
  )

  it.effect("is not sent a third time if the second may have arrived, and reports both", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => status(429), () => status(502), ok])
      const fiber = yield* Effect.fork(Effect.flip(Effect.provide(create, layer)))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert(error._tag === "CreateOutcomeUnknown")
      assert.deepStrictEqual(
        error.attempts.map((attempt) => attempt.status),
        [Option.some(429), Option.some(502)]
      )
      assert.lengthOf(seen, 2)
    })
  )
})

describe("the attempts of a call", () => {
  const script: ReadonlyArray<() => Answer> = [
    () => status(503, { "retry-after": "7", "x-request-id": "req-1" }),
    () => fetchFailed("ECONNRESET"),
    () => cut({ status: 200, headers: { "x-request-id": "req-3" } }),
    () => "never",
    () => status(404, { "x-request-id": "req-5" })
  ]
  const shown = ({ attempts }: HttpError) =>
    attempts.map(({ reason, requestId, status }) => [
      Option.getOrNull(status),
      Option.getOrNull(reason),
      Option.getOrNull(requestId)
    ])

  it.effect("are all in its error, in order", () =>
    Effect.gen(function* () {
      const { failure, sentAfter } = yield* begin(script)
      yield* sentAfter("2 minutes")
      const error = yield* failure
      assert.strictEqual(error._tag, "PixxelNotFound")
      assert.deepStrictEqual(shown(error), [
        [503, null, "req-1"],
        [null, "ECONNRESET", null],
        [200, "UND_ERR_SOCKET", "req-3"],
        [null, "RequestTimeout", null],
        [404, null, "req-5"]
      ])
      const [first, second, third] = delaysOf(error)
      assert.deepStrictEqual([first, second], [0, 7_000])
      assert.isAtMost(third ?? NaN, 1_000)

      const text = JSON.stringify(yield* Schema.encode(HttpError)(error))
      const back = yield* Schema.decode(Schema.parseJson(HttpError))(text)
      assert.deepStrictEqual(shown(back), shown(error))
      assert.deepStrictEqual(delaysOf(back), delaysOf(error))
    })
  )

  /** Collects the spans of a get over this script. */
  const spansOf = (answers: ReadonlyArray<() => Answer>) =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span & { readonly events?: ReadonlyArray<readonly [string, bigint, object]> }> = []
      const inner = yield* Effect.tracer
      const tracer = Tracer.make({
        context: inner.context,
        span: (...args) => {
          const span = inner.span(...args)
          spans.push(span)
          return span
        }
      })
      const fiber = yield* Effect.fork(
        get.pipe(Effect.ignore, Effect.provide(scripted(answers).layer), Effect.withTracer(tracer))
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      return spans
    })

  it.effect("are events of the call's one span, which has the status of the last", () =>
    Effect.gen(function* () {
      const [span, ...others] = yield* spansOf([script[0]!, script[1]!, ok])
      assert.lengthOf(others, 0)
      assert.strictEqual(span?.name, "JobsApi.get")
      assert.strictEqual(span?.attributes.get("http.request.resend_count"), 2)
      assert.strictEqual(span?.attributes.get("http.response.status_code"), 200)
      const [first, second, ...more] = span?.events ?? []
      assert.lengthOf(more, 0)
      assert.strictEqual(first?.[0], "retry")
      assert.deepStrictEqual(first?.[2], {
        "error.type": "PixxelServerError",
        "http.response.status_code": 503,
        "pixxel.request_id": "req-1",
        "pixxel.retry.delay_ms": 7_000
      })
      assert.deepInclude(second?.[2], { "error.type": "PixxelTransportError", "pixxel.reason": "ECONNRESET" })
    })
  )

  it.effect("have no status in the span when the last had none", () =>
    Effect.gen(function* () {
      const [span] = yield* spansOf([script[0]!, script[1]!])
      assert.strictEqual(span?.attributes.get("http.request.resend_count"), 4)
      assert.isFalse(span?.attributes.has("http.response.status_code"))
    })
  )

  it.effect("add nothing to the span of a call that succeeds immediately", () =>
    Effect.gen(function* () {
      const [span] = yield* spansOf([ok])
      assert.isFalse(span?.attributes.has("http.request.resend_count"))
      assert.lengthOf(span?.events ?? [], 0)
    })
  )

  it.effect("are lines in the debug log, without secrets", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${message}`))
      const { layer } = scripted([
        () => status(503, { "x-request-id": `echo-${token}` }),
        () => coded(token),
        afterSeconds(90)
      ])
      const fiber = yield* Effect.fork(
        Effect.flip(get).pipe(
          Effect.provide(layer),
          Effect.withRandom(Random.fixed([0.5])),
          Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
          Logger.withMinimumLogLevel(LogLevel.Debug)
        )
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.lengthOf(lines, 3)
      assert.strictEqual(lines[0], "DEBUG JobsApi.get was answered 503, request echo-<redacted>. Retrying in 250ms.")
      assert.strictEqual(lines[1], "DEBUG JobsApi.get had no answer, <redacted>. Retrying in 500ms.")
      assert.match(lines[2]!, /^DEBUG JobsApi.get is not retried: the server requests a delay of 1m 30s/)
    })
  )
})

describe("the deadline of a call", () => {
  it.effect("covers the delays: no delay starts that would end after it", () =>
    Effect.gen(function* () {
      const { failure, sentAfter, seen } = yield* begin([afterSeconds(4)], { timeout: "10 seconds" })
      yield* sentAfter("8 seconds")
      const error = yield* failure
      assert.strictEqual(error._tag, "PixxelServerError")
      assert.deepStrictEqual(delaysOf(error), [0, 4_000, 4_000])
      assert.lengthOf(seen, 3)
    })
  )

  it.effect("covers the attempts: the last gets the remaining time", () =>
    Effect.gen(function* () {
      const { failure, fiber, sentAfter } = yield* begin([() => "never"], {
        attemptTimeout: "4 seconds",
        timeout: "10 seconds",
        baseDelay: 0
      })
      yield* sentAfter("9999 millis")
      assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
      assert.strictEqual(yield* sentAfter("1 millis"), 3)
      const error = yield* failure
      assert(error._tag === "PixxelRequestTimeout")
      assert.deepStrictEqual(error.timeout, Duration.seconds(10))
      assert.lengthOf(error.attempts, 3)
    })
  )

  for (const [answers, requests] of [
    ["good", 2],
    ["bad", 2]
  ] as const) {
    it.effect(`allows one more request after a late timer on a busy machine, whose answer is ${answers}`, () =>
      Effect.gen(function* () {
        const now = { millis: 0 }
        const late = Object.assign(Clock.make(), {
          unsafeCurrentTimeNanos: () => BigInt(now.millis) * 1_000_000n,
          // The delay ends far too late.
          sleep: (time: Duration.Duration) =>
            Duration.lessThan(time, "1 second")
              ? Effect.sync(() => Object.assign(now, { millis: 20_000 }))
              : Effect.never
        })
        const refused = () => status(429)
        const { layer, seen } = scripted([refused, answers === "good" ? ok : refused], {
          retry: { timeout: "10 seconds" }
        })
        const result = yield* Effect.either(create).pipe(Effect.provide(layer), Effect.withClock(late))
        assert.strictEqual(result._tag, answers === "good" ? "Right" : "Left")
        assert.lengthOf(seen, requests)
      })
    )
  }

  it.effect("can be disabled", () =>
    Effect.gen(function* () {
      const { fiber, sentAfter } = yield* begin([() => "never"], {
        attemptTimeout: Duration.infinity,
        timeout: Duration.infinity
      })
      assert.strictEqual(yield* sentAfter("30 days"), 1)
      assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
    })
  )
})

describe("the deadline of an attempt", () => {
  for (const [name, answer] of [
    ["no answer", () => "never"],
    ["a body that stalls", stalled]
  ] as ReadonlyArray<readonly [string, () => Answer]>) {
    it.effect(`ends ${name}, and the call continues with another`, () =>
      Effect.gen(function* () {
        const { sentAfter, value } = yield* begin([answer, ok], { attemptTimeout: "4 seconds", baseDelay: 0 })
        assert.strictEqual(yield* sentAfter("3999 millis"), 1)
        assert.strictEqual(yield* sentAfter("1 millis"), 2)
        assert.strictEqual((yield* value).id, jobId)
      })
    )
  }

  it.effect("is named by the error of the last attempt", () =>
    Effect.gen(function* () {
      const { failure, sentAfter } = yield* begin([() => "never"], { attemptTimeout: "4 seconds", maxAttempts: 2 })
      yield* sentAfter("10 seconds")
      const error = yield* failure
      assert(error._tag === "PixxelRequestTimeout")
      assert.deepStrictEqual(error.timeout, Duration.seconds(4))
      assert.strictEqual(error.message, "JobsApi.get had no complete answer within 4s. Attempts: 2.")
    })
  )
})

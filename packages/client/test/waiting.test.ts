/** The course of a wait, and its ends. */
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
import { JobId, JobsApi, Pixxel, Waiter } from "../src/index.js"
import {
  type Answer,
  fetchFailed,
  jobId,
  json,
  once,
  scripted,
  status,
  token,
  transport,
  workflowId
} from "./scripted.js"

const job = (word: string, more?: object) => () => json({ id: "job-1", status: word, ...more })
const running = job("running")
const completed = job("completed")
const failing = () => status(503)

/** Runs a wait without retries, and advances the clock. */
const waited = (script: ReadonlyArray<() => Answer>, options: JobsApi.WaitOptions = {}, time = "10 minutes") =>
  Effect.gen(function* () {
    const { layer, seen } = scripted(script, once)
    const fiber = yield* Effect.fork(
      Effect.flatMap(JobsApi, (jobs) => Effect.either(jobs.wait({ workflowId, jobId, ...options }))).pipe(
        Effect.provide(layer)
      )
    )
    yield* TestClock.adjust(time as Duration.DurationInput) // a literal of a duration
    return { result: yield* Fiber.join(fiber), sent: seen.length }
  })

const tagOf = ({ result }: Effect.Effect.Success<ReturnType<typeof waited>>) =>
  result._tag === "Left" ? result.left._tag : "success"

const fail = (times: number, with_: () => Answer = failing) => Array.from({ length: times }, () => with_)

/** Answers that no call repeats, without information about the job. */
const oddAnswers: ReadonlyArray<readonly [string, () => Answer]> = [
  ...[402, 405, 406, 408, 409, 418, 421, 422, 425, 444, 451, 460, 499].map(
    (code) => [`a ${code}`, () => status(code)] as const
  ),
  ["a redirect to a login page", () => status(302, { location: "https://login.test/" })],
  ["a redirect of the method", () => status(307, { location: "https://login.test/" })],
  ["a 304", () => new Response(null, { status: 304 })],
  ["a 204", () => new Response(null, { status: 204 })],
  ["a 205", () => new Response(null, { status: 205 })],
  ["a 200 with HTML", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
  ["an empty 200", () => new Response("")],
  ["half a JSON", () => new Response('{"id":"job-1","sta')],
  ["null", () => json(null)],
  ["a list", () => json([])],
  ["a text", () => json("running")],
  ["a job without an id", () => json({ status: "running" })],
  ["the envelope of an error with 200", () => json({ error: { code: "x" } })],
  ["a 500", () => status(500)],
  ["a lost connection", () => fetchFailed("ECONNRESET")]
]

/** Final answers of the API. */
const finalAnswers: ReadonlyArray<readonly [number, string]> = [
  [400, "PixxelBadRequest"],
  [401, "PixxelUnauthorized"],
  [403, "PixxelForbidden"],
  [404, "PixxelNotFound"],
  [410, "PixxelUnexpectedStatus"]
]

describe("a wait", () => {
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<() => Answer>, JobsApi.WaitOptions, string, number]> = [
    ["survives five failures in a row", [...fail(5), completed], {}, "success", 6],
    ["fails at the sixth", [...fail(6), completed], {}, "PixxelServerError", 6],
    ["restarts the count after a success", [...fail(5), running, ...fail(5), completed], {}, "success", 12],
    [
      "survives any temporary failure",
      [() => fetchFailed("ECONNRESET"), () => status(429), completed],
      {},
      "success",
      3
    ],
    ["ends immediately after a final answer", [running, () => status(403), completed], {}, "PixxelForbidden", 2],
    ["fails at the sixth unreadable answer in a row", fail(7, () => new Response("{")), {}, "PixxelDecodeError", 6],
    ["tolerates the configured number", [...fail(2), completed], { tolerance: 1 }, "PixxelServerError", 2],
    ["tolerates nothing if configured", [failing, completed], { tolerance: 0 }, "PixxelServerError", 1],
    ["tolerates everything if configured", [...fail(12), completed], { tolerance: Infinity }, "success", 13]
  ]
  for (const coalesce of [true, false]) {
    for (const [name, script, options, tag, sent] of sample(rows, 2, coalesce ? 0 : 1)) {
      it.effect(`${name}, ${coalesce ? "" : "not "}coalesced`, () =>
        Effect.gen(function* () {
          const outcome = yield* waited(script, { ...options, coalesce })
          assert.deepStrictEqual([tagOf(outcome), outcome.sent], [tag, sent])
        })
      )
    }

    for (const [name, odd] of sample(oddAnswers, 4, coalesce ? 0 : 2)) {
      it.effect(`survives ${name}, ${coalesce ? "" : "not "}coalesced`, () =>
        Effect.gen(function* () {
          const outcome = yield* waited([running, ...fail(5, odd), running, odd, completed], { coalesce })
          assert.deepStrictEqual([tagOf(outcome), outcome.sent], ["success", 9])
        })
      )
    }

    for (const [code, tag] of sample(finalAnswers, 2, coalesce ? 0 : 1)) {
      it.effect(`ends immediately with a ${code}, ${coalesce ? "" : "not "}coalesced`, () =>
        Effect.gen(function* () {
          const outcome = yield* waited([running, () => status(code), completed], { coalesce, tolerance: Infinity })
          assert.deepStrictEqual([tagOf(outcome), outcome.sent], [tag, 2])
        })
      )
    }

    it.effect(`respects the Retry-After of a pending answer, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        for (const code of [200, 202]) {
          const pending = () =>
            json({ id: "job-1", status: "running" }, { status: code, headers: { "retry-after": "90" } })
          assert.strictEqual((yield* waited([pending, completed], { coalesce, timeout: "89999 millis" })).sent, 1)
          assert.strictEqual((yield* waited([pending, completed], { coalesce, timeout: "90001 millis" })).sent, 2)
        }
      })
    )

    it.effect(`respects the Retry-After of an unreadable answer, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const broken = () => new Response("{", { headers: { "retry-after": "90" } })
        assert.strictEqual((yield* waited([broken, completed], { coalesce, timeout: "89999 millis" })).sent, 1)
        assert.strictEqual((yield* waited([broken, completed], { coalesce, timeout: "90001 millis" })).sent, 2)
      })
    )

    it.effect(`respects the Retry-After of a pending answer up to an hour, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const pending = () => json({ id: "job-1", status: "running" }, { headers: { "retry-after": "86400" } })
        const sentWithin = (timeout: Duration.DurationInput) =>
          Effect.map(waited([pending, completed], { coalesce, timeout }, "2 hours"), ({ sent }) => sent)
        assert.strictEqual(yield* sentWithin("3599 seconds"), 1)
        assert.strictEqual(yield* sentWithin("3601 seconds"), 2)
      })
    )

    it.effect(`respects a Retry-After beyond the retry policy, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const script = [() => status(503, { "retry-after": "90" }), completed]
        assert.strictEqual((yield* waited(script, { coalesce, timeout: "89999 millis" })).sent, 1)
        assert.strictEqual((yield* waited(script, { coalesce, timeout: "90001 millis" })).sent, 2)
      })
    )

    it.effect(`reports the last polled state, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const { result, sent } = yield* waited([job("running", { progress: "40%" })], { coalesce, timeout: "1 minute" })
        assert(result._tag === "Left" && result.left._tag === "WaitTimeout")
        const { lastProgress, lastStatus, message, polls } = result.left
        assert.deepStrictEqual([lastStatus, lastProgress, polls], [Option.some("running"), Option.some(40), sent])
        assert.strictEqual(
          message,
          `Job job-1 had not ended after 1m: ${sent} polls, the last with status "running" at 40 %. ` +
            "The job continues. Wait again with the same ids."
        )
      })
    )
  }

  it.effect("follows the settings of its client", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([running], { waiting: { interval: "1 minute" } })
      yield* Effect.fork(
        Effect.provide(
          Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId })),
          layer
        )
      )
      yield* TestClock.adjust("47 seconds")
      assert.lengthOf(seen, 1)
      yield* TestClock.adjust("26 seconds")
      assert.lengthOf(seen, 2)
    })
  )
})

describe("the log of a wait", () => {
  const lines = (program: Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void seen.push(`${logLevel.label} ${message}`))
      yield* Effect.ignore(program).pipe(
        Logger.withMinimumLogLevel(LogLevel.Debug),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      return seen
    })

  const interrupted = (id: JobId) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId: id })))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(scripted([running]).layer))

  it.effect("names the job at the start, and when interrupted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lines(interrupted(jobId)), [
        "DEBUG Waiting for the end of job job-1 of workflow wf-1.",
        "INFO No longer waiting for the end of job job-1 of workflow wf-1: interrupted. The job continues."
      ])
    })
  )

  it.effect("has no token, even if the id of the job is the token", () =>
    Effect.gen(function* () {
      const seen = (yield* lines(interrupted(JobId.make(token)))).join("\n")
      assert.notInclude(seen, token)
      assert.include(seen, "<redacted>")
    })
  )
})

describe("the settings", () => {
  const bad: ReadonlyArray<readonly [Waiter.Options, RegExp]> = [
    [{ interval: 0 }, /interval is 0: expected a duration longer than zero/],
    [{ minInterval: "999 millis" }, /minInterval is 999 millis: expected 1 second or more/],
    [{ minInterval: "1 minute", maxInterval: "30 seconds" }, /maxInterval is 30 seconds: expected at least .* 1m/],
    [{ tolerance: -1 }, /tolerance is -1: expected a whole number/],
    [{ tolerance: 0.5 }, /tolerance/],
    [{ tolerance: Number.NaN }, /tolerance/]
  ]
  for (const [options, message] of bad) {
    it.effect(`cannot be ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        assert.throws(() => Waiter.make(options), RangeError, message)
        const layer = Pixxel.layer({ token: Redacted.make("k"), waiting: options }).pipe(
          Layer.provide(transport([running]).layer)
        )
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        assert.match(error.toString(), message)
      })
    )
  }

  it("raise the ceiling with the floor", () => {
    const { maxInterval } = Waiter.make({ minInterval: "1 minute" })
    assert.deepStrictEqual(maxInterval, Duration.minutes(1))
  })
})

/** How a wait goes on, and what ends it. */
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

/** A wait, with every call sent once, and the clock moved on by so much. */
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

describe("a wait", () => {
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<() => Answer>, JobsApi.WaitOptions, string, number]> = [
    ["lives through five failures in a row", [...fail(5), completed], {}, "success", 6],
    ["and through no sixth", [...fail(6), completed], {}, "ServerError", 6],
    ["counts from the beginning after a success", [...fail(5), running, ...fail(5), completed], {}, "success", 12],
    [
      "lives through any failure that may pass",
      [() => fetchFailed("ECONNRESET"), () => status(429), completed],
      {},
      "success",
      3
    ],
    ["ends at once with what will not change", [running, () => status(403), completed], {}, "Forbidden", 2],
    ["ends at once with what nobody can read", [() => new Response("{"), completed], {}, "DecodeError", 1],
    ["tolerates as much as it is told to", [...fail(2), completed], { tolerance: 1 }, "ServerError", 2],
    ["tolerates nothing if it is told so", [failing, completed], { tolerance: 0 }, "ServerError", 1],
    ["tolerates everything if it is told so", [...fail(12), completed], { tolerance: Infinity }, "success", 13]
  ]
  for (const coalesce of [true, false]) {
    for (const [name, script, options, tag, sent] of rows) {
      it.effect(`${name}, ${coalesce ? "" : "not "}coalesced`, () =>
        Effect.gen(function* () {
          const outcome = yield* waited(script, { ...options, coalesce })
          assert.deepStrictEqual([tagOf(outcome), outcome.sent], [tag, sent])
        })
      )
    }

    it.effect(`keeps a Retry-After that no retry has kept, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const script = [() => status(503, { "retry-after": "90" }), completed]
        assert.strictEqual((yield* waited(script, { coalesce, timeout: "89999 millis" })).sent, 1)
        assert.strictEqual((yield* waited(script, { coalesce, timeout: "90001 millis" })).sent, 2)
      })
    )

    it.effect(`says what it saw last, ${coalesce ? "" : "not "}coalesced`, () =>
      Effect.gen(function* () {
        const { result, sent } = yield* waited([job("running", { progress: "40%" })], { coalesce, timeout: "1 minute" })
        assert(result._tag === "Left" && result.left._tag === "WaitTimeout")
        const { lastProgress, lastStatus, message, polls } = result.left
        assert.deepStrictEqual([lastStatus, lastProgress, polls], [Option.some("running"), Option.some(40), sent])
        assert.strictEqual(
          message,
          `Job job-1 had not ended after 1m: it was seen ${sent} times, at last "running" at 40 %. ` +
            "It goes on: wait again with the same ids."
        )
      })
    )
  }

  it.effect("of a client that waits differently does so too", () =>
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

  it.effect("names the job at the beginning, and when it is interrupted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lines(interrupted(jobId)), [
        "DEBUG Waiting for the end of job job-1 of workflow wf-1.",
        "INFO No longer waiting for the end of job job-1 of workflow wf-1: interrupted. The job goes on."
      ])
    })
  )

  it.effect("has no token, though the id of the job is one", () =>
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
    [{ minInterval: "1 minute", maxInterval: "30 seconds" }, /maxInterval is 30 seconds: expected no less than .* 1m/],
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

  it("have a ceiling that a raised floor lifts", () => {
    const { maxInterval } = Waiter.make({ minInterval: "1 minute" })
    assert.deepStrictEqual(maxInterval, Duration.minutes(1))
  })
})

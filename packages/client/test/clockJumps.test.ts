/** Clock changes and suspensions of the machine during retries and waits. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { sample } from "../../../vitest.size.js"
import { Download, JobId, JobsApi, Pixxel, type PixxelHttpClient, RetryPolicy } from "../src/index.js"
import * as jumping from "./jumpingClock.js"
import { json, projectId, status, workflowId } from "./scripted.js"

/** A server whose jobs run and whose packages are pending until the test finishes them. */
const server = (options: Partial<Pixxel.Options> = {}) => {
  const state = { requests: Array.of<string>(), isDone: false, isDown: false, isDeaf: false }
  const client = HttpClient.make((request) =>
    Effect.suspend(() => {
      const { pathname } = new URL(request.url)
      state.requests.push(`${request.method} ${pathname.split("/").slice(4).join("/")}`)
      if (state.isDeaf) return Effect.never
      const job = (id: string) => ({ id, status: state.isDone ? "completed" : "running" })
      const answer = state.isDown
        ? status(503, { "retry-after": "5" })
        : pathname.endsWith("/download")
          ? json(state.isDone ? { status: "ready", signed_url: "https://files.test/a.zip" } : { status: "pending" })
          : request.method === "GET" && pathname.endsWith("/jobs")
            ? json({ jobs: ["job-0", "job-1"].map(job) })
            : json(job(/\/jobs\/(.+)$/.exec(pathname)?.[1] ?? "job-0"))
      return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
    })
  )
  const layer = Pixxel.layer({
    token: Redacted.make("k"),
    retry: RetryPolicy.none,
    waiting: { interval: "10 seconds" },
    ...options
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)), Layer.orDie)
  return { state, layer }
}

type World = ReturnType<typeof server>
type Following = Effect.Effect<unknown, { readonly _tag: string }, JobsApi | PixxelHttpClient>

const jobId = JobId.make("job-0")
const ref = { workflowId, jobId, timeout: "5 minutes" } as const

/** All polling operations, with deadlines of five minutes. */
const followings: ReadonlyArray<readonly [string, Following]> = [
  ["a wait alone", Effect.flatMap(JobsApi, (jobs) => jobs.wait({ ...ref, coalesce: false }))],
  ["a wait with shared polls", Effect.flatMap(JobsApi, (jobs) => jobs.wait(ref))],
  [
    "waits that share lists",
    Effect.flatMap(JobsApi, (jobs) =>
      Effect.all([jobs.wait(ref), jobs.wait({ ...ref, jobId: JobId.make("job-1") })], { concurrency: "unbounded" })
    )
  ],
  [
    "a wait with onChange",
    Effect.flatMap(JobsApi, (jobs) => jobs.wait({ ...ref, onChange: () => Effect.sleep("100 millis") }))
  ],
  ["a run", Effect.flatMap(JobsApi, (jobs) => jobs.run({ ...ref, projectId, adopt: "never" }))],
  ["the wait for a package", Download.signedUrl(ref, { timeout: "5 minutes", interval: "10 seconds" })]
]

/** Starts on a clock that jumps. */
const begin = (program: Following, { layer }: World) =>
  Effect.gen(function* () {
    const clock = jumping.make(yield* Effect.clock)
    const fiber = yield* Effect.fork(
      Effect.either(program).pipe(
        Effect.provide(layer),
        Effect.withClock(clock),
        Logger.withMinimumLogLevel(LogLevel.None)
      )
    )
    const end = Effect.map(Fiber.poll(fiber), Option.isSome)
    const outcome = Effect.map(
      Fiber.join(fiber),
      Either.match({ onLeft: ({ _tag }) => _tag, onRight: () => "success" })
    )
    return { clock, end, outcome }
  })

/** Changes of the system's clock, in milliseconds. */
const jumps = [
  ["set back", -600_000],
  ["set forward", 600_000]
] as const

for (const [turn, [name, program]] of followings.entries()) {
  describe(name, () => {
    for (const [jump, millis] of sample(jumps, 2, turn)) {
      it.effect(`continues when the clock is ${jump} by ten minutes`, () =>
        Effect.gen(function* () {
          const it = server()
          const { clock, end, outcome } = yield* begin(program, it)
          yield* TestClock.adjust("25 seconds")
          const before = it.state.requests.length
          clock.setWall(millis)
          yield* TestClock.adjust("25 seconds")
          assert.isFalse(yield* end)
          assert.isAtLeast(it.state.requests.length - before, 2)
          it.state.isDone = true
          yield* TestClock.adjust("15 seconds")
          assert.isTrue(yield* end)
          assert.strictEqual(yield* outcome, "success")
        })
      )

      it.effect(`ends at its deadline when the clock is ${jump} by ten minutes`, () =>
        Effect.gen(function* () {
          const it = server()
          const { clock, end, outcome } = yield* begin(program, it)
          yield* TestClock.adjust("25 seconds")
          clock.setWall(millis)
          yield* TestClock.adjust("274 seconds")
          assert.isFalse(yield* end)
          yield* TestClock.adjust("1 seconds")
          assert.isTrue(yield* end)
          assert.strictEqual(yield* outcome, "WaitTimeout")
        })
      )
    }

    it.effect("polls once more after a suspension past the deadline, and sees the end", () =>
      Effect.gen(function* () {
        const it = server()
        const { clock, end, outcome } = yield* begin(program, it)
        yield* TestClock.adjust("25 seconds")
        it.state.isDone = true
        clock.suspend(3_600_000)
        yield* TestClock.adjust("1 seconds")
        assert.isTrue(yield* end)
        assert.strictEqual(yield* outcome, "success")
      })
    )

    it.effect("polls once more after a suspension past the deadline, and fails if the job has not ended", () =>
      Effect.gen(function* () {
        const it = server()
        const { clock, end, outcome } = yield* begin(program, it)
        yield* TestClock.adjust("25 seconds")
        const before = it.state.requests.length
        clock.suspend(3_600_000)
        yield* TestClock.adjust("1 seconds")
        assert.isTrue(yield* end)
        assert.strictEqual(yield* outcome, "WaitTimeout")
        assert.isTrue([1, 2].includes(it.state.requests.length - before), it.state.requests.slice(before).join())
      })
    )

    it.effect("polls once more after a suspension during a poll", () =>
      Effect.gen(function* () {
        const it = server()
        const { clock, end, outcome } = yield* begin(program, it)
        yield* TestClock.adjust("25 seconds")
        it.state.isDeaf = true
        yield* TestClock.adjust("15 seconds")
        it.state.isDeaf = false
        it.state.isDone = true
        clock.suspend(3_600_000)
        // after a failed list, a get polls one job, and the other waits for its interval
        yield* TestClock.adjust("15 seconds")
        assert.isTrue(yield* end)
        assert.strictEqual(yield* outcome, "success")
      })
    )

    it.effect("polls once more after a suspension until just before the deadline", () =>
      Effect.gen(function* () {
        const it = server()
        const { clock, end } = yield* begin(program, it)
        yield* TestClock.adjust("25 seconds")
        it.state.isDeaf = true
        clock.suspend(274_999)
        yield* TestClock.adjust("59 seconds")
        // the last poll has its full timeout
        assert.isFalse(yield* end)
        it.state.isDeaf = false
        yield* TestClock.adjust("15 seconds")
        assert.isTrue(yield* end)
      })
    )
  })
}

describe("a watch", () => {
  it.effect("continues when the clock is set back, and after a suspension", () =>
    Effect.gen(function* () {
      const it = server()
      const watch = Effect.flatMap(JobsApi, (jobs) => Stream.runDrain(jobs.watch(ref)))
      const { clock, end, outcome } = yield* begin(watch, it)
      yield* TestClock.adjust("25 seconds")
      clock.setWall(-600_000)
      yield* TestClock.adjust("25 seconds")
      clock.suspend(86_400_000)
      const before = it.state.requests.length
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(it.state.requests.length, before + 1)
      it.state.isDone = true
      yield* TestClock.adjust("15 seconds")
      assert.isTrue(yield* end)
      assert.strictEqual(yield* outcome, "success")
    })
  )
})

describe("the retries of a call", () => {
  const get = Effect.flatMap(JobsApi, (jobs) => jobs.get(ref))
  const retry = { timeout: "20 seconds", attemptTimeout: "8 seconds" } as const

  for (const [jump, millis] of [
    ["set back", -600_000],
    ["set forward", 600_000]
  ] as const) {
    it.effect(`continue until their deadline when the clock is ${jump} by ten minutes`, () =>
      Effect.gen(function* () {
        const it = server({ retry })
        it.state.isDown = true
        const { clock, end, outcome } = yield* begin(get, it)
        yield* TestClock.adjust("1 seconds")
        clock.setWall(millis)
        yield* TestClock.adjust("14 seconds")
        assert.lengthOf(it.state.requests, 4)
        assert.isTrue(yield* end)
        assert.strictEqual(yield* outcome, "PixxelServerError")
      })
    )
  }

  for (const suspended of ["during a delay", "during an attempt"] as const) {
    for (const later of ["well", "down", "deaf"] as const) {
      it.effect(
        `include one more after a suspension past the deadline ${suspended}, with a server that is ${later}`,
        () =>
          Effect.gen(function* () {
            const it = server({ retry })
            it.state[suspended === "during a delay" ? "isDown" : "isDeaf"] = true
            const { clock, end, outcome } = yield* begin(get, it)
            yield* TestClock.adjust("1 seconds")
            it.state.isDown = later === "down"
            it.state.isDeaf = later === "deaf"
            clock.suspend(3_600_000)
            yield* TestClock.adjust("1 seconds")
            assert.lengthOf(it.state.requests, 2)
            if (later === "deaf") {
              // it has the full timeout of an attempt
              yield* TestClock.adjust("5 seconds")
              assert.isFalse(yield* end)
              yield* TestClock.adjust("3 seconds")
            }
            assert.isTrue(yield* end)
            const expected = { well: "success", down: "PixxelServerError", deaf: "PixxelRequestTimeout" }[later]
            assert.strictEqual(yield* outcome, expected)
            assert.lengthOf(it.state.requests, 2)
          })
      )
    }
  }
})

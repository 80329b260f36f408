/** The requests of waits with shared polls, against a scripted server. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { JobId, JobsApi, Pixxel, RetryPolicy } from "../src/index.js"
import { json, status, workflowId } from "./scripted.js"

type Body = { readonly id: string; readonly status?: unknown; readonly [key: string]: unknown }

/** At least two jobs that run until changed; the listed jobs, and replaced answers. */
const server = (ids: ReadonlyArray<string>, options: Partial<Pixxel.Options> = {}) => {
  const jobs = new Map<string, Body>(ids.map((id) => [id, { id, status: "running" }]))
  const state = {
    lists: 0,
    gets: Array.of<string>(),
    list: (): Response | "never" => json({ jobs: [...jobs.values()].map(({ tasks, ...summary }) => summary) }),
    get: (id: string): Response | "never" => json(jobs.get(id))
  }
  const client = HttpClient.make((request) =>
    Effect.suspend(() => {
      const id = /\/jobs\/(.+)$/.exec(new URL(request.url).pathname)?.[1]
      if (id === undefined) state.lists++
      else state.gets.push(id)
      const answer = id === undefined ? state.list() : state.get(id)
      return answer === "never" ? Effect.never : Effect.succeed(HttpClientResponse.fromWeb(request, answer))
    })
  )
  const layer = Pixxel.layer({
    token: Redacted.make("k"),
    retry: RetryPolicy.none,
    waiting: { interval: "10 seconds" },
    ...options
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)), Layer.orDie)
  const set = (id: string, more: object) => jobs.set(id, { ...jobs.get(id), id, ...more })
  return { jobs, state, layer, set }
}

const names = (n: number) => Array.from({ length: n }, (_, i) => `job-${i}`)

const wait = (id: string, options: JobsApi.WaitOptions = {}) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId: JobId.make(id), ...options }))

const waitAll = (ids: ReadonlyArray<string>, options: JobsApi.WaitOptions = {}) =>
  Effect.fork(Effect.forEach(ids, (id) => Effect.either(wait(id, options)), { concurrency: "unbounded" }))

const minutes = (n: number) => TestClock.adjust(`${n} minutes`)

describe("waits for the jobs of one workflow", () => {
  it.effect("share a list at each tick, and get each job once, at its end", () => {
    const { layer, set, state } = server(names(100))
    return Effect.gen(function* () {
      const fiber = yield* waitAll(names(100))
      yield* minutes(1)
      assert.deepStrictEqual(state.gets, [])
      assert.isTrue(state.lists >= 6 && state.lists <= 9, `${state.lists} lists`)
      for (const id of names(100)) set(id, { status: "completed" })
      yield* minutes(1)
      const results = yield* Fiber.join(fiber)
      assert.isTrue(results.every(({ _tag }) => _tag === "Right"))
      assert.sameMembers(state.gets, names(100))
      assert.lengthOf(state.gets, 100)
      const { lists } = state
      yield* minutes(10)
      assert.strictEqual(state.lists, lists)
    }).pipe(Effect.provide(layer))
  })

  it.effect("get the job without lists if there is only one", () => {
    const { layer, set, state } = server(["job-0"])
    return Effect.gen(function* () {
      const fiber = yield* waitAll(["job-0"])
      yield* minutes(1)
      set("job-0", { status: "completed" })
      yield* minutes(1)
      yield* Fiber.join(fiber)
      assert.strictEqual(state.lists, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("for one job share its gets, its end and its failures", () => {
    const { layer, set, state } = server(["job-0"])
    return Effect.gen(function* () {
      const good = yield* waitAll(Array.from({ length: 50 }, () => "job-0"))
      yield* minutes(1)
      set("job-0", { status: "completed" })
      yield* minutes(1)
      assert.isTrue((yield* Fiber.join(good)).every(({ _tag }) => _tag === "Right"))
      assert.isAtMost(state.gets.length, 9)

      state.get = () => status(404)
      const before = state.gets.length
      const bad = yield* waitAll(Array.from({ length: 50 }, () => "job-0"))
      yield* TestClock.adjust("1 second")
      const results = yield* Fiber.join(bad)
      assert.isTrue(results.every((result) => result._tag === "Left" && result.left._tag === "PixxelNotFound"))
      assert.isAtMost(state.gets.length - before, 2)
    }).pipe(Effect.provide(layer))
  })

  const fallbacks: ReadonlyArray<readonly [string, (it: ReturnType<typeof server>) => void]> = [
    ["the list does not show it", ({ jobs, state }) => (state.list = () => json({ jobs: [jobs.get("job-1")] }))],
    ["the list shows it without a status", ({ state }) => (state.list = () => json({ jobs: [{ id: "job-0" }] }))],
    [
      "its status in the list is unreadable",
      ({ state }) => (state.list = () => json({ jobs: [{ id: "job-0", status: {} }] }))
    ],
    ["the list is unreadable", ({ state }) => (state.list = () => new Response("<html>"))],
    ["lists are forbidden", ({ state }) => (state.list = () => status(403))],
    ["lists are unavailable for a day", ({ state }) => (state.list = () => status(503, { "retry-after": "86400" }))]
  ]
  for (const [name, prepare] of fallbacks) {
    it.effect(`get a job themselves when ${name}`, () => {
      const it = server(names(2))
      prepare(it)
      return Effect.gen(function* () {
        const fiber = yield* waitAll(names(2))
        yield* minutes(1)
        assert.isAtLeast(it.state.gets.filter((id) => id === "job-0").length, 5)
        for (const id of names(2)) it.set(id, { status: "completed" })
        yield* minutes(1)
        assert.deepStrictEqual(
          (yield* Fiber.join(fiber)).map(({ _tag }) => _tag),
          ["Right", "Right"]
        )
      }).pipe(Effect.provide(it.layer), Logger.withMinimumLogLevel(LogLevel.None))
    })
  }

  it.effect("give up a list that costs more than the gets it saves", () => {
    const { layer, set, state } = server(names(3))
    for (let n = 0; n < 60; n++) set(`done-${n}`, { status: "completed" })
    return Effect.gen(function* () {
      const fiber = yield* waitAll(names(3))
      yield* minutes(1)
      assert.strictEqual(state.lists, 1)
      assert.isAtLeast(state.gets.length, 15)
      yield* Fiber.interrupt(fiber)

      // The size is remembered: three waits do not list again, ten do.
      const again = yield* waitAll(names(3))
      yield* minutes(1)
      assert.strictEqual(state.lists, 1)
      for (const id of names(10)) set(id, { status: "running" })
      const more = yield* waitAll(names(10))
      yield* minutes(1)
      assert.isAtLeast(state.lists, 6)
      yield* Fiber.interruptAll([again, more])
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("survive an outage with one list and one get per tick, and fail if it lasts", () => {
    const { layer, set, state } = server(names(3))
    const { get, list } = state
    return Effect.gen(function* () {
      const patient = yield* waitAll(names(2), { tolerance: 20 })
      const impatient = yield* waitAll(["job-2"], { tolerance: 2 })
      yield* minutes(1)
      const before = state.lists
      state.list = () => status(503)
      state.get = () => status(503)
      yield* minutes(1)
      const [result] = yield* Fiber.join(impatient)
      assert(result?._tag === "Left" && result.left._tag === "PixxelServerError")
      assert.strictEqual(result.left.operation, "listJobs")
      assert.lengthOf(state.gets, state.lists - before)
      state.list = list
      state.get = get
      for (const id of names(2)) set(id, { status: "completed" })
      yield* minutes(1)
      assert.deepStrictEqual(
        (yield* Fiber.join(patient)).map(({ _tag }) => _tag),
        ["Right", "Right"]
      )
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  const failing: ReadonlyArray<readonly [string, () => Response]> = [
    ["a status", () => status(503)],
    ["a time to stay away for", () => status(429, { "retry-after": "15" })]
  ]
  for (const [name, answer] of failing) {
    it.effect(`give up lists that keep failing with ${name} while gets succeed`, () => {
      const { layer, set, state } = server(names(3))
      const { list } = state
      state.list = answer
      return Effect.gen(function* () {
        const fiber = yield* waitAll(names(3), { tolerance: 0 })
        yield* minutes(10)
        assert.isAtLeast(state.gets.length, 60)
        assert.isAtMost(state.lists, state.gets.length / 5)

        // The list is tried again, and used when it works.
        state.list = list
        yield* minutes(2)
        const before = state.gets.length
        yield* minutes(10)
        assert.strictEqual(state.gets.length, before)
        for (const id of names(3)) set(id, { status: "completed" })
        yield* minutes(1)
        assert.isTrue((yield* Fiber.join(fiber)).every(({ _tag }) => _tag === "Right"))
      }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
    })
  }

  it.effect("survive a single failed list with only one get", () => {
    const { layer, state } = server(names(100))
    const { list } = state
    return Effect.gen(function* () {
      const fiber = yield* waitAll(names(100), { tolerance: 0 })
      yield* minutes(1)
      state.list = () => {
        state.list = list
        return status(503)
      }
      yield* minutes(1)
      assert.lengthOf(state.gets, 1)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("respect the Retry-After of the list, and then check with a get", () => {
    const { layer, state } = server(names(2))
    state.list = () => status(503, { "retry-after": "90" })
    return Effect.gen(function* () {
      const fiber = yield* waitAll(names(2))
      yield* TestClock.adjust("89 seconds")
      assert.deepStrictEqual([state.lists, state.gets.length], [1, 0])
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual([state.lists, state.gets.length], [1, 1])
      yield* TestClock.adjust("15 seconds")
      assert.strictEqual(state.lists, 2)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("end each at its own deadline, with its last listed state", () => {
    const { layer, set, state } = server(names(3))
    set("job-1", { progress: "30%" })
    return Effect.gen(function* () {
      const rest = yield* waitAll(["job-0", "job-2"])
      const short = yield* Effect.fork(Effect.flip(wait("job-1", { timeout: "1 minute" })))
      yield* TestClock.adjust("59 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(short)))
      const { lists } = state
      yield* TestClock.adjust("1 seconds")
      const error = yield* Fiber.join(short)
      assert(error._tag === "WaitTimeout")
      assert.deepStrictEqual([error.lastStatus, error.lastProgress], [Option.some("running"), Option.some(30)])
      assert.strictEqual(error.polls, state.lists + state.gets.length)
      yield* minutes(1)
      assert.isAbove(state.lists, lists)
      yield* Fiber.interrupt(rest)
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  for (const unanswered of ["list", "get"] as const) {
    it.effect(`end at their deadlines during a ${unanswered} without an answer`, () => {
      const { layer, set, state } = server(names(3))
      const late = (id: string, timeout: "45 seconds" | "50 seconds") =>
        Effect.fork(Effect.zipRight(Effect.flip(wait(id, { timeout })), Clock.currentTimeMillis))
      return Effect.gen(function* () {
        const rest = yield* waitAll(["job-2"])
        const hung = [yield* late("job-0", "45 seconds"), yield* late("job-1", "50 seconds")] as const
        yield* TestClock.adjust("20 seconds")
        // the next list follows within twelve seconds, and a call gives up after thirty
        state[unanswered] = () => "never"
        for (const id of ["job-0", "job-1"]) set(id, { status: "completed" })
        yield* minutes(1)
        assert.deepStrictEqual(yield* Fiber.join(Fiber.zip(...hung)), [45_000, 50_000])
        // the third, left alone, gets its job
        const gets = state.gets.filter((id) => id !== "job-2")
        assert.sameMembers(gets, unanswered === "get" ? ["job-0", "job-1"] : [])
        yield* Fiber.interrupt(rest)
      }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
    })
  }

  it.effect("pass the get to another wait if the getting one is interrupted", () => {
    const { layer, set, state } = server(names(2))
    return Effect.gen(function* () {
      const first = yield* waitAll(["job-0"])
      const second = yield* waitAll(names(2))
      yield* minutes(1)
      state.get = () => "never"
      set("job-0", { status: "completed" })
      yield* TestClock.adjust("15 seconds")
      state.get = () => json({ id: "job-0", status: "completed" })
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("15 seconds")
      set("job-1", { status: "completed" })
      yield* minutes(1)
      assert.isTrue((yield* Fiber.join(second)).every(({ _tag }) => _tag === "Right"))
      assert.strictEqual(state.gets.filter((id) => id === "job-0").length, 2)
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("continue when one of them is interrupted, and stop with the last", () => {
    const { layer, set, state } = server(names(3))
    return Effect.gen(function* () {
      const first = yield* waitAll(["job-0"])
      const second = yield* waitAll(names(3))
      yield* minutes(1)
      yield* Fiber.interrupt(first)
      const { lists } = state
      yield* minutes(1)
      assert.isAbove(state.lists, lists)
      set("job-0", { status: "completed" })
      yield* minutes(1)
      assert.deepStrictEqual(state.gets, ["job-0"])
      yield* Fiber.interrupt(second)
      const after = { lists: state.lists, gets: state.gets.length }
      yield* minutes(10)
      assert.deepStrictEqual({ lists: state.lists, gets: state.gets.length }, after)
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })

  it.effect("list by the policy of the client, and get by their own", () => {
    const { layer, state } = server(names(2), { retry: { maxAttempts: 3, baseDelay: 0 } })
    state.list = () => status(503)
    state.get = () => status(503)
    return Effect.gen(function* () {
      const impatient = yield* waitAll(names(2), { tolerance: 0 }).pipe(RetryPolicy.withoutRetry)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(impatient)
      assert.strictEqual(state.lists, 3)

      state.gets.length = 0
      const alone = yield* waitAll(["job-0"], { tolerance: 0 }).pipe(RetryPolicy.withoutRetry)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(alone)
      assert.lengthOf(state.gets, 1)
    }).pipe(Effect.provide(layer))
  })

  for (const [how, client, call] of [
    ["by the client", { coalesce: false }, {}],
    ["by the call", {}, { coalesce: false }]
  ] as const) {
    it.effect(`poll each alone if sharing is disabled ${how}`, () => {
      const { layer, state } = server(names(3), { waiting: { interval: "10 seconds", ...client } })
      return Effect.gen(function* () {
        const fiber = yield* waitAll(names(3), call)
        yield* minutes(1)
        assert.strictEqual(state.lists, 0)
        assert.isAtLeast(state.gets.length, 15)
        yield* Fiber.interrupt(fiber)
      }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
    })
  }

  it.effect("die with the defect of the shared fiber, instead of hanging", () => {
    const { layer, state } = server(names(2))
    state.list = () => {
      throw new Error("a defect of the transport")
    }
    return Effect.gen(function* () {
      const fiber = yield* waitAll(names(2))
      yield* TestClock.adjust("1 second")
      const exit = yield* Fiber.await(fiber)
      assert(exit._tag === "Failure")
      assert.include(String(exit.cause), "a defect of the transport")
    }).pipe(Effect.provide(layer))
  })
})

describe("watches for the jobs of one workflow", () => {
  it.effect("get their job after a change of its summary, and at every fourth list for its tasks", () => {
    const { layer, set, state } = server(names(5))
    return Effect.gen(function* () {
      const seen: Array<number> = []
      const jobs = yield* JobsApi
      const others = yield* waitAll(names(5).slice(1))
      const fiber = yield* jobs.watch({ workflowId, jobId: JobId.make("job-0") }).pipe(
        Stream.runForEach(({ tasks }) => Effect.sync(() => seen.push(tasks.length))),
        Effect.fork
      )
      yield* minutes(5)
      const quiet = state.gets.length
      assert.isTrue(quiet >= 4 && quiet <= 12, `${quiet} gets`)
      set("job-0", { tasks: [{ id: "a", status: "running" }] })
      yield* TestClock.adjust("50 seconds")
      assert.deepStrictEqual(seen, [0, 1])
      set("job-0", { progress: "50%", tasks: [{ id: "a" }, { id: "b" }] })
      yield* TestClock.adjust("12 seconds")
      assert.deepStrictEqual(seen, [0, 1, 2])
      assert.isTrue(state.gets.every((id) => id === "job-0"))
      yield* Fiber.interruptAll([others, fiber])
    }).pipe(Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type Job, JobsApi } from "../src/index.js"
import { type Answer, fetchFailed, jobId, json, once, projectId, scripted, workflowId } from "./scripted.js"

const job = (status: string | undefined, more?: object) => () => json({ id: "job-1", status, ...more })
const pack = (status: string, signed_url: string) => () => json({ status, signed_url })
const running = job("running")
const completed = job("completed")

/** Sends every call once, and tolerates no failure. */
const untried = { ...once, waiting: { interval: "5 seconds", tolerance: 0 } } as const

/** Runs while the clock advances in steps of the longest interval between two polls. */
const over = <A, E>(
  script: ReadonlyArray<() => Answer>,
  steps: number,
  use: (jobs: JobsApi.Service) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted(script, untried)
    const fiber = yield* Effect.fork(Effect.flatMap(JobsApi, use).pipe(Effect.provide(layer)))
    for (let step = 0; step < steps; step++) yield* TestClock.adjust("6 seconds")
    return { result: yield* Effect.either(Fiber.join(fiber)), seen }
  })

const failureIn = <A, E>({ result }: { readonly result: import("effect/Either").Either<A, E> }) => {
  assert(result._tag === "Left")
  return result.left
}
const valueIn = <A, E>({ result }: { readonly result: import("effect/Either").Either<A, E> }) => {
  assert(result._tag === "Right")
  return result.right
}

describe("wait", () => {
  it.effect("polls until the job has succeeded, past unknown words", () =>
    Effect.gen(function* () {
      const outcome = yield* over([running, job(undefined), job("simmering"), completed], 3, (jobs) =>
        jobs.wait({ workflowId, jobId })
      )
      assert.deepStrictEqual(valueIn(outcome).status, Option.some("completed"))
      assert.lengthOf(outcome.seen, 4)
    })
  )

  it.effect("leaves between 80 and 120 % of the interval between two polls", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([running])
      yield* Effect.fork(
        Effect.flatMap(JobsApi, (jobs) => jobs.wait({ workflowId, jobId, interval: "100 seconds" })).pipe(
          Effect.provide(layer)
        )
      )
      yield* TestClock.adjust("79 seconds")
      assert.lengthOf(seen, 1)
      yield* TestClock.adjust("41 seconds")
      assert.lengthOf(seen, 2)
    })
  )

  it.effect("fails with JobFailed and its reasons", () =>
    Effect.gen(function* () {
      const bad = job("Failed", {
        tasks: [
          { id: "a", name: "mosaic", status: "completed" },
          { id: "b", name: "water", status: "failed", err_msg: "no water found", failure_type: "bad_request" }
        ],
        val_errors: [{ err: "wire is loose" }]
      })
      const error = failureIn(yield* over([running, bad], 1, (jobs) => jobs.wait({ workflowId, jobId })))
      assert(error._tag === "JobFailed")
      assert.deepStrictEqual(
        error.failedTasks.map((task) => task.failureType),
        [Option.some("bad_request")]
      )
      assert.strictEqual(error.message, "Job job-1 ended as Failed: task water: no water found; wire is loose.")
    })
  )

  it.effect("fails with JobFailed for any id of a task", () =>
    Effect.gen(function* () {
      for (const id of ["t".repeat(9_000), "a?b=c", " ", "\ud800"]) {
        const bad = job("failed", { tasks: [{ id, status: "failed" }] })
        const error = failureIn(yield* over([bad], 1, (jobs) => jobs.wait({ workflowId, jobId })))
        assert(error._tag === "JobFailed")
        assert.isAbove(error.failedTasks[0]!.id.length, 0)
      }
    })
  )

  it.effect("ends at its total deadline with the last polled state", () =>
    Effect.gen(function* () {
      const error = failureIn(
        yield* over([running], 4, (jobs) => jobs.wait({ workflowId, jobId, timeout: "20 seconds" }))
      )
      assert(error._tag === "WaitTimeout")
      assert.deepStrictEqual(error.lastStatus, Option.some("running"))
      assert.isAtLeast(error.polls, 3)
      assert.deepStrictEqual(error.timeout, Duration.seconds(20))
    })
  )

  it.effect("ends at its total deadline without a successful poll", () =>
    Effect.gen(function* () {
      const error = failureIn(
        yield* over([() => "never"], 1, (jobs) => jobs.wait({ workflowId, jobId, timeout: "2 seconds" }))
      )
      assert(error._tag === "WaitTimeout")
      assert.deepStrictEqual(error.lastStatus, Option.none())
      assert.strictEqual(error.polls, 0)
    })
  )

  it.effect("fails as get does", () =>
    Effect.gen(function* () {
      const outcome = yield* over([running, () => new Response("", { status: 403 })], 1, (jobs) =>
        jobs.wait({ workflowId, jobId })
      )
      assert.strictEqual(failureIn(outcome)._tag, "PixxelForbidden")
    })
  )
})

describe("watch", () => {
  it.effect("emits the job on changes of its status, progress or tasks, and ends with the job", () =>
    Effect.gen(function* () {
      const task = (progress: number) => ({ tasks: [{ id: "a", progress }] })
      const script = [
        job("running", task(1)),
        job("running", { ...task(1), updated_at: "2024-01-01" }),
        job("running", task(2)),
        job("running", { ...task(2), progress: "50%" }),
        job("failed", { ...task(2), progress: "50%" })
      ]
      const outcome = yield* over(script, 4, (jobs) => Stream.runCollect(jobs.watch({ workflowId, jobId })))
      const seen = Chunk.toReadonlyArray(valueIn(outcome))
      assert.deepStrictEqual(
        seen.map((it) => [it.outcome, Option.getOrNull(it.progress), Option.getOrNull(it.tasks[0]!.progress)]),
        [
          ["pending", null, 1],
          ["pending", null, 2],
          ["pending", 50, 2],
          ["failed", 50, 2]
        ]
      )
    })
  )
})

describe("onChange", () => {
  const record = (into: Array<string | undefined>) => (it: Job) =>
    Effect.sync(() => void into.push(Option.getOrUndefined(it.status)))

  it.effect("of a wait receives the first state, and then each change once", () =>
    Effect.gen(function* () {
      const seen: Array<string | undefined> = []
      yield* over([running, running, job("running", { progress: "50%" }), completed], 3, (jobs) =>
        jobs.wait({ workflowId, jobId, onChange: record(seen) })
      )
      assert.deepStrictEqual(seen, ["running", "running", "completed"])
    })
  )

  it.effect("that hangs does not delay the deadline", () =>
    Effect.gen(function* () {
      const wait = { workflowId, jobId, timeout: "20 seconds", onChange: () => Effect.never } as const
      const error = failureIn(yield* over([running], 4, (jobs) => jobs.wait(wait)))
      assert.strictEqual(error._tag, "WaitTimeout")
    })
  )

  it.effect("of a run receives the created job first", () =>
    Effect.gen(function* () {
      const seen: Array<string | undefined> = []
      const outcome = yield* over([job("queued"), () => fetchFailed("ECONNRESET")], 0, (jobs) =>
        jobs.run({ workflowId, projectId, adopt: "never", onChange: record(seen) })
      )
      assert.strictEqual(failureIn(outcome)._tag, "RunIncomplete")
      assert.deepStrictEqual(seen, ["queued"])
    })
  )
})

describe("run", () => {
  const created = job("queued")
  const run = (jobs: JobsApi.Service) => jobs.run({ workflowId, projectId, adopt: "never", timeout: "40 seconds" })

  it.effect("creates, waits, and polls the package until it is ready", () =>
    Effect.gen(function* () {
      const script = [created, running, completed, pack("pending", ""), pack("ready", "https://files.test/a.zip")]
      const outcome = yield* over(script, 2, run)
      assert.strictEqual(valueIn(outcome).job.outcome, "succeeded")
      assert.isTrue(valueIn(outcome).download.isReady)
      assert.deepStrictEqual(
        outcome.seen.map(({ method }) => method),
        ["POST", "GET", "GET", "PUT", "PUT"]
      )
    })
  )

  const endings: ReadonlyArray<readonly [string, ReadonlyArray<() => Answer>, string]> = [
    ["a create that never left", [() => fetchFailed("ECONNREFUSED")], "PixxelTransportError"],
    ["a create that may have arrived", [() => fetchFailed("ECONNRESET")], "CreateOutcomeUnknown"],
    ["a job that fails", [created, job("failed")], "JobFailed"],
    ["a poll that cannot connect", [created, () => fetchFailed("ECONNREFUSED")], "RunIncomplete"],
    ["a rate-limited poll", [created, () => new Response("", { status: 429 })], "RunIncomplete"],
    ["a refused package", [created, completed, () => new Response("", { status: 503 })], "RunIncomplete"],
    ["a package that fails", [created, completed, pack("failed", "")], "DownloadError"],
    ["a job that does not end", [created, running], "WaitTimeout"],
    ["a package that is never ready", [created, completed, pack("pending", "")], "WaitTimeout"]
  ]
  for (const [name, script, tag] of endings) {
    it.effect(`with ${name} is ${tag}`, () =>
      Effect.gen(function* () {
        const outcome = yield* over(script, 8, run)
        const error = failureIn(outcome)
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error.isRetryable, tag === "PixxelTransportError")
        assert.lengthOf(
          outcome.seen.filter(({ method }) => method === "POST"),
          1
        )
        if (error._tag === "RunIncomplete") {
          assert.strictEqual(error.subject.jobId, jobId)
          assert.match(error.message, /Do not run again.*job-1/)
        }
      })
    )
  }
})

/** Waits with shared polls, against the mock server, over TCP and in process. */
import { assert, describe, it } from "@effect/vitest"
import type { Job, WaitError, WorkflowId } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { longTransports, size } from "../../../../vitest.size.js"
import { fixtures, JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")
const other = workflowOf("sixty-tasks")

const countOf = (operation: string, of?: WorkflowId) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(
      requests,
      (seen) =>
        seen.filter((it) => it.operation === operation && (of === undefined || it.ids["workflow_id"] === of)).length
    )
  )

const create = (n: number, of: WorkflowId = workflowId) =>
  Effect.flatMap(JobsApi, (jobs) =>
    Effect.forEach(Array.from({ length: n }), () => jobs.create({ workflowId: of, projectId, adopt: "never" }))
  )

/** The end of a wait, without the parts that depend on the times of its polls. */
const ending = Either.match({
  onLeft: (error: WaitError) => [error._tag, "failedTasks" in error ? error.failedTasks : []],
  onRight: (job: Job) => ["success", job.status, job.tasks.map((task) => [task.name, task.status, task.result])]
})

const endless = new Set(["queued-forever", "documented-sample", "id-only", "waits-for-go"])
const stories = [...fixtures.jobs.keys()].filter((story) => !endless.has(story))

for (const transport of longTransports) {
  describe(`waits for one workflow, ${transport},`, () => {
    it.effect.each([1, 2, 100])("list at most once per tick, and get each job at its end: %s of them", (n) =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { time } = yield* MockServer
        const made = yield* create(n)
        const start = time.now
        const ended = yield* Effect.forEach(made, ({ id: jobId }) => jobs.wait({ workflowId, jobId }), {
          concurrency: "unbounded"
        })
        assert.isTrue(ended.every(({ outcome }) => outcome === "succeeded"))
        const lists = yield* countOf("listJobs")
        const gets = yield* countOf("getJobById")
        if (n === 1) {
          assert.strictEqual(lists, 0)
        } else {
          assert.strictEqual(gets, n)
          assert.isTrue(lists > 5 && lists <= (time.now - start) / 1_000, `${lists} lists`)
        }
        yield* Effect.sleep("1 second")
        assert.isTrue(time.idle, time.describe())
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )

    it.effect("share nothing with waits for another", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const made = [...(yield* create(3)), ...(yield* create(2, other))]
        yield* Effect.forEach(
          made,
          ({ id: jobId }, n) => jobs.wait({ workflowId: n < 3 ? workflowId : other, jobId }),
          { concurrency: "unbounded" }
        )
        assert.isAbove(yield* countOf("listJobs", workflowId), 0)
        assert.isAbove(yield* countOf("listJobs", other), 0)
        assert.strictEqual(yield* countOf("getJobById", workflowId), 3)
        assert.strictEqual(yield* countOf("getJobById", other), 2)
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )

    it.effect("continue while lists fail for a while", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const made = yield* create(5)
        const outage = Fault.on("listJobs", Fault.answer(503), { between: { from: "10s", to: "90s" } })
        yield* (yield* MockServer).faults.use(Fault.plan(outage))
        const ended = yield* Effect.forEach(made, ({ id: jobId }) => jobs.wait({ workflowId, jobId }), {
          concurrency: "unbounded"
        })
        assert.lengthOf(ended, 5)
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )

    it.effect("leave nothing behind when all of them are interrupted, at any point", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { faults, time } = yield* MockServer
        const made = yield* create(20)
        yield* faults.use(Fault.plan(Fault.on("*", Fault.latency("700ms"))))
        for (let n = 0; n < 25; n += size(6, 1)) {
          const waits = yield* Effect.forEach(made, ({ id: jobId }, i) =>
            Effect.fork<unknown, unknown, never>(
              i % 2 === 0 ? jobs.wait({ workflowId, jobId }) : Stream.runDrain(jobs.watch({ workflowId, jobId }))
            )
          )
          yield* Effect.sleep(n * 200)
          yield* Fiber.interruptAll(waits)
        }
        // Only the requests in progress at the server end.
        yield* Effect.sleep("1 second")
        assert.isTrue(time.idle, time.describe())
      }).pipe(
        Logger.withMinimumLogLevel(LogLevel.None),
        Effect.withRandom(Random.make("the same")),
        Effect.provide(world(transport, { conduct: { pollFloor: false, pollAfterEnd: false } }))
      )
    )
  })

  describe(`a watch among waits, ${transport},`, () => {
    it.effect("sees the tasks change", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const made = yield* create(10)
        const waits = yield* Effect.fork(
          Effect.forEach(made, ({ id: jobId }) => jobs.wait({ workflowId, jobId }), { concurrency: "unbounded" })
        )
        const [first] = made
        const changes = yield* Stream.runCollect(jobs.watch({ workflowId, jobId: first!.id }))
        yield* Fiber.join(waits)
        const done = [...changes].map(({ tasks }) => tasks.filter(({ outcome }) => outcome === "succeeded").length)
        assert.includeMembers(done, [0, 1, 3])
        assert.deepStrictEqual(done, [...done].sort())
        assert.deepStrictEqual([...changes].at(-1)?.status, Option.some("completed"))
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )
  })
}

describe("coalescing", () => {
  it.effect.prop(
    "changes no result, for any stories",
    [fc.array(fc.constantFrom(...stories), { minLength: 1, maxLength: 8 })],
    ([chosen]) => {
      const endings = (coalesce: boolean) =>
        Effect.gen(function* () {
          const jobs = yield* JobsApi
          const mock = yield* MockServer
          const refs = yield* Effect.forEach(chosen, (story) =>
            Effect.gen(function* () {
              yield* mock.enqueue(story)
              const { id: jobId } = yield* jobs.create({ workflowId: workflowOf(story), projectId })
              return { workflowId: workflowOf(story), jobId, coalesce }
            })
          )
          return yield* Effect.forEach(
            refs,
            (ref) =>
              Effect.all(
                [
                  Effect.map(Effect.either(jobs.wait(ref)), ending),
                  Effect.map(Stream.runLast(jobs.watch(ref)), lastOf)
                ],
                { concurrency: 2 }
              ),
            { concurrency: "unbounded" }
          )
        }).pipe(
          Effect.withRandom(Random.make("the same")),
          // Without shared polls, the wait and the watch of a job poll too often together.
          Effect.provide(world("inProcess", { conduct: coalesce ? {} : { pollFloor: false, pollAfterEnd: false } }))
        )
      const lastOf = (job: Option.Option<Job>) => Option.map(job, ({ id, status }) => [id, status])
      return Effect.gen(function* () {
        assert.deepStrictEqual(yield* endings(true), yield* endings(false))
      })
    },
    { fastCheck: { numRuns: size(1, 15) } }
  )
})

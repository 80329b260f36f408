/** The client on Effect's TestClock, against a world that follows the clock. */
import { assert, describe, it } from "@effect/vitest"
import { RetryPolicy } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { longTransports } from "../../../../vitest.size.js"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")

for (const transport of longTransports) {
  const follow = Effect.provide(world(transport, { clock: "followTestClock" }))

  describe(`under TestClock, ${transport}`, () => {
    it.effect("polls a job as far as the test advances the clock", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { advance, requests, time } = yield* MockServer
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const waiting = yield* Effect.fork(jobs.wait({ workflowId, jobId, interval: "5 seconds" }))
        yield* advance("1 minute")
        assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
        yield* advance("9 minutes")
        assert.strictEqual((yield* Fiber.join(waiting)).outcome, "succeeded")

        const polls = (yield* requests).filter(({ operation }) => operation === "getJobById")
        const gaps = polls.slice(1).map(({ time }, index) => time - polls[index]!.time)
        assert.isAbove(gaps.length, 10)
        for (const gap of gaps) assert.isTrue(gap >= 4_000 && gap <= 6_000, `${gap} ms between two polls`)
        assert.strictEqual(time.elapsed, 600_000)
        assert.isTrue(time.idle, time.describe())
      }).pipe(Effect.withRandom(Random.make("the same")), follow)
    )

    it.effect("polls again after TestClock.adjust, when no request is in flight", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const ref = { workflowId, jobId }
        const before = yield* jobs.get(ref)
        yield* TestClock.adjust("1 hour")
        const after = yield* jobs.wait(ref)
        const making = yield* jobs.download(ref)
        yield* TestClock.adjust("10 seconds")
        const made = yield* jobs.download(ref)
        assert.deepStrictEqual(
          [before.outcome, after.outcome, making.isReady, made.isReady],
          ["pending", "succeeded", false, true]
        )
      }).pipe(follow)
    )

    it.effect("reads the date of Retry-After relative to the test clock", () =>
      Effect.gen(function* () {
        const { faults } = yield* MockServer
        yield* TestClock.adjust("30 days")
        yield* faults.use(
          Fault.plan(Fault.on("listJobs", Fault.answer(429, { retryAfter: "7s", retryAfterAs: "date" })))
        )
        const error = yield* Effect.flip(Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId }))).pipe(
          RetryPolicy.withoutRetry
        )
        const wait = error._tag === "PixxelRateLimited" ? error.retryAfter : Option.none()
        assert.strictEqual(Option.getOrNull(Option.map(wait, Duration.toMillis)), 7_000)
      }).pipe(follow)
    )

    it.effect("gives up on a hanging server at its deadline on the test clock", () =>
      Effect.gen(function* () {
        const { advance, faults, time } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("listJobs", Fault.refuse("hang"))))
        const jobs = yield* JobsApi
        const asking = yield* Effect.fork(
          Effect.zip(
            Effect.flip(jobs.list({ workflowId })),
            Effect.suspend(() => Clock.currentTimeMillis)
          )
        )
        yield* advance("1 hour")
        const [error, at] = yield* Fiber.join(asking)
        assert.deepStrictEqual([error._tag, at], ["PixxelRequestTimeout", 180_000])
        assert.isTrue(time.idle, time.describe())
      }).pipe(follow)
    )
  })
}

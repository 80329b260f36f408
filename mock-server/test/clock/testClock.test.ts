/** The usual test of an Effect developer: `fork`, then `TestClock.adjust`. */
import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { longTransports } from "../../../vitest.size.js"
import { follow } from "../../src/clock/FollowedTime.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"

const run = Effect.flatMap(JobsApi, (jobs) =>
  jobs.run({ workflowId: WorkflowId.make("wf-crop-classification"), projectId: ProjectId.make("project-monsoon-2024") })
)

const layerOf = (options: MockServer.Options) =>
  Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))).pipe(
    Layer.provideMerge(MockServer.layer(options)),
    Layer.provide(FetchHttpClient.layer)
  )

for (const transport of longTransports) {
  for (const clock of ["auto", "manual", "followTestClock"] as const) {
    const world = layerOf({ transport, clock, capsules: false })

    describe(`TestClock, ${clock}, ${transport}`, () => {
      it.effect("adjust ends after a forked job has ended", () =>
        Effect.gen(function* () {
          const begin = yield* Clock.currentTimeMillis
          const running = yield* Effect.fork(run)
          yield* TestClock.adjust("1 hour")
          assert.isTrue((yield* Fiber.poll(running))._tag === "Some")
          assert.strictEqual((yield* Fiber.join(running)).job.outcome, "succeeded")
          assert.strictEqual((yield* Clock.currentTimeMillis) - begin, 3_600_000)
        }).pipe(Effect.provide(world))
      )

      it.effect("adjust passes no deadline while an answer is on the wire", () =>
        Effect.gen(function* () {
          const { baseUrl, faults, fetch } = yield* MockServer
          yield* faults.use(Fault.plan(Fault.on("*", Fault.latency("1s"))))
          const ask = Effect.promise(() => fetch(`${baseUrl}/v0/workflows`).then(({ status }) => status))
          const asking = yield* Effect.fork(
            Effect.forEach([1, 2, 3], () => Effect.delay(Effect.timeout(ask, "1500 millis"), "10 minutes"))
          )
          yield* TestClock.adjust("1 hour")
          assert.deepStrictEqual(yield* Fiber.join(asking), [403, 403, 403])
        }).pipe(Effect.provide(layerOf({ transport, clock, conduct: false })))
      )

      it.effect("has sleeps, setTime and adjustWith", () =>
        Effect.gen(function* () {
          const begin = yield* Clock.currentTimeMillis
          const sleeping = yield* Effect.fork(Effect.sleep("1 minute"))
          yield* Effect.yieldNow()
          if (clock !== "auto") {
            const own = Chunk.toReadonlyArray(yield* TestClock.sleeps()).filter((at) => at === begin + 60_000)
            assert.deepStrictEqual(own, [begin + 60_000])
          }
          yield* TestClock.setTime(begin + 120_000)
          assert.isTrue((yield* Fiber.poll(sleeping))._tag === "Some")
          yield* TestClock.adjustWith(Effect.sleep("1 minute"), "1 minute")
          assert.strictEqual((yield* Clock.currentTimeMillis) - begin, 180_000)
        }).pipe(Effect.provide(MockServer.layer({ transport, clock })))
      )
    })
  }

  describe(`TestClock of a program around its world, ${transport}`, () => {
    it.effect("has its own methods again when no world follows it", () =>
      Effect.gen(function* () {
        const clock = yield* TestClock.testClock()
        const own = [clock.adjust, clock.setTime]
        const during = yield* Effect.provide(
          Effect.sync(() => clock.adjust),
          MockServer.layer({ transport, clock: "followTestClock" })
        )
        assert.notStrictEqual(during, own[0])
        assert.deepStrictEqual([clock.adjust, clock.setTime], own)
      })
    )

    it.effect("steps from sleeper to sleeper for two worlds together", () =>
      Effect.gen(function* () {
        const world = layerOf({ transport, clock: "followTestClock", capsules: false })
        const both = Effect.gen(function* () {
          const one = yield* Effect.fork(run)
          const other = yield* Effect.fork(Effect.provide(run, Layer.fresh(world)))
          yield* Effect.repeatN(Effect.yieldNow(), 1_000)
          yield* TestClock.adjust("1 hour")
          return [(yield* Fiber.join(one)).job.outcome, (yield* Fiber.join(other)).job.outcome]
        })
        assert.deepStrictEqual(yield* Effect.provide(both, world), ["succeeded", "succeeded"])
      })
    )
  })
}

describe("a world that ends", () => {
  it.scoped("holds up no clock that waits until its wires are quiet", () =>
    Effect.gen(function* () {
      const time = yield* follow({})
      time.hold({ busy: true, describe: () => "a request", forget: () => {} })
      const waiting = yield* Effect.fork(time.settled)
      yield* Effect.yieldNow()
      time.dispose()
      yield* Fiber.join(waiting)
      assert.isTrue(time.ended)
    })
  )
})

describe("a clock of a world", () => {
  it.effect("refuses to go back without its world", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const now = yield* Clock.currentTimeMillis
      const exit = yield* Effect.exit(TestClock.setTime(now - 1))
      const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      assert.strictEqual(
        String(error),
        `TimeGoesOn: the world's clock is at ${now} ms and cannot be set to ${now - 1} ms: ` +
          "to go back in time, save the whole world with mock.save and restore it with mock.restore"
      )
    }).pipe(Effect.provide(MockServer.layer()))
  )
})

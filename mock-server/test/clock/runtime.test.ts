/** Programs that another framework starts: every step of their fibers belongs to the world, from the first one on. */
import * as fsp from "node:fs/promises"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import { MockServer } from "../../src/MockServer.js"
import { transports } from "./harness.js"

/** Starts work in Node in the first step. */
const work = Effect.promise(async () => {
  for (let i = 0; i < 20; i++) await fsp.readFile(new URL(import.meta.url))
  return Option.some("read")
})

type AnyRuntime = ManagedRuntime.ManagedRuntime<MockServer, unknown>

/** Calls a handler as an HTTP framework does: outside any fiber, in its own turn. Each world has an hour to pass. */
const outsideOfFibers = <A>(runtimes: ReadonlyArray<AnyRuntime>, run: () => Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      for (const runtime of runtimes) runtime.runFork(Effect.sleep("1 hour"))
      run().then(resolve, reject)
    })
  })

type Start = (runtime: ManagedRuntime.ManagedRuntime<MockServer, unknown>) => Promise<Option.Option<string>>

const starts: Record<string, Start> = {
  "runPromise of a ManagedRuntime": (runtime) => outsideOfFibers([runtime], () => runtime.runPromise(work)),
  "runFork of a ManagedRuntime": (runtime) =>
    outsideOfFibers(
      [runtime],
      () =>
        new Promise((resolve) =>
          runtime.runFork(work).addObserver((exit) => resolve(exit._tag === "Success" ? exit.value : Option.none()))
        )
    ),
  "runCallback of a ManagedRuntime": (runtime) =>
    outsideOfFibers(
      [runtime],
      () =>
        new Promise((resolve) => {
          runtime.runCallback(work, {
            onExit: (exit) => resolve(exit._tag === "Success" ? exit.value : Option.none())
          })
        })
    ),
  "Effect.provide of a ManagedRuntime": (runtime) =>
    outsideOfFibers([runtime], () => Effect.runPromise(Effect.provide(work, runtime))),
  "Effect.provide of a Runtime": async (runtime) => {
    const inner = await runtime.runtime()
    return outsideOfFibers([runtime], () => Effect.runPromise(Effect.provide(work, inner)))
  },
  "Effect.provide of a Runtime, again in one fiber": async (runtime) => {
    const inner = await runtime.runtime()
    return outsideOfFibers([runtime], () =>
      Effect.runPromise(
        Effect.void.pipe(
          Effect.provide(inner),
          Effect.zipRight(Effect.promise(() => Promise.resolve())),
          Effect.zipRight(Effect.provide(work, inner))
        )
      )
    )
  },
  "Runtime.runPromise": async (runtime) => {
    const inner = await runtime.runtime()
    return outsideOfFibers([runtime], () => Runtime.runPromise(inner)(work))
  },
  "a child of a fiber of a ManagedRuntime": (runtime) =>
    outsideOfFibers([runtime], () => runtime.runPromise(Effect.flatMap(Effect.fork(work), (fiber) => fiber))),
  "runSync, which starts a daemon": (runtime) =>
    outsideOfFibers([runtime], () => runtime.runPromise(runtime.runSync(Effect.forkDaemon(work))))
}

for (const transport of transports) {
  describe(`a fiber that is started from a runtime, ${transport}`, () => {
    for (const [name, start] of Object.entries(starts)) {
      it(`belongs to its world from its first step: ${name}`, async () => {
        const runtime = ManagedRuntime.make(MockServer.layer({ transport }))
        const { time } = await runtime.runPromise(MockServer)
        assert.deepStrictEqual(await start(runtime), Option.some("read"))
        assert.strictEqual(time.elapsed, 0)
        await runtime.dispose()
      })
    }

    it("leaves its caller's context unchanged", async () => {
      const runtime = ManagedRuntime.make(MockServer.layer({ transport }))
      const mock = await runtime.runPromise(MockServer)
      await outsideOfFibers([], async () => {
        runtime.runFork(Effect.never)
        // work of the caller, not of the world: a world held by it would stand still
        const sleeping = runtime.runPromise(Effect.sleep("1 minute"))
        const own = new Promise<void>((resolve) => setTimeout(resolve, 4_000))
        await sleeping
        assert.include(mock.time.describe(), "time is not held")
        void own
      })
      await runtime.dispose()
    })

    it("starts immediately: its first step is part of the call", async () => {
      const runtime = ManagedRuntime.make(MockServer.layer({ transport }))
      await runtime.runPromise(MockServer)
      let ran = false
      runtime.runFork(Effect.sync(() => (ran = true)))
      assert.isTrue(ran)
      assert.strictEqual(runtime.runSync(Effect.map(Clock.currentTimeMillis, (now) => now)), Date.UTC(2025, 0, 1))
      const inner = await runtime.runtime()
      assert.strictEqual(Effect.runSync(Effect.provide(Effect.succeed(1), inner)), 1)
      await runtime.dispose()
    })

    it("keeps nested worlds apart", async () => {
      class Other extends Context.Tag("Other")<Other, ManagedRuntime.ManagedRuntime<MockServer, unknown>>() {}
      const other = ManagedRuntime.make(MockServer.layer({ transport }))
      const runtime = ManagedRuntime.make(
        Layer.merge(MockServer.layer({ transport }), Layer.succeed(Other, other as Context.Tag.Service<typeof Other>))
      )
      // times at which the work of each world ends; a world without work advances
      const worked = Effect.zipRight(
        work,
        Effect.map(MockServer, ({ time }) => time.elapsed)
      )
      const both = Effect.gen(function* () {
        const inner = yield* Other
        return yield* Effect.all([worked, Effect.promise(() => inner.runPromise(worked))], { concurrency: "unbounded" })
      })
      for (const one of [other, runtime]) await one.runPromise(MockServer)
      assert.deepStrictEqual(await outsideOfFibers([other, runtime], () => runtime.runPromise(both)), [0, 0])
      await runtime.dispose()
      await other.dispose()
    })
  })
}

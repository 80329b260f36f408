/** The concurrency limit. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { size } from "../../../vitest.size.js"
import * as Permits from "../src/internal/permits.js"

describe("permits", () => {
  it.effect("are passed on in the order of the waiting tasks", () =>
    Effect.gen(function* () {
      const permits = Permits.make(1)
      const order: Array<number> = []
      const work = (n: number) =>
        permits.within(
          Effect.zipRight(
            Effect.sleep("1 second"),
            Effect.sync(() => order.push(n))
          )
        )
      const fiber = yield* Effect.fork(Effect.forEach([1, 2, 3, 4], work, { concurrency: "unbounded" }))
      yield* TestClock.adjust("4 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(order, [1, 2, 3, 4])
    })
  )

  it.effect("are passed on by tasks that fail or die", () =>
    Effect.gen(function* () {
      const permits = Permits.make(1)
      yield* Effect.exit(permits.within(Effect.fail("failed")))
      yield* Effect.exit(permits.within(Effect.die("died")))
      assert.strictEqual(yield* permits.within(Effect.succeed("still there")), "still there")
    })
  )

  it.effect("return if their receiver is interrupted at the moment of the handover", () =>
    Effect.gen(function* () {
      const permits = Permits.make(1)
      const ran: Array<string> = []
      const first = yield* Effect.fork(permits.within(Effect.never))
      yield* Effect.yieldNow()
      const second = yield* Effect.fork(permits.within(Effect.sync(() => ran.push("second"))))
      const third = yield* Effect.fork(permits.within(Effect.sync(() => ran.push("third"))))
      yield* Effect.yieldNow()
      yield* Fiber.interruptFork(first)
      yield* Fiber.interrupt(second)
      yield* Fiber.join(third)
      assert.deepStrictEqual(ran.at(-1), "third")
    })
  )

  it.effect.prop(
    "never exceed the limit, and all return, for any interruptions",
    [
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ begins: fc.nat(30), takes: fc.nat(20), cut: fc.option(fc.nat(60)) }), { maxLength: 12 })
    ],
    ([limit, works]) =>
      Effect.gen(function* () {
        const permits = Permits.make(limit)
        let now = 0
        let most = 0
        const busy = (takes: number) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              most = Math.max(most, ++now)
            }),
            () => Effect.sleep(takes),
            () => Effect.sync(() => now--)
          )
        const fibers = yield* Effect.forEach(works, ({ begins, cut, takes }) =>
          Effect.sleep(begins).pipe(
            Effect.zipRight(permits.within(busy(takes))),
            Effect.timeoutOption(cut ?? "1 hour"),
            Effect.fork
          )
        )
        yield* TestClock.adjust("1 second")
        yield* Fiber.awaitAll(fibers)
        assert.isAtMost(most, limit)
        assert.strictEqual(now, 0)

        const all = yield* Effect.fork(
          Effect.replicateEffect(permits.within(busy(1)), limit, { concurrency: "unbounded" })
        )
        yield* TestClock.adjust(1)
        yield* Fiber.join(all)
        assert.strictEqual(most, limit, "all permits are available again")
      }),
    { fastCheck: { numRuns: size(25, 100) } }
  )
})

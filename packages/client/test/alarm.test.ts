import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Alarm from "../src/internal/alarm.js"

describe("an alarm", () => {
  /** The wake-up time of a sleep until the tenth second, or without an end. */
  const wakes = (alarm: Alarm.Alarm, until = 10_000) =>
    Effect.fork(Effect.zipRight(alarm.sleepUntil(until, until), Clock.currentTimeMillis))

  it.effect("sleeps until its time", () =>
    Effect.gen(function* () {
      const fiber = yield* wakes(Alarm.make())
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), 10_000)
    })
  )

  for (const until of [10_000, Number.POSITIVE_INFINITY]) {
    it.effect(`wakes for a due time before ${until}`, () =>
      Effect.gen(function* () {
        const alarm = Alarm.make()
        const fiber = yield* wakes(alarm, until)
        yield* TestClock.adjust("2 seconds")
        alarm.due(3_000)
        assert.strictEqual(yield* Fiber.join(fiber), 2_000)
      })
    )
  }

  it.effect("sleeps through later due times", () =>
    Effect.gen(function* () {
      const alarm = Alarm.make()
      const fiber = yield* wakes(alarm)
      yield* TestClock.adjust("2 seconds")
      alarm.due(10_000)
      yield* TestClock.adjust("8 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), 10_000)
    })
  )

  it.effect("notices a due time between the choice of its time and its sleep", () =>
    Effect.gen(function* () {
      const alarm = Alarm.make()
      const sleep = alarm.sleepUntil(10_000, 10_000)
      alarm.due(1_000)
      yield* sleep
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    })
  )
})

describe("deadlines", () => {
  const second = FastCheck.integer({ min: 0, max: 8 })
  /** The times of setting, of the deadline, and of the cancellation. */
  const plans = FastCheck.array(FastCheck.record({ set: second, to: second, off: second }), { maxLength: 6 })

  it.effect.prop("run at their time, or immediately if it has passed, unless cancelled before", [plans], ([plans]) =>
    Effect.gen(function* () {
      const deadlines = Alarm.deadlines()
      const keeper = yield* Effect.fork(deadlines.keep)
      const calls: Array<readonly [plan: number, second: number]> = []
      const callOff = new Map<number, () => void>()
      let now = 0
      for (; now <= 8; now++) {
        for (const [at, { off, set, to }] of plans.entries()) {
          if (set === now)
            callOff.set(
              at,
              deadlines.at(to * 1_000, () => calls.push([at, now]))
            )
          if (off === now) callOff.get(at)?.()
        }
        yield* TestClock.adjust("1 seconds")
      }
      const expected = plans.flatMap(({ off, set, to }, at) => {
        const called = Math.max(set, to - 1)
        return called < 9 && (off < set || off > called) ? [[at, called] as const] : []
      })
      const inOrder = (a: readonly [number, number], b: readonly [number, number]) => a[0] - b[0]
      assert.deepStrictEqual(calls.sort(inOrder), expected.sort(inOrder))
      yield* Fiber.interrupt(keeper)
    })
  )

  it.effect("never wake without an entry", () =>
    Effect.gen(function* () {
      const deadlines = Alarm.deadlines()
      const called: Array<string> = []
      deadlines.at(Number.POSITIVE_INFINITY, () => called.push("never"))
      const keeper = yield* Effect.fork(deadlines.keep)
      yield* TestClock.adjust("365 days")
      assert.deepStrictEqual(called, [])
      yield* Fiber.interrupt(keeper)
    })
  )
})

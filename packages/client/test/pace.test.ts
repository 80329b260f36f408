/** The intervals of polls. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { Waiter } from "../src/index.js"
import * as pace from "../src/internal/pace.js"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const waiters = fc
  .record({ least: fc.integer({ min: second, max: minute }), more: fc.integer({ min: 0, max: hour }) })
  .map(({ least, more }) => Waiter.make({ minInterval: least, maxInterval: least + more }))
const time = fc.oneof(fc.integer({ min: 0, max: 5 * minute }), fc.integer({ min: 0, max: 100 * hour }))
const left = fc.option(
  fc.oneof(
    time,
    time.map((millis) => -millis)
  ),
  { nil: undefined }
)
const failures = fc.integer({ min: 0, max: 2_000 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

const check = <Values extends [unknown, ...Array<unknown>]>(
  arbitraries: { [K in keyof Values]: fc.Arbitrary<Values[K]> },
  holds: (...values: Values) => void
) => fc.assert(fc.property(...arbitraries, holds), { numRuns: 500 })

/** The estimate, the progress and the speed of a polled job, and the error of its progress. */
const sights = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: hour }),
    progress: fc.option(fc.integer({ min: 0, max: 100 })),
    estimate: fc.option(fc.integer({ min: 0, max: 1_000_000 }))
  }),
  { maxLength: 8 }
)

const snapshotOf = (progress: number | null, estimate: number | null = null): Waiter.Snapshot => ({
  status: Option.none(),
  progress: Option.fromNullable(progress),
  estimatedDuration: Option.map(Option.fromNullable(estimate), Duration.seconds)
})

describe("an adaptive interval", () => {
  it("is within its bounds, for any polls and any jitter", () => {
    check([waiters, sights, failures, share], (waiter, seen, failures, share) => {
      let now = 1_735_689_600_000
      let track = pace.begin(now)
      for (const { after, estimate, progress } of seen) {
        now += after
        track = pace.saw(track, now, snapshotOf(progress, estimate))
        const delay = pace.delay(waiter, track, now, failures, share)
        assert.isAtLeast(delay, Duration.toMillis(waiter.minInterval))
        assert.isAtMost(delay, Duration.toMillis(waiter.maxInterval))
      }
    })
  })

  it("is no shorter after more time, with more time left, later past a predicted end, and after more failures", () => {
    const cases: ReadonlyArray<(waiter: Waiter.Waiter, a: number, b: number, c: number) => [number, number]> = [
      (w, _, less, more) => [pace.interval(w, less, undefined, 0), pace.interval(w, more, undefined, 0)],
      (w, waited, less, more) => [pace.interval(w, waited, less, 0), pace.interval(w, waited, more, 0)],
      (w, waited, less, more) => [pace.interval(w, waited, -less, 0), pace.interval(w, waited, -more, 0)],
      (w, waited, n, m) => [pace.interval(w, waited, n, n % 5), pace.interval(w, waited, n, (n % 5) + (m % 9))]
    ]
    for (const pair of cases) {
      check([waiters, time, time, time], (waiter, fixed, one, other) => {
        const [shorter, longer] = pair(waiter, fixed, Math.min(one, other), Math.max(one, other))
        assert.isAtMost(shorter, longer)
      })
    }
  })

  it("is no longer with a prediction", () => {
    check([waiters, time, left], (waiter, waited, left) => {
      if (left !== undefined && left < 0 && -left > waited) return
      assert.isAtMost(pace.interval(waiter, waited, left, 0), pace.interval(waiter, waited, undefined, 0))
    })
  })

  /** The poll times of a job of this duration, without jitter. */
  const looks = (takes: number, snapshot: (now: number) => Waiter.Snapshot) => {
    let now = 0
    let track = pace.begin(0)
    const at = [now]
    while (now < takes) {
      track = pace.saw(track, now, snapshot(now))
      now += pace.delay(Waiter.defaults, track, now, 0, 0)
      at.push(now)
    }
    return at
  }

  it("starts at one second, and grows", () => {
    assert.deepStrictEqual(
      looks(20 * second, () => snapshotOf(null)),
      [...[0, 1, 2, 3, 4, 5].map((n) => n * second), ...[6_250, 7_813, 9_767, 12_209, 15_262, 19_078, 23_848]]
    )
  })

  it("notices a correctly predicted end within a hundredth of its time, with fewer polls than one every five seconds", () => {
    for (const takes of [minute, 4 * minute, 20 * minute, hour]) {
      for (const snapshot of [
        (now: number) => snapshotOf(Math.min(99, Math.floor((now / takes) * 100))),
        () => snapshotOf(null, takes / second)
      ]) {
        const at = looks(takes, snapshot)
        assert.isAtMost((at.at(-1) ?? 0) - takes, Math.max(2 * second, takes / 100), `${takes}`)
        assert.isAtMost(at.length, Math.max(24, takes / (5 * second)))
      }
    }
  })

  it("prefers the polled speed to the estimate", () => {
    let track = pace.begin(0)
    track = pace.saw(track, 0, snapshotOf(0, 1_000))
    assert.strictEqual(pace.remaining(track, 0), 1_000 * second)
    track = pace.saw(track, 10 * second, snapshotOf(50, 1_000))
    assert.strictEqual(pace.remaining(track, 12 * second), 8 * second)
  })

  it("restarts when the progress falls", () => {
    let track = pace.begin(0)
    for (const [at, progress] of [
      [0, 0],
      [10, 50],
      [20, 0]
    ] as const)
      track = pace.saw(track, at, snapshotOf(progress))
    assert.isUndefined(pace.remaining(track, 20))
  })
})

describe("a fixed interval", () => {
  it("never exceeds 120 %, not even by a millisecond", () => {
    assert.strictEqual(pace.jittered(Waiter.make({ interval: "1 second" }), 1_000, 1), 1_200)
  })

  it("takes 80 to 120 % of its value, and never less than the floor", () => {
    check([fc.integer({ min: 1, max: hour }), time, left, failures, share], (millis, waited, left, failures, share) => {
      const waiter = Waiter.make({ interval: millis })
      const delay = pace.jittered(waiter, pace.interval(waiter, waited, left, failures), share)
      assert.isAtLeast(delay, Math.max(second, millis * 0.8))
      assert.isAtMost(delay, Math.ceil(Math.max(second, millis) * 1.2))
    })
  })
})

import { afterEach, assert, beforeEach, describe, it, vi } from "vitest"
import { RealClock } from "../../src/clock/RealClock.js"

describe("the clock of the stand-alone server", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["Date", "performance", "setTimeout", "clearTimeout"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("begins at the machine's present, and runs at its speed", () => {
    const clock = new RealClock()
    assert.strictEqual(clock.now, Date.UTC(2026, 0, 1))
    vi.advanceTimersByTime(1_500)
    assert.strictEqual(clock.now, Date.UTC(2026, 0, 1) + 1_500)
  })

  it("runs faster by its scale, for sleepers too", () => {
    const clock = new RealClock({ epoch: 0, scale: 60 })
    let woken = 0
    clock.after(60_000, () => {
      woken++
    })
    vi.advanceTimersByTime(999)
    assert.deepStrictEqual([clock.now, woken], [59_940, 0])
    vi.advanceTimersByTime(1)
    assert.deepStrictEqual([clock.now, woken], [60_000, 1])
  })

  it("cancels a sleeper once, while it sleeps", () => {
    const clock = new RealClock()
    const wake = vi.fn()
    const early = clock.after(100, wake)
    assert.deepStrictEqual([early(), early()], [true, false])
    const late = clock.after(100, () => {})
    vi.advanceTimersByTime(200)
    assert.isFalse(late())
    assert.strictEqual(wake.mock.calls.length, 0)
  })

  it("sleeps for longer than a timer of Node can", () => {
    const clock = new RealClock()
    const wake = vi.fn()
    clock.after(30 * 24 * 3_600_000, wake)
    vi.advanceTimersByTime(30 * 24 * 3_600_000 - 1)
    assert.strictEqual(wake.mock.calls.length, 0)
    vi.advanceTimersByTime(1)
    assert.strictEqual(wake.mock.calls.length, 1)
  })

  it("continues from the time to which it is set", () => {
    const clock = new RealClock({ scale: 2 })
    for (const time of [Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1)]) {
      vi.advanceTimersByTime(1_500)
      clock.set(time)
      assert.strictEqual(clock.now, time)
      vi.advanceTimersByTime(1_000)
      assert.strictEqual(clock.now, time + 2_000)
    }
  })

  it("counts its sleepers", () => {
    const clock = new RealClock()
    const wake = clock.after(100, () => {})
    clock.after(200, () => {})
    assert.strictEqual(clock.sleepers, 2)
    wake()
    assert.strictEqual(clock.sleepers, 1)
    vi.advanceTimersByTime(200)
    assert.strictEqual(clock.sleepers, 0)
  })
})

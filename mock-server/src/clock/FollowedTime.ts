/**
 * The time of a world that has none of its own: it follows the `TestClock` of the program, which the test drives. The
 * server sleeps on that clock, and knows at any moment whether something is on the wire; so `advance` can do what
 * `TestClock.adjust` cannot, and let time go on only while nothing is. Which fibers are runnable nobody knows here, for
 * the program keeps its scheduler: `TestClock` gives them time to run, as it always does.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type * as TestClock from "effect/TestClock"
import { outside } from "./Foreign.js"
import { WorldTime } from "./WorldTime.js"

/**
 * A world was to follow a `TestClock`, and the program has another clock: that of `it.live`, or of another world.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoTestClock extends Error {
  override readonly name = "NoTestClock"
  constructor() {
    super(
      'clock: "followTestClock" found a clock that no test drives, expected the TestClock of it.effect: ' +
        "provide the layer inside of it.effect (or of TestContext), or leave the world its own clock"
    )
  }
}

/** Each `TestClock` has these; its class is not to be seen. */
const isTestClock = (clock: Clock.Clock): clock is TestClock.TestClock =>
  "adjust" in clock && "setTime" in clock && "sleeps" in clock

type Run = (effect: Effect.Effect<unknown>) => { readonly unsafeInterruptAsFork: (id: FiberId.FiberId) => void }

/**
 * @since 0.1.0
 * @category models
 */
export class FollowedTime extends WorldTime {
  readonly clock: TestClock.TestClock
  readonly #run: Run
  readonly #epoch: number
  readonly #sleepers = new Set<{ readonly at: number }>()
  /** Those who sleep for no time: until the world is quiet. */
  readonly #due: Array<() => void> = []

  /** `run` starts fibers that end with the world. */
  constructor(clock: TestClock.TestClock, run: Run, onStall: (report: string) => void) {
    // a world that only waits to be told to go on has not stalled
    super({ onStall: (report) => this.held && onStall(report) })
    this.clock = clock
    this.#run = run
    this.#epoch = this.now
  }

  get now(): number {
    return this.clock.unsafeCurrentTimeMillis()
  }

  get elapsed(): number {
    return this.now - this.#epoch
  }

  after(millis: number, wake: () => void): () => boolean {
    if (millis === Number.POSITIVE_INFINITY || this.disposed) return () => true
    if (millis <= 0) {
      this.#due.push(wake)
      this.changed()
      return () => this.remove(this.#due, wake)
    }
    const sleeper = { at: this.now + millis }
    const leave = () => this.#sleepers.delete(sleeper)
    this.#sleepers.add(sleeper)
    const sleep = Effect.zipRight(
      Effect.interruptible(this.clock.sleep(Duration.millis(millis))),
      Effect.sync(() => leave() && wake())
    )
    // the clock sets real timers too, to warn of a test that stands still: they are nobody's work
    const fiber = outside(() => this.#run(sleep))
    return () => {
      fiber.unsafeInterruptAsFork(FiberId.none)
      return leave()
    }
  }

  get sleepers(): number {
    return this.#sleepers.size + this.#due.length + this.waitingToSettle
  }

  /** It has no time of its own to change: only the test sets a `TestClock`. */
  set(now: number): void {
    if (now === this.now) return
    throw new RangeError(`the TestClock is at ${this.now} ms, expected ${now} ms: set it there, and restore then`)
  }

  /** Ends when time has gone on by `millis` and all that woke on the way has been answered. Never called off. */
  advance(millis: number, done: () => void): void {
    outside(() => this.#run(Effect.zipRight(this.#advance(this.now + Math.max(0, millis)), Effect.sync(done))))
  }

  #advance(end: number): Effect.Effect<void> {
    return Effect.gen(this, function* () {
      yield* this.#settle(undefined)
      while (this.now < end) {
        const before = this.steps
        const sleeps = Array.from(yield* this.clock.sleeps)
        const next = Math.min(end, ...sleeps.filter((at) => at > this.now))
        yield* this.clock.setTime(next)
        yield* this.#settle(before)
      }
    })
  }

  /** Until nothing is on the wire, and whoever had an answer since that step waits, sleeps or has ended. */
  #settle(since: number | undefined): Effect.Effect<void> {
    return Effect.gen(this, function* () {
      yield* Effect.async<void>((resume) => this.whenSettled(() => resume(Effect.void)))
      const { steps } = this
      if (steps === since) return
      yield* this.clock.adjust(0) // gives the program time to send the next request
      yield* this.#settle(steps)
    })
  }

  protected wake(): boolean {
    const due = this.#due.shift()
    if (due === undefined) return false
    this.stepped()
    due()
    return true
  }

  protected get nobodySleeps(): boolean {
    return this.#sleepers.size === 0 && this.#due.length === 0
  }

  protected describeSleepers(): string {
    if (this.nobodySleeps) return "nobody sleeps in the server"
    const first = Math.min(...[...this.#sleepers].map(({ at }) => at)) - this.#epoch
    return `${this.#sleepers.size} sleeper(s) in the server, the first until +${first} ms of the TestClock`
  }

  override dispose(): void {
    super.dispose()
    this.#sleepers.clear()
    this.#due.length = 0
  }
}

/** The time of a world that follows the clock of the program which builds it; dies of `NoTestClock`. */
export const follow = (onStall: (report: string) => void): Effect.Effect<FollowedTime, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    if (!isTestClock(clock)) return yield* Effect.die(new NoTestClock())
    return new FollowedTime(clock, yield* FiberSet.makeRuntime<never>(), onStall)
  })

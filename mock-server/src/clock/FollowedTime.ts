/**
 * The time of a world without a clock of its own: it follows the program's `TestClock`, which the test drives. The
 * server sleeps on that clock, and the world knows whether a message is on the wire. A `TestClock` alone does not know:
 * it would pass deadlines before the machine had a chance to run. So while worlds follow it, its `adjust` and `setTime`
 * step from sleeper to sleeper, each time after the wires of all these worlds are quiet. The program keeps its
 * scheduler, so runnable fibers are not counted here: `TestClock` gives them time to run, as it always does.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type * as TestClock from "effect/TestClock"
import { outside } from "./Foreign.js"
import { ProgramClock } from "./VirtualClock.js"
import { type StallOptions, WorldTime } from "./WorldTime.js"

/**
 * A world should follow a `TestClock`, but the program has another clock: that of `it.live`, or of another world. The
 * layer dies of this error.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoTestClock extends Error {
  override readonly name = "NoTestClock"
  constructor() {
    super(
      'clock: "followTestClock" found a clock that no test drives, expected the TestClock of it.effect: ' +
        "provide the layer inside it.effect (or TestContext), or let the world keep its own clock"
    )
  }
}

/** Recognises a `TestClock` by its methods, since effect does not export its class. */
const isTestClock = (clock: Clock.Clock): clock is TestClock.TestClock =>
  "adjust" in clock && "setTime" in clock && "sleeps" in clock && !(clock instanceof ProgramClock)

/** A `TestClock` that worlds follow: its original methods, and those worlds. */
class Followed {
  readonly worlds = new Set<FollowedTime>()
  readonly #clock: TestClock.TestClock
  readonly #adjust: TestClock.TestClock["adjust"]
  readonly #setTime: TestClock.TestClock["setTime"]

  constructor(clock: TestClock.TestClock) {
    this.#clock = clock
    this.#adjust = clock.adjust
    this.#setTime = clock.setTime
  }

  join(world: FollowedTime): void {
    this.worlds.add(world)
    if (this.worlds.size > 1) return
    Object.assign(this.#clock, {
      adjust: (duration: Duration.DurationInput) =>
        Effect.suspend(() => this.advance(this.#now + Duration.toMillis(duration))),
      setTime: (instant: number) => this.advance(instant)
    })
  }

  leave(world: FollowedTime): void {
    if (this.worlds.delete(world) && this.worlds.size === 0) {
      Object.assign(this.#clock, { adjust: this.#adjust, setTime: this.#setTime })
    }
  }

  get #now(): number {
    return this.#clock.unsafeCurrentTimeMillis()
  }

  /**
   * Advances to `end`, and completes after all requests sent on the way are answered. Sets an earlier time directly.
   */
  advance(end: number): Effect.Effect<void> {
    return Effect.gen(this, function* () {
      yield* this.#settle(undefined)
      if (end < this.#now) yield* this.#setTime.call(this.#clock, end)
      while (this.#now < end) {
        const before = this.#steps
        const sleeps = Array.from(yield* this.#clock.sleeps)
        const next = Math.min(end, ...sleeps.filter((at) => at > this.#now))
        yield* this.#setTime.call(this.#clock, next)
        yield* this.#settle(before)
      }
    })
  }

  get #steps(): number {
    return [...this.worlds].reduce((steps, world) => steps + world.steps, 0)
  }

  /**
   * Waits until the wires are quiet and every fiber that got an answer since step `since` waits, sleeps or has ended.
   */
  #settle(since: number | undefined): Effect.Effect<void> {
    return Effect.gen(this, function* () {
      for (const world of this.worlds) yield* world.settled
      const steps = this.#steps
      if (steps === since) return
      yield* this.#adjust.call(this.#clock, 0) // gives the program time to send the next request
      yield* this.#settle(steps)
    })
  }
}

const followed = new WeakMap<TestClock.TestClock, Followed>()

const followedOf = (clock: TestClock.TestClock): Followed => {
  const known = followed.get(clock) ?? new Followed(clock)
  followed.set(clock, known)
  return known
}

type Run = (effect: Effect.Effect<unknown>) => { readonly unsafeInterruptAsFork: (id: FiberId.FiberId) => void }

export class FollowedTime extends WorldTime {
  readonly clock: TestClock.TestClock
  readonly #run: Run
  readonly #followed: Followed
  readonly #epoch: number
  readonly #sleepers = new Set<{ readonly at: number }>()
  /** Sleepers of zero milliseconds, which wake when the world is quiet. */
  readonly #due: Array<() => void> = []

  /** `run` starts fibers that end with the world. */
  constructor(clock: TestClock.TestClock, run: Run, { name, onStall }: StallOptions) {
    // a world that only waits for the test to advance its clock has not stalled
    super({ name, onStall: (report) => this.held && onStall?.(report) })
    this.clock = clock
    this.#followed = followedOf(clock)
    this.#followed.join(this)
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
    if (millis === Number.POSITIVE_INFINITY || this.ended) return () => true
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
    // the clock also sets real timers, to warn of a test that stands still: they belong to no world
    const fiber = outside(() => this.#run(sleep))
    return () => {
      fiber.unsafeInterruptAsFork(FiberId.none)
      return leave()
    }
  }

  get sleepers(): number {
    return this.#sleepers.size + this.#due.length + this.waitingToSettle
  }

  /** Accepts only the present time: only the test sets a `TestClock`. Throws a `RangeError` otherwise. */
  set(now: number): void {
    if (now === this.now) return
    throw new RangeError(
      `the TestClock is at ${this.now} ms, expected ${now} ms: set it to that time before you restore`
    )
  }

  /** Calls `done` when `millis` have passed and all requests sent on the way are answered. Cannot be cancelled. */
  advance(millis: number, done: () => void): void {
    const end = this.now + Math.max(0, millis)
    outside(() => this.#run(Effect.zipRight(this.#followed.advance(end), Effect.sync(done))))
  }

  /** Waits until no message of this world is on the wire. */
  get settled(): Effect.Effect<void> {
    return Effect.async<void>((resume) => {
      if (this.ended) return resume(Effect.void)
      this.whenSettled(() => resume(Effect.void))
    })
  }

  protected wake(): boolean {
    const due = this.#due.shift()
    if (due === undefined) return false
    this.stepped()
    due()
    return true
  }

  protected get noSleepers(): boolean {
    return this.#sleepers.size === 0 && this.#due.length === 0
  }

  protected describeSleepers(): string {
    if (this.noSleepers) return "no sleepers in the server"
    const first = Math.min(...[...this.#sleepers].map(({ at }) => at)) - this.#epoch
    return `${this.#sleepers.size} sleeper(s) in the server, the first until +${first} ms of the TestClock`
  }

  override dispose(): void {
    super.dispose()
    this.#followed.leave(this)
    this.#sleepers.clear()
    this.#due.length = 0
  }
}

/** Makes the time of a world that follows the clock of the program that builds it; dies of `NoTestClock`. */
export const follow = (options: StallOptions): Effect.Effect<FollowedTime, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    if (!isTestClock(clock)) return yield* Effect.die(new NoTestClock())
    return new FollowedTime(clock, yield* FiberSet.makeRuntime<never>(), options)
  })

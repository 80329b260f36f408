/**
 * The time of a world that has none of its own: it follows the `TestClock` of the program, which the test drives. The
 * server sleeps on that clock, and knows at any moment whether something is on the wire. A `TestClock` alone does not: it
 * would pass deadlines while the machine had no turn. So while worlds follow it, its `adjust` and `setTime` go from
 * sleeper to sleeper, each time when nothing is on the wire of any of them. The program keeps its scheduler, so runnable
 * fibers are not counted here: `TestClock` gives them time to run, as it always does.
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
  "adjust" in clock && "setTime" in clock && "sleeps" in clock && !(clock instanceof ProgramClock)

/** A `TestClock` that worlds follow: its own methods, and those worlds. */
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

  /** Ends at this time, when all that woke on the way has been answered. An earlier time is set at once. */
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

  /** Until nothing is on the wire, and every fiber that had an answer since that step waits, sleeps or has ended. */
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

/**
 * @since 0.1.0
 * @category models
 */
export class FollowedTime extends WorldTime {
  readonly clock: TestClock.TestClock
  readonly #run: Run
  readonly #followed: Followed
  readonly #epoch: number
  readonly #sleepers = new Set<{ readonly at: number }>()
  /** Those who sleep for no time: until the world is quiet. */
  readonly #due: Array<() => void> = []

  /** `run` starts fibers that end with the world. */
  constructor(clock: TestClock.TestClock, run: Run, { name, onStall }: StallOptions) {
    // a world that only waits to be told to go on has not stalled
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
    const end = this.now + Math.max(0, millis)
    outside(() => this.#run(Effect.zipRight(this.#followed.advance(end), Effect.sync(done))))
  }

  /** Ends when nothing is on the wire of this world. */
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
    this.#followed.leave(this)
    this.#sleepers.clear()
    this.#due.length = 0
  }
}

/** The time of a world that follows the clock of the program which builds it; dies of `NoTestClock`. */
export const follow = (options: StallOptions): Effect.Effect<FollowedTime, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    if (!isTestClock(clock)) return yield* Effect.die(new NoTestClock())
    return new FollowedTime(clock, yield* FiberSet.makeRuntime<never>(), options)
  })

/**
 * The virtual time of one world, shared by a client and the server it talks to.
 *
 * Time stands still while the world has work to do, and jumps to the next sleeper when the world is *known* to be quiet
 * (`WorldTime`). Sleepers wake one at a time, ordered by time, then by the start of the sleep. So the program alone
 * decides the order of events, never the machine.
 */
import { insert, type StallOptions, WorldTime } from "./WorldTime.js"

/** Default cap of virtual time, in milliseconds: 7 days. */
const defaultCap = 7 * 24 * 60 * 60 * 1_000

/**
 * How time passes: `auto` jumps by itself, `manual` passes only by `advance`.
 *
 * @since 0.1.0
 * @category models
 */
export type ClockMode = "auto" | "manual"

/**
 * Options of a `VirtualTime`. All times are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface VirtualTimeOptions extends StallOptions {
  /** Default: `auto`. */
  readonly mode?: ClockMode | undefined
  /** Where time begins, in milliseconds since 1970. Default: 2025-01-01T00:00:00Z. */
  readonly epoch?: number | undefined
  /**
   * Latest time, in milliseconds since the beginning. A sleep beyond it dies of `VirtualTimeExceeded`: without a cap, a
   * program that polls a job that never ends would run forever. Default: 7 days.
   */
  readonly cap?: number | undefined
}

/**
 * A fiber slept beyond the cap of virtual time; it dies of this error.
 *
 * @since 0.1.0
 * @category errors
 */
export class VirtualTimeExceeded extends Error {
  override readonly name = "VirtualTimeExceeded"
  constructor(cap: number, asked: number) {
    super(
      `virtual time is capped at ${cap} ms after the beginning, and the next sleeper waits for ${asked} ms: ` +
        "does the program poll a job that never ends? If not, raise the clock's cap."
    )
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
  readonly refuse: ((error: VirtualTimeExceeded) => void) | undefined
}

/**
 * A `WorldClock` of virtual time, for a world whose exchanges are tracked.
 *
 * @since 0.1.0
 * @category models
 */
export class VirtualTime extends WorldTime {
  now: number
  #epoch: number
  readonly #cap: number
  readonly #sleepers: Array<Sleeper> = []
  #limit: number

  constructor(options: VirtualTimeOptions = {}) {
    super(options)
    this.#epoch = options.epoch ?? Date.UTC(2025, 0, 1)
    const { cap = defaultCap } = options
    if (!(cap > 0)) throw new RangeError(`the cap of virtual time is ${cap}, expected a number of milliseconds above 0`)
    this.#cap = cap
    this.now = this.#epoch
    this.#limit = options.mode === "manual" ? this.now : Number.POSITIVE_INFINITY
  }

  get elapsed(): number {
    return this.now - this.#epoch
  }

  get mode(): ClockMode {
    return this.#limit === Number.POSITIVE_INFINITY ? "auto" : "manual"
  }

  /**
   * Sleepers of the same time wake in the order in which they slept. Calls `refuse` instead of `wake` beyond the cap.
   */
  after(millis: number, wake: () => void, refuse?: (error: VirtualTimeExceeded) => void): () => boolean {
    if (millis === Number.POSITIVE_INFINITY || this.ended) return () => true
    const sleeper = { at: this.now + Math.max(0, millis), wake, refuse }
    insert(this.#sleepers, sleeper, (other) => other.at <= sleeper.at)
    this.changed()
    return () => this.remove(this.#sleepers, sleeper)
  }

  /**
   * Calls `done` when `millis` have passed and all sleepers on the way have run, or `refuse` beyond the cap. Cannot be
   * cancelled.
   */
  advance(millis: number, done: () => void, refuse?: (error: Error) => void): void {
    if (this.mode === "auto") {
      this.after(millis, done, refuse)
      return
    }
    this.#limit += Math.max(0, millis)
    this.whenSettled(done)
  }

  /** When each sleeper wakes, in milliseconds since 1970. */
  get wakeTimes(): ReadonlyArray<number> {
    return this.#sleepers.map(({ at }) => at)
  }

  get sleepers(): number {
    return this.#sleepers.length + this.waitingToSettle
  }

  /** Sets the time. A time out of this world's range comes from another world and becomes the new beginning. */
  set(now: number): void {
    if (now < this.#epoch || now - this.#epoch > this.#cap) this.#epoch = now
    this.now = now
    if (this.#limit !== Number.POSITIVE_INFINITY) this.#limit = now
    this.changed()
  }

  protected wake(): boolean {
    const next = this.#sleepers[0]
    if (next === undefined || next.at > this.#limit) return false
    this.#sleepers.shift()
    this.stepped()
    if (next.at - this.#epoch > this.#cap) {
      next.refuse?.(new VirtualTimeExceeded(this.#cap, next.at - this.#epoch))
    } else {
      this.now = next.at
      next.wake()
    }
    return true
  }

  protected override rest(): void {
    if (this.#limit !== Number.POSITIVE_INFINITY) this.now = this.#limit
  }

  protected get noSleepers(): boolean {
    return this.#sleepers.length === 0
  }

  protected describeSleepers(): string {
    const next = this.#sleepers[0]
    if (next === undefined) return "no sleepers"
    const limit = next.at > this.#limit ? `, but time may only go to +${this.#limit - this.#epoch} ms` : ""
    return `${this.#sleepers.length} sleeper(s), the first at +${next.at - this.#epoch} ms${limit}`
  }

  override dispose(): void {
    super.dispose()
    this.#sleepers.length = 0
  }
}

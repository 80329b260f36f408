/**
 * The virtual time of one world, shared by a client and the mock server it talks to.
 *
 * Time stands still while the world has something to do, and jumps to the next sleeper when the world is *known* to
 * be quiet (`WorldTime`). Sleepers wake one at a time, in the order of (time, who slept first). So what happens next is
 * decided by the program alone, never by the machine.
 */
import { longestWait, parseDuration } from "../core/Duration.js"
import { insert, type StallOptions, WorldTime } from "./WorldTime.js"

/**
 * How time goes on: `auto` jumps by itself, `manual` goes as far as `advance` lets it.
 *
 * @since 0.1.0
 * @category models
 */
export type ClockMode = "auto" | "manual"

/**
 * @since 0.1.0
 * @category models
 */
export interface VirtualTimeOptions extends StallOptions {
  /** Default: `auto`. */
  readonly mode?: ClockMode | undefined
  /** Where time begins, in milliseconds since 1970. Default: 2025-01-01T00:00:00Z. */
  readonly epoch?: number | undefined
  /**
   * How far time may go, in milliseconds since the beginning. Whoever sleeps beyond it is told so: without a cap, a
   * program that polls a job which never ends would run for ever. Default: 7 days.
   */
  readonly cap?: number | undefined
}

/**
 * What a sleeper beyond the cap of virtual time is told.
 *
 * @since 0.1.0
 * @category errors
 */
export class VirtualTimeExceeded extends Error {
  override readonly name = "VirtualTimeExceeded"
  constructor(cap: number, asked: number) {
    super(
      `virtual time is capped at ${cap} ms after the beginning, and the next sleeper waits for ${asked} ms: ` +
        "is something polled that never ends? Otherwise raise the clock's cap."
    )
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
  readonly refuse: ((error: VirtualTimeExceeded) => void) | undefined
}

/**
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
    const { cap = parseDuration(longestWait) } = options
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

  /** Ties go to who slept first. `refuse` is called instead of `wake` beyond the cap. */
  after(millis: number, wake: () => void, refuse?: (error: VirtualTimeExceeded) => void): () => boolean {
    if (millis === Number.POSITIVE_INFINITY || this.ended) return () => true
    const sleeper = { at: this.now + Math.max(0, millis), wake, refuse }
    insert(this.#sleepers, sleeper, (other) => other.at <= sleeper.at)
    this.changed()
    return () => this.remove(this.#sleepers, sleeper)
  }

  /**
   * Ends when time has gone on by `millis` and all that woke on the way has run. Never called off. `refuse` is called
   * instead of `done` beyond the cap.
   */
  advance(millis: number, done: () => void, refuse?: (error: VirtualTimeExceeded) => void): void {
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

  /** A time that this world would never reach is one of another world: it begins there. */
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

  protected get nobodySleeps(): boolean {
    return this.#sleepers.length === 0
  }

  protected describeSleepers(): string {
    const next = this.#sleepers[0]
    if (next === undefined) return "nobody sleeps"
    const limit = next.at > this.#limit ? `, but time may only go to +${this.#limit - this.#epoch} ms` : ""
    return `${this.#sleepers.length} sleeper(s), the first at +${next.at - this.#epoch} ms${limit}`
  }

  override dispose(): void {
    super.dispose()
    this.#sleepers.length = 0
  }
}

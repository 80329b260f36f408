/**
 * The virtual time of one world, shared by a client and the mock server it talks to.
 *
 * Time stands still while the world has something to do, and jumps to the next sleeper when the world is *known* to
 * be quiet: no fiber is runnable, no exchange is owed anything by the machine, no work that the world began in Node
 * (file, DNS, compression, crypto, a real timer) is open, and nobody has said to be busy. Then exactly one thing
 * happens: a message that has arrived is delivered, in the order of what the client sent, or the first sleeper wakes,
 * in the order of (time, who slept first). So what happens next is decided by the program alone, never by the machine.
 */

import { Foreign } from "./Foreign.js"
import { arm, disarm } from "./ticker.js"
import type { WorldClock } from "./WorldClock.js"

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
export interface VirtualTimeOptions {
  /** Default: `auto`. */
  readonly mode?: ClockMode | undefined
  /** Where time begins, in milliseconds since 1970. Default: 2025-01-01T00:00:00Z. */
  readonly epoch?: number | undefined
  /**
   * How far time may go, in milliseconds since the beginning. Whoever sleeps beyond it is told so: without a cap, a
   * program that polls a job which never ends would run for ever. Default: 7 days.
   */
  readonly cap?: number | undefined
  /** Gets a report when nothing has happened for `stallAfter` real milliseconds. Default: silence. */
  readonly onStall?: ((report: string) => void) | undefined
  /** Default: 2,000. */
  readonly stallAfter?: number | undefined
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

/** Something that can keep time from going on; asked, not counted, since counters are upset by aborts. */
export interface Holder {
  readonly busy: boolean
  readonly describe: () => string
  /** Of a request: what it was, while nobody reads its answer's body. */
  readonly unread?: string | undefined
  /** Its world has ended. */
  readonly forget: () => void
}

/** A message that has arrived and waits for its turn. */
interface Delivery {
  readonly order: number
  readonly run: () => void
}

/**
 * @since 0.1.0
 * @category models
 */
export class VirtualTime implements WorldClock {
  now: number
  /** How often time jumped or a message was delivered. */
  steps = 0
  /** What this world has begun in Node. */
  readonly foreign = new Foreign()
  readonly #holders = new Set<Holder>()
  readonly onStall: ((report: string) => void) | undefined
  readonly stallAfter: number
  readonly #epoch: number
  readonly #cap: number
  readonly #sleepers: Array<Sleeper> = []
  readonly #deliveries: Array<Delivery> = []
  #runnable = 0
  #requests = 0
  #version = 0
  #seen = -1
  #limit: number
  #disposed = false
  #settled: Array<() => void> = []

  constructor(options: VirtualTimeOptions = {}) {
    this.#epoch = options.epoch ?? Date.UTC(2025, 0, 1)
    this.#cap = options.cap ?? 7 * 24 * 3_600_000
    this.onStall = options.onStall
    this.stallAfter = options.stallAfter ?? 2_000
    this.now = this.#epoch
    this.#limit = options.mode === "manual" ? this.now : Number.POSITIVE_INFINITY
  }

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.now - this.#epoch
  }

  /** Ties go to who slept first. `refuse` is called instead of `wake` beyond the cap. */
  after(millis: number, wake: () => void, refuse?: (error: VirtualTimeExceeded) => void): () => boolean {
    if (millis === Number.POSITIVE_INFINITY || this.#disposed) return () => true
    const sleeper = { at: this.now + Math.max(0, millis), wake, refuse }
    insert(this.#sleepers, sleeper, (other) => other.at <= sleeper.at)
    this.changed()
    return () => this.#remove(this.#sleepers, sleeper)
  }

  /** Runs `run` when the world is quiet and nothing with a lower order has arrived. */
  deliver(order: number, run: () => void): () => boolean {
    const delivery = { order, run }
    insert(this.#deliveries, delivery, (other) => other.order <= order)
    this.changed()
    return () => this.#remove(this.#deliveries, delivery)
  }

  /** The place of the next request in the order of what the client sent. */
  nextOrder(): number {
    return this.#requests++
  }

  /** Ends when time has gone on by `millis` and all that woke on the way has run. Never called off. */
  advance(millis: number, done: () => void): void {
    if (this.#limit === Number.POSITIVE_INFINITY) {
      this.after(millis, done)
      return
    }
    this.#limit += Math.max(0, millis)
    this.#settled.push(done)
    this.changed()
  }

  /** A fiber became runnable; the returned function says that it has run. */
  runnable(): () => void {
    this.#runnable++
    return () => {
      this.#runnable--
      this.changed()
    }
  }

  hold(holder: Holder): () => void {
    this.#holders.add(holder)
    return () => {
      this.#holders.delete(holder)
      this.changed()
    }
  }

  /** To be called after every change that may make the world quiet: nothing polls a world that is held. */
  changed(): void {
    this.#version++
    if (!this.#disposed) arm(this)
  }

  /** Grows with every change: what the stall guard compares. */
  get version(): number {
    return this.#version
  }

  get #held(): boolean {
    if (this.#runnable > 0) return true
    for (const holder of this.#holders) if (holder.busy) return true
    return false
  }

  /** One turn of the event loop; false when there is nothing to look at until `changed`. */
  turn(): boolean {
    if (this.#held) return false
    if (this.foreign.busy !== undefined || this.#version !== this.#seen) {
      this.#seen = this.#version
      return true // nothing announces the end of foreign work; and one turn of grace after any change
    }
    return this.#step() || this.#settle()
  }

  #step(): boolean {
    const delivery = this.#deliveries.shift()
    if (delivery !== undefined) {
      this.#advanceVersion()
      delivery.run()
      return true
    }
    const next = this.#sleepers[0]
    if (next === undefined || next.at > this.#limit) return false
    this.#sleepers.shift()
    this.#advanceVersion()
    if (next.at - this.#epoch > this.#cap) {
      next.refuse?.(new VirtualTimeExceeded(this.#cap, next.at - this.#epoch))
    } else {
      this.now = next.at
      next.wake()
    }
    return true
  }

  #advanceVersion(): void {
    this.steps++
    this.#version++
  }

  #settle(): boolean {
    if (this.#limit !== Number.POSITIVE_INFINITY) this.now = this.#limit
    for (const done of this.#settled.splice(0)) done()
    return false
  }

  #remove<A>(list: Array<A>, item: A): boolean {
    const index = list.indexOf(item)
    if (index >= 0) list.splice(index, 1)
    this.changed()
    return index >= 0
  }

  /** The requests whose answers have bodies that nobody reads. */
  get unread(): ReadonlyArray<string> {
    return [...this.#holders].flatMap(({ unread }) => unread ?? [])
  }

  /** Nothing sleeps, nothing has arrived, nothing holds time: what a test expects of its world at the end. */
  get idle(): boolean {
    return this.#sleepers.length === 0 && this.#deliveries.length === 0 && !this.#held && this.#holders.size === 0
  }

  /** What keeps this world from going on, in words. */
  describe(): string {
    const held = [...this.#holders].filter((holder) => holder.busy).map((holder) => holder.describe())
    const foreign = this.foreign.busy
    const lines = [
      ...(this.#runnable > 0 ? [`${this.#runnable} runnable fiber(s)`] : []),
      ...held,
      ...(foreign === undefined ? [] : [`work of Node under way: ${foreign}`])
    ]
    const next = this.#sleepers[0]
    const waiting =
      next === undefined
        ? "nobody sleeps"
        : `${this.#sleepers.length} sleeper(s), the first at +${next.at - this.#epoch} ms` +
          (next.at > this.#limit ? `, but time may only go to +${this.#limit - this.#epoch} ms` : "")
    return `at +${this.elapsed} ms: ${lines.length === 0 ? "nothing holds time" : `held by ${lines.join("; ")}`}; ${waiting}`
  }

  /** Ends with the world: nothing of it stays in the process, and who sleeps from now on never wakes. */
  dispose(): void {
    this.#disposed = true
    disarm(this)
    this.foreign.dispose()
    for (const holder of this.#holders) holder.forget()
    this.#holders.clear()
    this.#sleepers.length = 0
    this.#deliveries.length = 0
  }
}

/** Behind the last element that comes before the new one; both lists are short or mostly appended to. */
const insert = <A>(list: Array<A>, item: A, before: (other: A) => boolean): void => {
  let index = list.length
  while (index > 0 && !before(list[index - 1] as A)) index-- // within bounds
  list.splice(index, 0, item)
}

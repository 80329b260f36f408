/**
 * The time of a world whose exchanges are tracked: tells whether the world has work to do, and takes the next step when
 * it is *known* to be quiet. The world is quiet when no fiber is runnable, no exchange waits for the machine, no work
 * that the world started in Node (file, DNS, compression, crypto, a real timer) is open, and no `busyWhile` runs. Then
 * exactly one step is taken: a message that has arrived is delivered, in the order in which the client sent, or the
 * first sleeper wakes. `VirtualTime` and `FollowedTime` implement the passing of time.
 */
import { Foreign } from "./Foreign.js"
import { arm, disarm } from "./ticker.js"
import type { VirtualTimeExceeded } from "./VirtualTime.js"
import { loadingModules } from "./Vitest.js"
import type { WorldClock } from "./WorldClock.js"

/** Can stop time. Its state is queried, not counted, since an abort would corrupt a counter. */
export interface Holder {
  readonly busy: boolean
  readonly describe: () => string
  /** Label of a request whose answer has an unread body. */
  readonly unread?: string | undefined
  readonly forget: () => void
}

/** A message that has arrived and waits for its turn. */
interface Delivery {
  readonly order: number
  readonly run: () => void
  readonly isUntracked: boolean
}

/**
 * A daemon, or a finalizer of a scope around the world's, sent a request to a world that has ended.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorldEnded extends Error {
  override readonly name = "WorldEnded"
  constructor(world: string, request: string) {
    super(
      `${request} was not answered: the mock world ${world} has ended with the scope of its layer. ` +
        "Send it inside Effect.provide of that layer, and interrupt daemons before its scope closes"
    )
  }
}

/** Runs of fibers in one turn of the event loop; Effect's own scheduler has the same bound. */
const mostTasks = 2_048

export interface StallOptions {
  /** Name of the world in messages. */
  readonly name?: string | undefined
  /** Gets a report when nothing has happened for `stallAfter` real milliseconds. Default: no report. */
  readonly onStall?: ((report: string) => void) | undefined
  /** In real milliseconds. Default: 2,000. */
  readonly stallAfter?: number | undefined
}

export abstract class WorldTime implements WorldClock {
  /** Number of jumps of time and delivered messages. */
  steps = 0
  /** Work that this world has started in Node. */
  readonly foreign = new Foreign()
  readonly name: string
  readonly onStall: ((report: string) => void) | undefined
  readonly stallAfter: number
  readonly #holders = new Set<Holder>()
  readonly #deliveries: Array<Delivery> = []
  #runnable = 0
  #tasks = 0
  #requests = 0
  #version = 0
  #seen = -1
  #disposed = false
  #settled: Array<() => void> = []
  readonly #tokens = new Set<object>()
  readonly #busyCallbacks = new Set<() => void>()

  constructor(options: StallOptions) {
    this.name = options.name ?? "without a name"
    this.onStall = options.onStall
    this.stallAfter = options.stallAfter ?? 2_000
  }

  abstract readonly now: number
  abstract readonly elapsed: number
  /** Calls `refuse` instead of `wake` when the time is capped before `millis` from now. */
  abstract after(millis: number, wake: () => void, refuse?: (error: VirtualTimeExceeded) => void): () => boolean
  abstract advance(millis: number, done: () => void, refuse?: (error: Error) => void): void
  abstract readonly sleepers: number
  abstract set(now: number): void

  /** Wakes the first sleeper if time may advance to it; returns whether it did. */
  protected abstract wake(): boolean
  protected abstract describeSleepers(): string
  protected abstract readonly noSleepers: boolean
  /** Called when no step is left at the present time. */
  protected rest(): void {}

  /**
   * Runs `run` when the world is quiet and nothing with a lower order has arrived. A request of an untracked client is
   * served immediately while a `busyWhile` runs: the program may be waiting for the answer in it.
   */
  deliver(order: number, run: () => void, isUntracked = false): () => boolean {
    const delivery: Delivery = { order, run, isUntracked }
    insert(this.#deliveries, delivery, (other) => other.order <= delivery.order)
    this.changed()
    return () => this.remove(this.#deliveries, delivery)
  }

  /** Returns the position of the next request in the order of sending. */
  nextOrder(): number {
    return this.#requests++
  }

  /** Runs `done` when no step is left at the present time. */
  whenSettled(done: () => void): void {
    this.#settled.push(done)
    this.changed()
  }

  protected get waitingToSettle(): number {
    return this.#settled.length
  }

  /** Counts a fiber as runnable until the returned function is called. */
  runnable(): () => void {
    this.#runnable++
    this.#tasks++
    return () => {
      this.#runnable--
      this.changed()
    }
  }

  /** Stops time until the returned function is called. */
  claim(): () => void {
    const token = {}
    const release = this.hold({ busy: true, describe: () => "busyWhile", forget: () => {} })
    this.#tokens.add(token)
    this.changed()
    return () => {
      this.#tokens.delete(token)
      release()
    }
  }

  /** Runs `run` as soon as a `claim` stops time. The returned function cancels it. */
  whenBusy(run: () => void): () => void {
    this.#busyCallbacks.add(run)
    this.changed()
    return () => this.#busyCallbacks.delete(run)
  }

  /** Whether the number of fibers that became runnable in this turn of the event loop is above the bound. */
  get crowded(): boolean {
    return this.#tasks > mostTasks
  }

  hold(holder: Holder): () => void {
    this.#holders.add(holder)
    return () => {
      this.#holders.delete(holder)
      this.changed()
    }
  }

  /** Call after every change that may make the world quiet: a held world is not polled. */
  changed(): void {
    this.#version++
    if (!this.#disposed) arm(this)
  }

  /** Grows with every change; the stall guard compares it. */
  get version(): number {
    return this.#version
  }

  /** Whether the world has ended with its scope. */
  get ended(): boolean {
    return this.#disposed
  }

  protected get held(): boolean {
    if (this.#runnable > 0) return true
    for (const holder of this.#holders) if (holder.busy) return true
    return false
  }

  /** Takes at most one step in a turn of the event loop; returns false when nothing can happen until `changed`. */
  turn(): boolean {
    this.#tasks = 0
    if (this.#tokens.size > 0 && this.#serve()) return true
    if (this.held) return false
    if (this.foreign.busy !== undefined || loadingModules() || this.#version !== this.#seen) {
      this.#seen = this.#version
      return true // the end of foreign work is not announced; any change gets one more turn
    }
    return this.#deliver() || this.wake() || this.#settle()
  }

  /** Takes one step that a program inside `busyWhile` may wait for. */
  #serve(): boolean {
    const index = this.#deliveries.findIndex(({ isUntracked }) => isUntracked)
    const [first] = this.#busyCallbacks
    const run = index < 0 ? first : this.#deliveries.splice(index, 1)[0]?.run
    if (run === undefined) return false
    this.stepped()
    run()
    return true
  }

  #deliver(): boolean {
    const delivery = this.#deliveries.shift()
    if (delivery === undefined) return false
    this.stepped()
    delivery.run()
    return true
  }

  protected stepped(): void {
    this.steps++
    this.#version++
  }

  #settle(): boolean {
    this.rest()
    for (const done of this.#settled.splice(0)) done()
    return false
  }

  protected remove<A>(list: Array<A>, item: A): boolean {
    const index = list.indexOf(item)
    if (index >= 0) list.splice(index, 1)
    this.changed()
    return index >= 0
  }

  /** Labels of the requests whose answers have unread bodies. */
  get unread(): ReadonlyArray<string> {
    return [...this.#holders].flatMap(({ unread }) => unread ?? [])
  }

  /** Whether no sleeper, undelivered message or holder is left, as a test expects at the end. */
  get idle(): boolean {
    return this.noSleepers && this.#deliveries.length === 0 && !this.held && this.#holders.size === 0
  }

  /** Describes the work that stops time in this world. */
  describe(): string {
    const held = [...this.#holders].filter((holder) => holder.busy).map((holder) => holder.describe())
    const foreign = this.foreign.busy
    const lines = [
      ...(this.#runnable > 0 ? [`${this.#runnable} runnable fiber(s)`] : []),
      ...held,
      ...(foreign === undefined ? [] : [`work in Node: ${foreign}`]),
      ...(loadingModules() ? ["a module that Vitest is loading"] : [])
    ]
    const holding = lines.length === 0 ? "time is not held" : `held by ${lines.join("; ")}`
    return `at +${this.elapsed} ms: ${holding}; ${this.describeSleepers()}`
  }

  /** Ends the time with its world: releases all of its resources in the process. Later sleepers never wake. */
  dispose(): void {
    this.#disposed = true
    disarm(this)
    this.foreign.dispose()
    const holders = [...this.#holders]
    this.#holders.clear()
    for (const holder of holders) holder.forget()
    this.#deliveries.length = 0
    // a world may end while another that follows the same clock waits for its wires
    for (const done of this.#settled.splice(0)) done()
  }
}

/** Inserts `item` behind the last element that `before` accepts. The lists are short or mostly appended to. */
export const insert = <A>(list: Array<A>, item: A, before: (other: A) => boolean): void => {
  let index = list.length
  while (index > 0 && !before(list[index - 1] as A)) index-- // within bounds
  list.splice(index, 0, item)
}

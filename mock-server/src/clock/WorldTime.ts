/**
 * The time of a world whose exchanges are followed: whether the world has something to do, and what happens when it is
 * *known* to be quiet. It is quiet when no fiber is runnable, no exchange is owed anything by the machine, no work that
 * the world began in Node (file, DNS, compression, crypto, a real timer) is open, and nobody has said to be busy. Then
 * exactly one thing happens: a message that has arrived is delivered, in the order of what the client sent, or the first
 * sleeper wakes. How time itself goes on is for `VirtualTime` and `FollowedTime` to say.
 */
import { Foreign } from "./Foreign.js"
import { arm, disarm } from "./ticker.js"
import type { VirtualTimeExceeded } from "./VirtualTime.js"
import { loadingModules } from "./Vitest.js"
import type { WorldClock } from "./WorldClock.js"

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
  /** Of a client that the world does not follow. */
  readonly isUnseen: boolean
}

/**
 * A request of a world that has ended: of a daemon, or of a finalizer of a scope around the world's.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorldEnded extends Error {
  override readonly name = "WorldEnded"
  constructor(world: string, request: string) {
    super(
      `${request} has no answer: the mock world ${world} has ended with the scope of its layer. ` +
        "Send it inside of Effect.provide of that layer, and interrupt daemons before its scope closes"
    )
  }
}

/** Steps of fibers in one turn of the event loop; Effect's own scheduler has the same bound. */
const mostTasks = 2_048

/** What the guard of stalls is told. */
export interface StallOptions {
  /** What messages call the world. */
  readonly name?: string | undefined
  /** Gets a report when nothing has happened for `stallAfter` real milliseconds. Default: silence. */
  readonly onStall?: ((report: string) => void) | undefined
  /** Default: 2,000. */
  readonly stallAfter?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export abstract class WorldTime implements WorldClock {
  /** How often time jumped or a message was delivered. */
  steps = 0
  /** What this world has begun in Node. */
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
  readonly #impatient = new Set<() => void>()

  constructor(options: StallOptions) {
    this.name = options.name ?? "without a name"
    this.onStall = options.onStall
    this.stallAfter = options.stallAfter ?? 2_000
  }

  abstract readonly now: number
  /** Milliseconds since the beginning. */
  abstract readonly elapsed: number
  /** `refuse` is called instead of `wake` by a time that will not go on so far. */
  abstract after(millis: number, wake: () => void, refuse?: (error: VirtualTimeExceeded) => void): () => boolean
  abstract advance(millis: number, done: () => void, refuse?: (error: VirtualTimeExceeded) => void): void
  abstract readonly sleepers: number
  abstract set(now: number): void

  /** Wakes the first sleeper, if it is its turn. */
  protected abstract wake(): boolean
  /** Who sleeps, and what for, in words. */
  protected abstract describeSleepers(): string
  protected abstract readonly nobodySleeps: boolean
  /** Nothing is left to happen at this moment. */
  protected rest(): void {}

  /** Runs `run` when the world is quiet and nothing with a lower order has arrived. */
  deliver(order: number, run: () => void): () => boolean {
    return this.#enqueue({ order, run, isUnseen: false })
  }

  /**
   * Like `deliver`, for a request of a client that is not followed. While somebody says to be busy, it is served at once:
   * the answer may be what the program is busy for.
   */
  deliverUnseen(order: number, run: () => void): () => boolean {
    return this.#enqueue({ order, run, isUnseen: true })
  }

  #enqueue(delivery: Delivery): () => boolean {
    insert(this.#deliveries, delivery, (other) => other.order <= delivery.order)
    this.changed()
    return () => this.remove(this.#deliveries, delivery)
  }

  /** The place of the next request in the order of what the client sent. */
  nextOrder(): number {
    return this.#requests++
  }

  /** Runs `done` when nothing is left to happen at this moment. */
  whenSettled(done: () => void): void {
    this.#settled.push(done)
    this.changed()
  }

  /** How many wait until nothing is left to happen. */
  protected get waitingToSettle(): number {
    return this.#settled.length
  }

  /** A fiber became runnable; the returned function says that it has run. */
  runnable(): () => void {
    this.#runnable++
    this.#tasks++
    return () => {
      this.#runnable--
      this.changed()
    }
  }

  /** Keeps time from going on until the returned function is called. */
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

  /** Runs `run` as soon as time is kept from going on by `claim`. The returned function calls it off. */
  whenBusy(run: () => void): () => void {
    this.#impatient.add(run)
    this.changed()
    return () => this.#impatient.delete(run)
  }

  /** Many fibers have become runnable since the last turn of the event loop: Node must have one. */
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

  /** To be called after every change that may make the world quiet: nothing polls a world that is held. */
  changed(): void {
    this.#version++
    if (!this.#disposed) arm(this)
  }

  /** Grows with every change: what the stall guard compares. */
  get version(): number {
    return this.#version
  }

  /** Its scope is closed: nothing of it goes on any more. */
  get ended(): boolean {
    return this.#disposed
  }

  protected get held(): boolean {
    if (this.#runnable > 0) return true
    for (const holder of this.#holders) if (holder.busy) return true
    return false
  }

  /** One turn of the event loop; false when there is nothing to look at until `changed`. */
  turn(): boolean {
    this.#tasks = 0
    if (this.#tokens.size > 0 && this.#serve()) return true
    if (this.held) return false
    if (this.foreign.busy !== undefined || loadingModules() || this.#version !== this.#seen) {
      this.#seen = this.#version
      return true // nothing announces the end of foreign work; and one turn of grace after any change
    }
    return this.#deliver() || this.wake() || this.#settle()
  }

  /** One step of what a program that is busy may wait for. */
  #serve(): boolean {
    const index = this.#deliveries.findIndex(({ isUnseen }) => isUnseen)
    const [first] = this.#impatient
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

  /** The requests whose answers have bodies that nobody reads. */
  get unread(): ReadonlyArray<string> {
    return [...this.#holders].flatMap(({ unread }) => unread ?? [])
  }

  /** Nothing sleeps, nothing has arrived, nothing holds time: what a test expects of its world at the end. */
  get idle(): boolean {
    return this.nobodySleeps && this.#deliveries.length === 0 && !this.held && this.#holders.size === 0
  }

  /** What keeps this world from going on, in words. */
  describe(): string {
    const held = [...this.#holders].filter((holder) => holder.busy).map((holder) => holder.describe())
    const foreign = this.foreign.busy
    const lines = [
      ...(this.#runnable > 0 ? [`${this.#runnable} runnable fiber(s)`] : []),
      ...held,
      ...(foreign === undefined ? [] : [`work of Node under way: ${foreign}`]),
      ...(loadingModules() ? ["a module that Vitest loads"] : [])
    ]
    const holding = lines.length === 0 ? "nothing holds time" : `held by ${lines.join("; ")}`
    return `at +${this.elapsed} ms: ${holding}; ${this.describeSleepers()}`
  }

  /** Ends with the world: nothing of it stays in the process, and who sleeps from now on never wakes. */
  dispose(): void {
    this.#disposed = true
    disarm(this)
    this.foreign.dispose()
    const holders = [...this.#holders]
    this.#holders.clear()
    for (const holder of holders) holder.forget()
    this.#deliveries.length = 0
  }
}

/** Behind the last element that comes before the new one; the lists are short or mostly appended to. */
export const insert = <A>(list: Array<A>, item: A, before: (other: A) => boolean): void => {
  let index = list.length
  while (index > 0 && !before(list[index - 1] as A)) index-- // within bounds
  list.splice(index, 0, item)
}

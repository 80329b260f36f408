/**
 * Real time, faster or slower by a factor: the clock of the stand-alone server, whose clients are other processes.
 */
import type { WorldClock } from "./WorldClock.js"

/** How much faster than real the stand-alone server's time may pass: so it stays within what a `Date` can hold. */
export const fastest = 1_000_000

/** Node's timers take no longer time than this at once. */
const longestTimer = 2 ** 31 - 1

/**
 * @since 0.1.0
 * @category models
 */
export interface RealClockOptions {
  /** Where time begins, in milliseconds since 1970. Default: the machine's present. */
  readonly epoch?: number | undefined
  /** How many milliseconds of this clock pass in a real one, above 0. Default: 1. */
  readonly scale?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 * @example
 * const clock = new RealClock({ scale: 60 }) // a minute a second
 */
export class RealClock implements WorldClock {
  readonly #epoch: number
  readonly #scale: number
  readonly #start = performance.now()
  readonly #sleeping = new Set<() => void>()
  #skipped = 0

  constructor(options: RealClockOptions = {}) {
    this.#epoch = options.epoch ?? Date.now()
    this.#scale = options.scale ?? 1
  }

  get now(): number {
    return Math.floor(this.#epoch + this.#skipped + (performance.now() - this.#start) * this.#scale)
  }

  after(millis: number, wake: () => void): () => boolean {
    const due = this.now + Math.max(0, millis)
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      clearTimeout(timer)
      const rest = Math.ceil((due - this.now) / this.#scale)
      if (rest <= 0) {
        this.#sleeping.delete(look)
        wake()
      } else {
        // who sleeps is a client that waits: its connection keeps the process, not the timer
        timer = setTimeout(look, Math.min(rest, longestTimer)).unref()
      }
    }
    this.#sleeping.add(look)
    timer = setTimeout(look, 0).unref()
    return () => {
      clearTimeout(timer)
      return this.#sleeping.delete(look)
    }
  }

  advance(millis: number, done: () => void): void {
    this.#skipped += Math.max(0, millis)
    for (const look of [...this.#sleeping]) look()
    setImmediate(done)
  }

  get sleepers(): number {
    return this.#sleeping.size
  }

  set(now: number): void {
    this.#skipped += now - this.now
  }
}

/** Real time, scaled by a factor: the clock of the stand-alone server, whose clients are other processes. */
import type { WorldClock } from "./WorldClock.js"

/** Largest scale of the stand-alone server's time; it keeps times within the range of a `Date`. */
export const fastest = 1_000_000

/** Longest delay of a timer of Node, in milliseconds. */
const longestTimer = 2 ** 31 - 1

export interface RealClockOptions {
  /** Where time begins, in milliseconds since 1970. Default: the machine's present. */
  readonly epoch?: number | undefined
  /** Milliseconds of this clock per real millisecond, above 0. Default: 1. */
  readonly scale?: number | undefined
}

/**
 * A `WorldClock` on real time, optionally scaled.
 *
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
    const check = (): void => {
      clearTimeout(timer)
      const rest = Math.ceil((due - this.now) / this.#scale)
      if (rest <= 0) {
        this.#sleeping.delete(check)
        wake()
      } else {
        // the waiting client's connection keeps the process alive, not this timer
        timer = setTimeout(check, Math.min(rest, longestTimer)).unref()
      }
    }
    this.#sleeping.add(check)
    timer = setTimeout(check, 0).unref()
    return () => {
      clearTimeout(timer)
      return this.#sleeping.delete(check)
    }
  }

  advance(millis: number, done: () => void): void {
    this.#skipped += Math.max(0, millis)
    for (const check of [...this.#sleeping]) check()
    setImmediate(done)
  }

  get sleepers(): number {
    return this.#sleeping.size
  }

  set(now: number): void {
    this.#skipped += now - this.now
  }
}

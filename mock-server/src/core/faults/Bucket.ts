/**
 * A token bucket on the world's time, for rate limits. It needs no timer: its level follows from the time at which the
 * level was last known.
 */

export class Bucket {
  readonly #size: number
  readonly #per: number
  #level: number
  /** Time at which `#level` was correct. */
  #at: number

  /** Makes a full bucket that gets a token every `per` milliseconds. */
  constructor(size: number, per: number, now: number, level = size) {
    this.#size = size
    this.#per = per
    this.#level = level
    this.#at = now
  }

  save(): { readonly level: number; readonly at: number } {
    return { level: this.#level, at: this.#at }
  }

  /** Takes a token and returns 0, or returns the milliseconds until the next token. */
  take(now: number): number {
    const made = Math.floor((now - this.#at) / this.#per)
    this.#level = Math.min(this.#size, this.#level + made)
    this.#at = this.#level === this.#size ? now : this.#at + made * this.#per
    if (this.#level === 0) return this.#at + this.#per - now
    this.#level--
    return 0
  }
}

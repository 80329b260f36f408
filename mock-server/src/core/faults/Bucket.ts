/**
 * A token bucket on the world's time: what a rate limit is made of. It has no timer: how much is in it follows from
 * when it was last full.
 */

export class Bucket {
  readonly #size: number
  readonly #per: number
  #level: number
  /** When `#level` was right. */
  #at: number

  /** Full at first; one more token every `per` milliseconds. */
  constructor(size: number, per: number, now: number, level = size) {
    this.#size = size
    this.#per = per
    this.#level = level
    this.#at = now
  }

  save(): { readonly level: number; readonly at: number } {
    return { level: this.#level, at: this.#at }
  }

  /** Takes a token, or says in how many milliseconds there will be one. */
  take(now: number): number {
    const made = Math.floor((now - this.#at) / this.#per)
    this.#level = Math.min(this.#size, this.#level + made)
    this.#at = this.#level === this.#size ? now : this.#at + made * this.#per
    if (this.#level === 0) return this.#at + this.#per - now
    this.#level--
    return 0
  }
}

/**
 * How often each operation was asked about each subject. Subjects come from outside, so only those that were asked about
 * last are known: one that was forgotten begins anew.
 */

/** One of these counts, as it is written down. */
export interface AttemptCount {
  /** The operation id; of a request that is no operation, its method. */
  readonly operation: string
  readonly subject: string
  readonly count: number
}

/** As many as a journal has entries. */
export const mostSubjects = 10_000

export class Attempts {
  /** By operation and subject, the one that was asked about last at the end; the operation has no line break in it. */
  readonly #counts = new Map<string, number>()

  /** Counts one more, and says which one it is, from 1. */
  next(operation: string, subject: string): number {
    const about = `${operation}\n${subject}`
    const attempt = (this.#counts.get(about) ?? 0) + 1
    this.#counts.delete(about)
    this.#counts.set(about, attempt)
    if (this.#counts.size > mostSubjects) {
      for (const oldest of this.#counts.keys()) {
        this.#counts.delete(oldest)
        break
      }
    }
    return attempt
  }

  clear(): void {
    this.#counts.clear()
  }

  save(): ReadonlyArray<AttemptCount> {
    return [...this.#counts].map(([about, count]) => {
      const end = about.indexOf("\n")
      return { operation: about.slice(0, end), subject: about.slice(end + 1), count }
    })
  }

  restore(saved: ReadonlyArray<AttemptCount>): void {
    this.clear()
    for (const { count, operation, subject } of saved) this.#counts.set(`${operation}\n${subject}`, count)
  }
}

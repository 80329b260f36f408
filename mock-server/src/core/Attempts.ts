/**
 * Counts the requests of each operation and subject. Subjects come from outside, so only the most recent ones
 * are kept: the count of a dropped one starts again.
 */
import type { Snapshot } from "./Snapshot.js"

type Counts = Snapshot["journal"]["attempts"]

/** Largest number of counts, equal to the entries of a journal. */
export const mostSubjects = 10_000

export class Attempts {
  /** By operation and subject, the most recent one last; an operation contains no line break. */
  readonly #counts = new Map<string, number>()

  /** Counts an attempt and returns its number, from 1. `operation`: the method of a request that matches none. */
  next(operation: string, subject: string): number {
    const key = `${operation}\n${subject}`
    const attempt = (this.#counts.get(key) ?? 0) + 1
    this.#counts.delete(key)
    this.#counts.set(key, attempt)
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

  save(): Counts {
    return [...this.#counts].map(([key, count]) => {
      const end = key.indexOf("\n")
      return { operation: key.slice(0, end), subject: key.slice(end + 1), count }
    })
  }

  restore(saved: Counts): void {
    this.clear()
    for (const { count, operation, subject } of saved) this.#counts.set(`${operation}\n${subject}`, count)
  }
}

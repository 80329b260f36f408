/**
 * The time of one world, as the server sees it: what jobs, signed URLs, `Date` headers and latencies are measured
 * with. The virtual clock of tests and the real clock of the stand-alone server both are one.
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface WorldClock {
  /** The world's present, in milliseconds since 1970. */
  readonly now: number
  /** Calls `wake` once, `millis` from now. The returned function calls it off, and says whether that was in time. */
  after(millis: number, wake: () => void): () => boolean
  /** Lets time go on by this much at once; `done` is called when all that woke has had its turn. */
  advance(millis: number, done: () => void): void
  /** How many wait for a time that is still to come. */
  readonly sleepers: number
  /** Makes it another time at once, earlier or later. Nobody may be waiting: who waits was told when it ends. */
  set(now: number): void
  /** Its world has ended: whoever still waits is not woken. */
  dispose?(): void
}

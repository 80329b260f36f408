/**
 * The time of one world as the server sees it: jobs, signed URLs, `Date` headers and latencies are measured with it.
 * The virtual clock of tests and the real clock of the stand-alone server implement it.
 */

/**
 * The clock of a world. Times and durations are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface WorldClock {
  /** The world's present, in milliseconds since 1970. */
  readonly now: number
  /**
   * Calls `wake` once, `millis` from now. The returned function cancels the call, and returns whether it was in time.
   */
  after(millis: number, wake: () => void): () => boolean
  /** Advances time by `millis`; calls `done` after all sleepers that woke have run, or `refuse` beyond a cap. */
  advance(millis: number, done: () => void, refuse?: (error: Error) => void): void
  readonly sleepers: number
  /** Sets the time to an earlier or later one. Allowed only without sleepers: their ends would not move. */
  set(now: number): void
  /** Ends the clock with its world: remaining sleepers never wake. */
  dispose?(): void
}

/** Dates beyond this moment have another form. */
const endOfTime = Date.UTC(9999, 11, 31)

/** Advances a clock; calls `refuse` instead of `done` beyond the year 9999, and beyond the clock's cap. */
export const advanceClock = (
  clock: WorldClock,
  millis: number,
  done: () => void,
  refuse: (error: Error) => void
): void => {
  if (clock.now + millis <= endOfTime) clock.advance(millis, done, refuse)
  else refuse(new RangeError(`advance by ${millis} ms: expected no further than the year 9999`))
}

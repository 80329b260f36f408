/**
 * Whether a world was asked what a test expects, counted in its journal.
 */
import type { JournalEntry } from "./Journal.js"

/**
 * What should have been asked, and how often; without a number, at least once.
 *
 * @since 0.1.0
 * @category models
 */
export interface Expectation {
  /** The operation id, such as `getJobById`. */
  readonly operation: string
  /** The most specific id of the path. */
  readonly subject?: string | undefined
  /** What it was answered with. */
  readonly status?: number | undefined
  readonly times?: number | undefined
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Verdict {
  readonly ok: boolean
  readonly found: number
  /** A sentence for whoever reads the failed test. */
  readonly message: string
}

const bounds = ({ atLeast, atMost, times }: Expectation): readonly [least: number, most: number] =>
  times !== undefined ? [times, times] : [atLeast ?? (atMost === undefined ? 1 : 0), atMost ?? Number.POSITIVE_INFINITY]

const range = (least: number, most: number) =>
  least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`

/** Counts what a journal has of it. */
export const verify = (entries: ReadonlyArray<JournalEntry>, wanted: Expectation): Verdict => {
  const { operation, status, subject } = wanted
  const ofOperation = entries.filter((entry) => entry.operation === operation)
  const found = ofOperation.filter(
    (entry) => (subject === undefined || entry.subject === subject) && (status === undefined || entry.status === status)
  ).length
  const [least, most] = bounds(wanted)
  const what = [
    operation,
    ...(subject === undefined ? [] : [`of ${JSON.stringify(subject)}`]),
    ...(status === undefined ? [] : [`answered ${status}`])
  ].join(" ")
  const others = ofOperation.length === found ? "" : `, and ${ofOperation.length - found} other ${operation}`
  return {
    ok: found >= least && found <= most,
    found,
    message: `expected ${range(least, most)} of ${what}, found ${found}${others}`
  }
}

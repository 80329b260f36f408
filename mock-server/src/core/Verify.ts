/** Counts expected requests in the journal of a world. */
import type { JournalEntry } from "./Journal.js"
import { knownWords } from "./Problem.js"

/**
 * Expected requests and their number; without a number, at least one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Expectation {
  /** The operation id, such as `getJobById`. */
  readonly operation: string
  /** The most specific id of the path. Default: any. */
  readonly subject?: string | undefined
  /** Status of the answer. Default: any. */
  readonly status?: number | undefined
  readonly times?: number | undefined
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
}

/**
 * The request nearest to the expected one.
 *
 * @since 0.1.0
 * @category models
 */
export interface NearMiss {
  readonly seq: number
  /** The first difference: the value found and the value expected. */
  readonly differs: string
  /** Position of its job on the timeline, if it has one: the status, and when the job would end. */
  readonly position: string | undefined
}

/**
 * Result of a verification.
 *
 * @since 0.1.0
 * @category models
 */
export interface Verdict {
  readonly ok: boolean
  readonly found: number
  /** Explains the result for the report of a failed test. */
  readonly message: string
  /** Present when too few requests were found, and a similar one. */
  readonly nearest: NearMiss | undefined
}

export type PositionOf = (entry: JournalEntry) => string | undefined

const bounds = ({ atLeast, atMost, times }: Expectation): readonly [least: number, most: number] =>
  times !== undefined ? [times, times] : [atLeast ?? (atMost === undefined ? 1 : 0), atMost ?? Number.POSITIVE_INFINITY]

const range = (least: number, most: number) =>
  least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`

/** Returns the first difference of a request from the expected one; absent without a difference. */
const difference = (entry: JournalEntry, { status, subject }: Expectation): string | undefined => {
  if (subject !== undefined && entry.subject !== subject) {
    return `is about ${JSON.stringify(entry.subject)}, expected ${JSON.stringify(subject)}`
  }
  if (status === undefined || entry.status === status) return undefined
  return `was ${entry.status === undefined ? "not answered" : `answered ${entry.status}`}, expected ${status}`
}

/** Returns the last request with the expected subject, else the last one. */
const nearestOf = (
  others: ReadonlyArray<JournalEntry>,
  expected: Expectation,
  positionOf: PositionOf
): NearMiss | undefined => {
  const entry = others.filter(({ subject }) => subject === expected.subject).at(-1) ?? others.at(-1)
  const differs = entry && difference(entry, expected)
  return entry === undefined || differs === undefined
    ? undefined
    : { seq: entry.seq, differs, position: positionOf(entry) }
}

const unknown = (operation: string, operations: ReadonlyArray<string>): string =>
  operations.includes(operation)
    ? ""
    : `; there is no operation of that name; ${knownWords("operations", operations, operation)}`

/**
 * Counts the expected requests of a journal. Fails for an operation that does not exist, even if 0 are expected.
 * `operations` are all operation ids; `positionOf` returns the position of a request's job.
 */
export const verify = (
  entries: ReadonlyArray<JournalEntry>,
  expected: Expectation,
  operations: ReadonlyArray<string>,
  positionOf: PositionOf
): Verdict => {
  const { operation, status, subject } = expected
  const ofOperation = entries.filter((entry) => entry.operation === operation)
  const others = ofOperation.filter((entry) => difference(entry, expected) !== undefined)
  const found = ofOperation.length - others.length
  const [least, most] = bounds(expected)
  const requests = [
    operation,
    ...(subject === undefined ? [] : [`of ${JSON.stringify(subject)}`]),
    ...(status === undefined ? [] : [`answered ${status}`])
  ].join(" ")
  const nearest = found < least ? nearestOf(others, expected, positionOf) : undefined
  const miss =
    nearest === undefined
      ? ""
      : `; #${nearest.seq} ${nearest.differs}${nearest.position === undefined ? "" : ` (${nearest.position})`}`
  return {
    ok: operations.includes(operation) && found >= least && found <= most,
    found,
    message:
      `expected ${range(least, most)} of ${requests}, found ${found}` +
      (others.length === 0 ? "" : `, and ${others.length} other ${operation}`) +
      miss +
      unknown(operation, operations),
    nearest
  }
}

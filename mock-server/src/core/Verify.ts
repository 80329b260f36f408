/**
 * Whether a world was asked what a test expects, counted in its journal.
 */
import type { JournalEntry } from "./Journal.js"
import { knownWords } from "./Problem.js"

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
 * The request that was almost what was expected.
 *
 * @since 0.1.0
 * @category models
 */
export interface NearMiss {
  readonly seq: number
  /** The first part that is another: what it is, and what was expected. */
  readonly differs: string
  /** Where its job was on its timeline, if it is about one: what it was, and when it would end. */
  readonly position: string | undefined
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
  /** When there was too little of it, and something like it. */
  readonly nearest: NearMiss | undefined
}

/** Says where the job of a request was on its timeline. */
export type PositionOf = (entry: JournalEntry) => string | undefined

const bounds = ({ atLeast, atMost, times }: Expectation): readonly [least: number, most: number] =>
  times !== undefined ? [times, times] : [atLeast ?? (atMost === undefined ? 1 : 0), atMost ?? Number.POSITIVE_INFINITY]

const range = (least: number, most: number) =>
  least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`

/** The first part in which a request of the operation is another than the expected one; absent: in none. */
const difference = (entry: JournalEntry, { status, subject }: Expectation): string | undefined => {
  if (subject !== undefined && entry.subject !== subject) {
    return `is about ${JSON.stringify(entry.subject)}, expected ${JSON.stringify(subject)}`
  }
  if (status === undefined || entry.status === status) return undefined
  return `was ${entry.status === undefined ? "not answered" : `answered ${entry.status}`}, expected ${status}`
}

/** The last one that is about the right subject, else the last one. */
const nearestOf = (
  others: ReadonlyArray<JournalEntry>,
  wanted: Expectation,
  positionOf: PositionOf
): NearMiss | undefined => {
  const entry = others.filter(({ subject }) => subject === wanted.subject).at(-1) ?? others.at(-1)
  const differs = entry && difference(entry, wanted)
  return entry === undefined || differs === undefined
    ? undefined
    : { seq: entry.seq, differs, position: positionOf(entry) }
}

/** The operations that there are, for a name that is not one of them. */
const unknown = (operation: string, operations: ReadonlyArray<string>): string =>
  operations.includes(operation)
    ? ""
    : `; there is no operation of that name; ${knownWords("operations", operations, operation)}`

/**
 * Counts what a journal has of it; an operation that does not exist is never what was expected, not even 0 times. `operations` are the ids that there are; `positionOf` says where the job of a
 * request was.
 */
export const verify = (
  entries: ReadonlyArray<JournalEntry>,
  wanted: Expectation,
  operations: ReadonlyArray<string>,
  positionOf: PositionOf = () => undefined
): Verdict => {
  const { operation, status, subject } = wanted
  const ofOperation = entries.filter((entry) => entry.operation === operation)
  const others = ofOperation.filter((entry) => difference(entry, wanted) !== undefined)
  const found = ofOperation.length - others.length
  const [least, most] = bounds(wanted)
  const what = [
    operation,
    ...(subject === undefined ? [] : [`of ${JSON.stringify(subject)}`]),
    ...(status === undefined ? [] : [`answered ${status}`])
  ].join(" ")
  const nearest = found < least ? nearestOf(others, wanted, positionOf) : undefined
  const miss =
    nearest === undefined
      ? ""
      : `; #${nearest.seq} ${nearest.differs}${nearest.position === undefined ? "" : ` (${nearest.position})`}`
  return {
    ok: operations.includes(operation) && found >= least && found <= most,
    found,
    message:
      `expected ${range(least, most)} of ${what}, found ${found}` +
      (others.length === 0 ? "" : `, and ${others.length} other ${operation}`) +
      miss +
      unknown(operation, operations),
    nearest
  }
}

/**
 * Whether a world was asked what a test expects, counted in its journal.
 */
import type { JournalEntry } from "../../core/Journal.js"
import type { Body } from "./bodies.js"

export interface Verdict {
  readonly ok: boolean
  readonly found: number
  /** A sentence for whoever reads the failed test. */
  readonly message: string
}

const expectation = ({ atLeast, atMost, times }: Body<"verify">): readonly [least: number, most: number] =>
  times !== undefined ? [times, times] : [atLeast ?? (atMost === undefined ? 1 : 0), atMost ?? Number.POSITIVE_INFINITY]

const range = (least: number, most: number) =>
  least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`

export const verify = (entries: ReadonlyArray<JournalEntry>, wanted: Body<"verify">): Verdict => {
  const { operation, status, subject } = wanted
  const ofOperation = entries.filter((entry) => entry.operation === operation)
  const found = ofOperation.filter(
    (entry) => (subject === undefined || entry.subject === subject) && (status === undefined || entry.status === status)
  ).length
  const [least, most] = expectation(wanted)
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

/** Checks the lengths of durations. */
import { longestSpan, longestWait, parseDuration } from "./Duration.js"
import { type Path, type Problem, printValue, problem } from "./Problem.js"

/** A duration that is no longer than another; `reason` says why. */
const atMost = (path: Path, text: string | undefined, most: string, reason: string): ReadonlyArray<Problem> =>
  text === undefined || parseDuration(text) <= parseDuration(most)
    ? []
    : [problem(path, printValue(text), `at most ${most}: ${reason}`)]

/** A time that a request waits for on the world's clock. */
export const waitProblems = (path: Path, text: string | undefined): ReadonlyArray<Problem> =>
  atMost(path, text, longestWait, "virtual time goes no further")

export const spanProblems = (path: Path, text: string | undefined): ReadonlyArray<Problem> =>
  atMost(path, text, longestSpan, "a date has a year of four digits")

export const rangeProblems = (
  range: { readonly from: string; readonly to: string },
  path: Path
): ReadonlyArray<Problem> =>
  parseDuration(range.from) < parseDuration(range.to)
    ? []
    : [problem([...path, "to"], printValue(range.to), `more than ${range.from}`)]

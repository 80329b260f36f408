/**
 * Checks fault plans: their shape, and contradictions in a plan of the right shape.
 */
import { parseDuration } from "../Duration.js"
import { type FaultableOperation, faultableOperations } from "../Operations.js"
import { keyProblem, type Path, type Problem, printProblems, printValue, printWords, problem } from "../Problem.js"
import { shapeProblems } from "../ShapeCheck.js"
import { spanProblems, waitProblems } from "../SpanCheck.js"
import { type FaultEffect, type FaultPlan, type FaultRule, type Latency, planShape } from "./Plan.js"

/**
 * The fault plan is invalid. The message lists all problems (up to 100), one per line, as `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class FaultPlanError extends Error {
  override readonly name = "FaultPlanError"
  readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>

  constructor(problems: ReadonlyArray<Problem>) {
    const printed = printProblems(problems)
    super(["the fault plan cannot be used", ...printed.map(({ message, path }) => `${path}: ${message}`)].join("\n"))
    this.problems = printed
  }
}

/** Effects that only some operations can have. */
const only: Readonly<Partial<Record<keyof FaultEffect, ReadonlyArray<FaultableOperation>>>> = {
  stale: ["getJobById", "listJobs", "downloadJob", "downloadTask"],
  expired: ["getPackage"],
  noRange: ["getPackage"]
}

/** Returns the operations that can have an effect. */
export const operationsOf = (effect: keyof FaultEffect): ReadonlyArray<FaultableOperation> =>
  only[effect] ?? faultableOperations

/** Headers that an answer cannot have, with the reason. */
const ofTheWire: ReadonlyMap<string, string> = new Map([
  ["content-length", "the fault contentLengthOff is for this one"],
  ["transfer-encoding", "the fault badChunk is for this one"],
  ["connection", "the fault cut is for this one"],
  ["trailer", "no answer has trailers"]
])

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t -~]*$/

const headerProblems = (headers: Readonly<Record<string, string>>, path: Path): ReadonlyArray<Problem> =>
  Object.entries(headers).flatMap(([name, value]) => {
    const reason = ofTheWire.get(name.toLowerCase())
    if (reason !== undefined) return [keyProblem([...path, name], `another header: ${reason}`)]
    if (!token.test(name) || name === "__proto__") return [keyProblem([...path, name], "the name of a header")]
    return fieldValue.test(value) ? [] : [problem([...path, name], printValue(value), "a text of one line, in ASCII")]
  })

const rangeProblems = (range: { readonly from: string; readonly to: string }, path: Path): ReadonlyArray<Problem> =>
  parseDuration(range.from) < parseDuration(range.to)
    ? []
    : [problem([...path, "to"], printValue(range.to), `more than ${range.from}`)]

const latencyProblems = (latency: Latency | undefined, path: Path): ReadonlyArray<Problem> => {
  if (typeof latency !== "object") return waitProblems(path, latency)
  const { sigma: _, ...times }: Readonly<Record<string, unknown>> = latency
  return [
    ...("from" in latency ? rangeProblems(latency, path) : []),
    ...Object.entries(times).flatMap(([key, time]) => waitProblems([...path, key], String(time)))
  ]
}

/** Returns the kinds of an effect, except the latency. */
export const faultsOf = (effect: FaultEffect): ReadonlyArray<Exclude<keyof FaultEffect, "latency">> =>
  Object.keys(effect).filter((key) => key !== "latency") as ReadonlyArray<Exclude<keyof FaultEffect, "latency">> // by its shape

const ruleProblems = ({ between, do: effect, on }: FaultRule, path: Path): ReadonlyArray<Problem> => {
  const here: Path = [...path, "do"]
  const faults = faultsOf(effect)
  const operations = typeof on === "string" ? [on] : on
  return [
    ...(between === undefined ? [] : rangeProblems(between, [...path, "between"])),
    ...(faults.length > 1 ? [problem(here, printWords(faults), "one of them: each rule has one effect")] : []),
    ...(Object.keys(effect).length === 0 ? [problem(here, "nothing", "an effect")] : []),
    ...faults.flatMap((fault) => {
      const possible: ReadonlyArray<string> | undefined = only[fault]
      const wrong = operations.filter((operation) => possible !== undefined && !possible.includes(operation))
      return wrong.length === 0 || possible === undefined
        ? []
        : [problem([...path, "on"], printWords(wrong), `for ${fault} one of ${printWords(possible)}`)]
    }),
    ...latencyProblems(effect.latency, [...here, "latency"]),
    ...waitProblems([...here, "drip", "every"], effect.drip?.every),
    ...spanProblems([...here, "answer", "retryAfter"], effect.answer?.retryAfter),
    ...spanProblems([...here, "limit", "per"], effect.limit?.per),
    ...headerProblems(effect.answer?.headers ?? {}, [...here, "answer", "headers"]),
    ...(effect.contentLengthOff === 0
      ? [problem([...here, "contentLengthOff"], "0", "a whole number of bytes other than 0")]
      : []),
    ...(effect.limit !== undefined && parseDuration(effect.limit.per) === 0
      ? [problem([...here, "limit", "per"], printValue(effect.limit.per), "more than 0s")]
      : [])
  ]
}

/** Largest number of rules, since each request checks all of them. */
export const mostRules = 1_000

/** Reports contradictions in a plan of the right shape, at the path `at`. */
export const planProblems = ({ rules }: FaultPlan, at: Path = []): ReadonlyArray<Problem> =>
  rules.length > mostRules
    ? [problem([...at, "rules"], `${rules.length} rules`, `at most ${mostRules}`)]
    : rules.flatMap((rule, index) => ruleProblems(rule, [...at, "rules", index]))

/** Checks a value from outside as a plan. Throws a `FaultPlanError` with all problems. */
export const checkPlan = (value: unknown): FaultPlan => {
  const wrongShape = shapeProblems(planShape, value)
  if (wrongShape.length > 0) throw new FaultPlanError(wrongShape)
  const plan = value as FaultPlan // no problem of its shape
  const problems = planProblems(plan)
  if (problems.length > 0) throw new FaultPlanError(problems)
  return plan
}

/** Checks fault plans: their shape, and contradictions in a plan of the right shape. */
import { rangeProblems } from "../Duration.js"
import { type FaultableOperation, faultableOperations } from "../Operations.js"
import { type Path, type Problem, printWords, problem, problemsError, unless } from "../Problem.js"
import { shapeProblems } from "../ShapeCheck.js"
import { type Effect, type KindName, kindNames, kindOf } from "./kinds/index.js"
import { type FaultPlan, type FaultRule, planShape } from "./Plan.js"

/**
 * The fault plan is invalid. The message lists all problems (up to 100), one per line, as `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class FaultPlanError extends problemsError("FaultPlanError", "the fault plan") {}

export const operationsOf = (kind: KindName): ReadonlyArray<FaultableOperation> =>
  kindOf(kind).operations ?? faultableOperations

/** Returns the kinds of an effect, except the latency. */
export const faultsOf = (effect: Effect): ReadonlyArray<Exclude<KindName, "latency">> =>
  Object.keys(effect).filter((key) => key !== "latency") as ReadonlyArray<Exclude<KindName, "latency">> // by its shape

const ruleProblems = ({ between, do: effect, on }: FaultRule, path: Path): ReadonlyArray<Problem> => {
  const here: Path = [...path, "do"]
  const faults = faultsOf(effect)
  const operations = typeof on === "string" ? [on] : on
  return [
    ...(between === undefined ? [] : rangeProblems(between, [...path, "between"])),
    ...(faults.length > 1 ? [problem(here, printWords(faults), "one of them: each rule has one effect")] : []),
    ...(Object.keys(effect).length === 0 ? [problem(here, "nothing", "an effect")] : []),
    ...faults.flatMap((fault) => {
      const possible: ReadonlyArray<string> = kindOf(fault).operations ?? operations
      const wrong = operations.filter((operation) => !possible.includes(operation))
      const expected = () => `for ${fault} one of ${printWords(possible)}`
      return unless(wrong.length === 0, [...path, "on"], printWords(wrong), expected)
    }),
    ...kindNames.flatMap((name) =>
      effect[name] === undefined ? [] : (kindOf(name).problems?.(effect[name], [...here, name]) ?? [])
    )
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

/** Checks the meaning of scenarios, beyond their shapes: within one, and the names that it uses. */
import { quirkProblems } from "../resources/jobs/check.js"
import { planProblems } from "./faults/Check.js"
import { keyProblem, type Problem, reference } from "./Problem.js"
import type { Scenario } from "./Scenario.js"
import { isWorldName } from "./Token.js"

export const scenarioProblems = ({ faults, quirks = {}, tokens = {} }: Scenario): ReadonlyArray<Problem> => [
  ...(typeof faults === "object" ? planProblems(faults, ["faults"]) : []),
  ...quirkProblems(quirks.everyStory ?? {}, ["quirks", "everyStory"]),
  ...Object.keys(tokens)
    .filter((token) => !isWorldName(token))
    .map((token) => keyProblem(["tokens", token], "a name of 1 to 64 of a-z, 0-9 and -"))
]

export interface Known {
  readonly stories: ReadonlyArray<string>
  readonly workflows: ReadonlyArray<string>
  readonly plans: ReadonlyArray<string>
}

export const scenarioReferences = ({ faults, stories = [] }: Scenario, known: Known): ReadonlyArray<Problem> => [
  ...stories.flatMap((queued, index) => {
    const path = ["stories", index]
    if (typeof queued === "string") return reference(path, queued, "the name of a story", known.stories)
    return [
      ...reference([...path, "story"], queued.story, "the name of a story", known.stories),
      ...reference([...path, "workflow"], queued.workflow, "the id of a workflow", known.workflows)
    ]
  }),
  ...(typeof faults === "string" ? reference(["faults"], faults, "the name of a fault plan", known.plans) : [])
]

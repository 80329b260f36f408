/** Checks the meaning of scenarios, beyond their shapes: within one, and the names that it uses. */
import { quirkProblems } from "../resources/jobs/check.js"
import type { Reference } from "../resources/Resource.js"
import { planProblems } from "./faults/Check.js"
import { keyProblem, type Problem } from "./Problem.js"
import type { Scenario } from "./Scenario.js"
import { isWorldName } from "./Token.js"

export const scenarioProblems = ({ faults, quirks = {}, tokens = {} }: Scenario): ReadonlyArray<Problem> => [
  ...(typeof faults === "object" ? planProblems(faults, ["faults"]) : []),
  ...quirkProblems(quirks.everyStory ?? {}, ["quirks", "everyStory"]),
  ...Object.keys(tokens)
    .filter((token) => !isWorldName(token))
    .map((token) => keyProblem(["tokens", token], "a name of 1 to 64 of a-z, 0-9 and -"))
]

export const scenarioReferences: ReadonlyArray<Reference> = [
  ["stories", "jobs", "the name of a story"],
  ["stories.workflow", "workflows", "the id of a workflow"],
  ["stories.story", "jobs", "the name of a story"],
  ["faults", "faults", "the name of a fault plan"]
]

/** Checks the meaning of a workflow's fixture, beyond its shape. */
import { keyProblem, type Problem, reference } from "../../core/Problem.js"
import { spanProblems } from "../../core/SpanCheck.js"
import type { WorkflowFixture } from "./fixture.js"
export const workflowProblems = (fixture: WorkflowFixture, stories: ReadonlyArray<string>): ReadonlyArray<Problem> => [
  ...reference(["story"], fixture.story, "the name of a story", stories),
  ...(Object.hasOwn(fixture.quirks?.set ?? {}, "id")
    ? [keyProblem(["quirks", "set", "id"], "any other, since operations find the workflow by its id")]
    : []),
  ...(fixture.jobs ?? []).flatMap(({ age, story }, index) => [
    ...reference(["jobs", index, "story"], story, "the name of a story", stories),
    ...spanProblems(["jobs", index, "age"], age)
  ])
]

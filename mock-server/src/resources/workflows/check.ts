/** Checks the meaning of a workflow's fixture, beyond its shape. */

import { spanProblems } from "../../core/Duration.js"
import { keyProblem, type Problem } from "../../core/Problem.js"
import type { WorkflowFixture } from "./fixture.js"

export const workflowProblems = ({ jobs = [], quirks }: WorkflowFixture): ReadonlyArray<Problem> => [
  ...(Object.hasOwn(quirks?.set ?? {}, "id")
    ? [keyProblem(["quirks", "set", "id"], "any other, since operations find the workflow by its id")]
    : []),
  ...jobs.flatMap(({ age }, index) => spanProblems(["jobs", index, "age"], age))
]

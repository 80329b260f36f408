/** Workflows. They are those of the fixtures, and the same in every world: no operation changes them. */
import type { Resource } from "../Resource.js"
import { workflowProblems } from "./check.js"
import { type WorkflowFixture, workflowShape } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const workflows = {
  operations,
  handlers,
  fixtures: {
    workflows: {
      shape: workflowShape,
      schema: "workflow",
      key: "id",
      problems: workflowProblems,
      references: [
        ["story", "jobs", "the name of a story"],
        ["jobs.story", "jobs", "the name of a story"]
      ],
      claims: ({ jobs = [] }: WorkflowFixture) =>
        jobs.map(({ id }, index) => ({ path: ["jobs", index, "id"], name: id }))
    }
  }
} as const satisfies Resource

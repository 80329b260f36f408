/** Workflows. They are those of the fixtures, and the same in every world: no operation changes them. */
import { type Asked, operationsOf, type Resource } from "../Resource.js"
import { type WorkflowFixture, workflowProblems, workflowShape } from "./fixture.js"
import { handlers } from "./routes.js"

export const projectOfWorkflow = ({ fixtures, params }: Asked): string | undefined =>
  fixtures.workflows.get(String(params["workflow_id"]))?.project_id

export const operations = {
  ...operationsOf(
    { needs: "view", subject: "workflow" },
    {
      listWorkflows: {
        at: "GET /v0/workflows",
        alias: "/v0/workflows/", // one page of the documentation
        query: ["project_id", "id", "name", "created_by", "created_on", "updated_at", "offset", "limit"],
        role: "list",
        items: "workflows"
      }
    }
  ),
  ...operationsOf(
    { needs: "view", role: "read", subject: "workflow", key: "workflow_id", projectOf: projectOfWorkflow },
    {
      getWorkflowsById: { at: "GET /v0/workflows/{workflow_id}", query: ["project_id"] },
      getWorkflowCostEstimate: { at: "GET /v0/workflows/{workflow_id}/estimate", query: [] }
    }
  )
}

export const workflows = {
  operations,
  handlers,
  fixtures: {
    workflows: {
      shape: workflowShape,
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

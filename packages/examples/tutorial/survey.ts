import { JobsApi, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Effect } from "effect"

const workflowId = WorkflowId.make("wf-field-survey")
const projectId = ProjectId.make("project-north")

/** Runs one survey and pays for one. */
export const survey = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { id: jobId } = yield* jobs.create({ workflowId, projectId })
  return yield* jobs.wait({ workflowId, jobId })
})

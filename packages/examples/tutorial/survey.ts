import { JobsApi, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Array, Effect } from "effect"

const workflowId = WorkflowId.make("wf-field-survey")
const projectId = ProjectId.make("project-north")

/** Runs one survey, and pays for one: when nobody knows whether there is a job, it looks before it makes another. */
export const survey = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { id: jobId } = yield* jobs
    .create({ workflowId, projectId })
    .pipe(Effect.catchTag("CreateOutcomeUnknown", () => Effect.flatMap(jobs.list({ workflowId }), Array.last)))
  return yield* jobs.wait({ workflowId, jobId })
})

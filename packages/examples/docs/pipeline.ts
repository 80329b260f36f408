import { JobsApi, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect } from "effect"

/** Runs the workflow once. It costs tokens: at most 100. */
export const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { download, job } = yield* jobs.run({
    workflowId: WorkflowId.make("wf-crop-classification"),
    projectId: ProjectId.make("project-monsoon-2024"),
    maxCost: 100,
    timeout: "2 hours"
  })
  yield* Console.log(`job ${job.id}: ${job.tasks.length} tasks done, package ready: ${download.isReady}`)
}).pipe(
  Effect.catchTag("JobFailed", ({ failedTasks }) => Console.error("The job failed:", failedTasks)),
  Effect.catchTag("CreateOutcomeUnknown", ({ message }) => Console.error("Look before you run it again:", message))
)

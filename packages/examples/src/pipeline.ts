import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"

/** Runs the workflow, and says where its result is. It costs what the workflow costs. */
export const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { download, job } = yield* jobs.run({
    workflowId: WorkflowId.make("wf-crop-classification"),
    projectId: ProjectId.make("project-monsoon-2024"),
    timeout: "2 hours"
  })
  yield* Console.log(`job ${job.id}: ${job.tasks.length} tasks done, package ready: ${download.isReady}`)
}).pipe(
  Effect.catchTag("JobFailed", ({ failedTasks }) => Console.error("the job failed", failedTasks)),
  Effect.catchTag("CreateOutcomeUnknown", ({ message }) => Console.error("look before you run it again:", message))
)

/** Configured by PIXXEL_API_KEY, PIXXEL_AUTH_SCHEME and PIXXEL_BASE_URL. */
export const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

import { JobsApi, type Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Effect, type ManagedRuntime } from "effect"
import fastify from "fastify"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

/** All requests share one runtime: one client, one budget for retries, waits that look together. */
export const makeApp = (runtime: ManagedRuntime.ManagedRuntime<Pixxel.Services, unknown>) => {
  const app = fastify()
  app.addHook("onClose", () => runtime.dispose())

  app.post("/surveys", (_, reply) =>
    runtime.runPromise(
      Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId })).pipe(
        Effect.match({
          onSuccess: ({ id }) => reply.code(202).send({ job: id }),
          // After CreateOutcomeUnknown there may be a job: tell the caller not to send it again.
          onFailure: ({ _tag, isRetryable }) => reply.code(isRetryable ? 503 : 502).send({ error: _tag, isRetryable })
        })
      )
    )
  )
  return app
}

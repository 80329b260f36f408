import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Option } from "effect"

const workflowId = WorkflowId.make("wf-water-quality")
const projectId = ProjectId.make("project-monsoon-2024")

const program = Effect.flatMap(JobsApi, (jobs) => jobs.run({ workflowId, projectId })).pipe(
  Effect.flatMap(({ job }) => Console.log(`${job.id} succeeded`)),
  Effect.catchTags({
    JobFailed: ({ failedTasks }) =>
      Effect.forEach(failedTasks, ({ errMsg, name }) =>
        Console.log(`${Option.getOrElse(name, () => "a task")}: ${Option.getOrElse(errMsg, () => "no reason given")}`)
      ),
    // The job is paid and may still run: wait for it again, never run it again.
    RunIncomplete: ({ failure, subject }) => Console.log(`lost sight of ${subject.jobId}: ${failure.message}`),
    CreateOutcomeUnknown: ({ message }) => Console.log(`look before you create again: ${message}`)
  })
)

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)

import { NodeRuntime } from "@effect/platform-node"
import { JobId, ProjectId, RunAll, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

const seen: ReadonlyArray<RunAll.Event> = ["north field", "west field"].map((key) =>
  RunAll.Created.make({ input: { key, workflowId, projectId }, jobId: JobId.make(`job of the ${key}`) })
)

/** The batch creates the job of the west field anew, and may pay for it again. */
const program = Effect.gen(function* () {
  const again = RunAll.forget(seen, ["west field"])
  yield* Console.log(again.map(({ input }) => input.key))
})

program.pipe(NodeRuntime.runMain)

import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Download, JobId, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Match, Option, Stream } from "effect"

const show = Match.typeTags<Download.Event>()({
  Waiting: ({ status }) => `waiting: ${Option.getOrElse(status, () => "no status")}`,
  Progress: ({ bytes, total }) => `${bytes} of ${Option.getOrElse(total, () => "?")} bytes`,
  Retrying: ({ bytes, error }) => `${error._tag} after ${bytes} bytes, trying again`,
  Done: ({ result }) => `done: ${result.path}`
})

const program = Download.stream({
  workflowId: WorkflowId.make("wf-crop-classification"),
  jobId: JobId.make("job-crop-done"),
  path: "results/fields.zip"
}).pipe(Stream.map(show), Stream.changes, Stream.runForEach(Console.log))

const Live = Layer.merge(Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)), NodeContext.layer)

program.pipe(Effect.provide(Live), NodeRuntime.runMain)

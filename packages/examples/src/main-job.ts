/** The main job, step by step, against an embedded mock server over TCP: `npm run demo`. */
import * as HttpClient from "@effect/platform/HttpClient"
import { JobsApi, Pixxel, ProjectId, WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Clock, Console, Effect, Layer, Option, Redacted, Stream } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

/** Prints lines prefixed with the virtual time since the start. */
const stopwatch = Effect.map(
  Clock.currentTimeMillis,
  (start) => (line: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Console.log(`${((now - start) / 1_000).toFixed(1).padStart(7)} s  ${line}`)
    )
)

export const mainJob = Effect.gen(function* () {
  const workflows = yield* WorkflowsApi
  const jobs = yield* JobsApi
  const say = yield* stopwatch

  const workflow = yield* workflows.get({ workflowId, projectId })
  const { estimatedCost } = yield* workflows.estimate({ workflowId })
  const tokens = Option.match(estimatedCost, { onNone: () => "an unknown number of", onSome: String })
  yield* say(`workflow  ${workflow.id} will cost ${tokens} tokens`)

  const created = yield* jobs.create({ workflowId, projectId })
  yield* say(`created   ${created.id}`)

  yield* jobs.watch({ workflowId, jobId: created.id, interval: "20 seconds" }).pipe(
    Stream.runForEach((job) => {
      const done = job.tasks.filter(({ outcome }) => outcome === "succeeded").length
      const percent = Option.getOrElse(job.progress, () => 0)
      return say(`${Option.getOrElse(job.status, () => "?").padEnd(9)} ${percent} %, ${done}/${job.tasks.length} tasks`)
    })
  )
  const job = yield* jobs.wait({ workflowId, jobId: created.id })

  const download = yield* jobs.download({ workflowId, jobId: job.id }).pipe(
    Effect.tap(({ status }) => say(`package   ${Option.getOrElse(status, () => "?")}`)),
    Effect.delay("2 seconds"),
    Effect.repeat({ until: ({ isReady }) => isReady })
  )
  const url = yield* download.signedUrl
  const storage = yield* HttpClient.HttpClient
  const bytes = yield* Effect.flatMap(storage.get(Redacted.value(url)), (response) => response.arrayBuffer)
  yield* say(`fetched   ${bytes.byteLength} bytes of ZIP from ${new URL(Redacted.value(url)).host}, without the token`)
  return job
})

/** The client of a world of the mock server. */
export const PixxelMock = Layer.unwrapEffect(
  Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))
)

/** The shipped fixtures plus a job of one hour, and an application that runs it like its tests. */
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { MockServer, shippedFixtures } from "@effect-pixxel/mock-server"
import { Effect, Layer } from "effect"

export const workflow = "wf-crop-classification"
const story = "an-hour"

const anHour = {
  kind: "job",
  source: "made for the benchmarks",
  workflow,
  tasks: [
    { name: "tile", takes: "10m" },
    { name: "classify", takes: "45m", depends_on: ["tile"] },
    { name: "mosaic", takes: "5m", depends_on: ["classify"] }
  ]
} as const

const shipped = shippedFixtures()

export const fixtures = { ...shipped, jobs: new Map([...shipped.jobs, [story, anHour]]) }

export const layerApp = MockServer.layerApp({ fixtures })

/** Runs in its own world. */
export const application = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layerWorld())
)

export const interval = "5 seconds"

const ids = { workflowId: WorkflowId.make(workflow), projectId: ProjectId.make("project-monsoon-2024") }

const queue = Effect.flatMap(MockServer, (mock) => mock.enqueue(story))

/** Creates the job, and polls it `times` times. */
export const poll = (times: number) =>
  Effect.gen(function* () {
    yield* queue
    const jobs = yield* JobsApi
    const { id: jobId } = yield* jobs.create(ids)
    yield* Effect.repeatN(Effect.zipRight(Effect.sleep(interval), jobs.get({ ...ids, jobId })), times - 1)
  })

/** Creates the job, and follows it to its end. Returns the number of requests. */
export const run = Effect.gen(function* () {
  yield* queue
  const jobs = yield* JobsApi
  yield* jobs.run({ ...ids, interval, timeout: "2 hours" })
  return (yield* (yield* MockServer).requests).length
})

/** Whatever goes wrong: every call ends in a success or an error of its type, and no job is paid that nobody knows of. */
import { assert, describe, it } from "@effect/vitest"
import type { JobId } from "@effect-pixxel/client"
import { faultPlan, seed } from "@effect-pixxel/mock-server/FaultArbitrary"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { JobsApi, MockServer, projectId, transports, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")

/** `npm run test:faults` makes many more runs. */
const numRuns = Number(process.env["FAULT_RUNS"] ?? 25)

/** What a program that pays for jobs has been told of them. */
interface Told {
  readonly jobs: Set<JobId>
  /** How often it was told that nobody knows. */
  unknown: number
}

const noting = (told: Told) => ({
  right: (job: { readonly id: JobId }) => told.jobs.add(job.id),
  left: (error: { readonly _tag: string; readonly jobId?: JobId }) => {
    if (error._tag === "CreateOutcomeUnknown") told.unknown++
    if (error.jobId !== undefined) told.jobs.add(error.jobId)
  }
})

/** Every call there is about jobs, two of them costing money. A defect of any of them fails the test. */
const useAll = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const told: Told = { jobs: new Set(), unknown: 0 }
  const { left, right } = noting(told)

  const created = yield* Effect.either(jobs.create({ workflowId, projectId }))
  Either.match(created, { onLeft: left, onRight: right })
  for (const jobId of told.jobs) {
    const ref = { workflowId, jobId }
    const job = yield* Effect.either(jobs.get(ref))
    yield* Effect.either(jobs.list({ workflowId }))
    yield* Effect.either(jobs.download(ref))
    const taskId = Either.isRight(job) ? job.right.tasks[0]?.id : undefined
    if (taskId !== undefined) yield* Effect.either(jobs.downloadTask({ ...ref, taskId }))
    yield* Effect.either(jobs.wait({ ...ref, timeout: "10 minutes" }))
  }
  const run = yield* Effect.either(jobs.run({ workflowId, projectId, timeout: "10 minutes" }))
  Either.match(run, { onLeft: left, onRight: ({ job }) => right(job) })
  return told
})

/** The program makes one call after the other, whatever came of the one before: that is its conduct, not the client's. */
const callsByHand = { pollFloor: false, pollAfterEnd: false, retryAfter: false, secondCreate: false }

for (const transport of transports) {
  describe(`the client, whatever goes wrong, ${transport}`, () => {
    it.effect.prop(
      "has an answer or an error for every call, and makes no job that its program does not know of",
      { plan: faultPlan({ hang: true }), seed: seed() },
      ({ plan, seed }) =>
        Effect.gen(function* () {
          const mock = yield* MockServer
          const count = Effect.map(
            Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId })),
            ({ length }) => length
          )
          const before = yield* count
          yield* mock.faults.use(plan)
          const { jobs, unknown } = yield* useAll
          yield* mock.faults.use({ rules: [] })
          const made = (yield* count) - before
          assert.isAtMost(made, jobs.size + unknown)
        }).pipe(Effect.provide(world(transport, { seed, conduct: callsByHand, onDrift: () => Effect.void }))),
      { fastCheck: { numRuns, seed: 1 } }
    )
  })
}

/** Random faults: every call ends in a success or an error of its type, and no paid job stays unreported. */
import { assert, describe, it } from "@effect/vitest"
import type { JobId } from "@effect-pixxel/client"
import type { Conduct } from "@effect-pixxel/mock-server"
import { faultPlan, seed } from "@effect-pixxel/mock-server/FaultArbitrary"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { longTransports, size } from "../../../../vitest.size.js"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")

/** `npm run test:faults` makes many more runs. */
const numRuns = Number(process.env["FAULT_RUNS"] ?? size(5, 25))

/** The reports to a program that pays for jobs. */
interface Report {
  readonly jobs: Set<JobId>
  /** The number of unknown outcomes. */
  unknown: number
}

const noting = (report: Report) => ({
  right: (job: { readonly id: JobId }) => report.jobs.add(job.id),
  left: (error: { readonly _tag: string; readonly subject?: { readonly jobId: JobId } }) => {
    if (error._tag === "CreateOutcomeUnknown") report.unknown++
    if (error.subject !== undefined) report.jobs.add(error.subject.jobId)
  }
})

/** Longer than any requested delay, so that no call violates one. */
const patience = Effect.sleep("2 minutes")

/** All job operations, two of which cost money. Any defect fails the test. */
const useAll = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const report: Report = { jobs: new Set(), unknown: 0 }
  const { left, right } = noting(report)
  const call = <A, E>(effect: Effect.Effect<A, E>) => Effect.zipLeft(Effect.either(effect), patience)

  Either.match(yield* call(jobs.create({ workflowId, projectId })), { onLeft: left, onRight: right })
  yield* call(jobs.list({ workflowId }))
  for (const jobId of report.jobs) {
    const ref = { workflowId, jobId }
    const job = yield* call(jobs.get(ref))
    yield* call(jobs.download(ref))
    const taskId = Either.isRight(job) ? job.right.tasks[0]?.id : undefined
    if (taskId !== undefined) yield* call(jobs.downloadTask({ ...ref, taskId }))
    yield* call(jobs.wait({ ...ref, timeout: "10 minutes" }))
  }
  const run = yield* call(jobs.run({ workflowId, projectId, timeout: "10 minutes" }))
  Either.match(run, { onLeft: left, onRight: ({ job }) => right(job) })
  return report
})

/**
 * All rules of conduct hold except one: the rule for a second create ignores a list with, say, a wrong content type,
 * which this client accepts. The test counts the purpose of that rule itself.
 */
const conduct: Conduct = { secondCreate: false }

for (const transport of longTransports) {
  describe(`the client under random faults, ${transport}`, () => {
    it.effect.prop(
      "returns an answer or an error for every call, and reports every job",
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
        }).pipe(Effect.provide(world(transport, { seed, conduct, capsules: false, onDrift: () => Effect.void }))),
      { fastCheck: { numRuns, seed: 1 } }
    )
  })
}

/**
 * Whatever goes wrong: every call ends in a success or an error of its type, and no job is paid that nobody knows of.
 *
 * First as a table: every operation against every fault of every request that it makes, over every transport. What goes
 * wrong goes wrong each time that the request is sent. Then by chance, all calls of a program in a row.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { JobId } from "@effect-pixxel/client"
import type { Conduct } from "@effect-pixxel/mock-server"
import { faultPlan, seed } from "@effect-pixxel/mock-server/FaultArbitrary"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { endpoints } from "../../src/internal/endpoints.js"
import { folder } from "./downloads.js"
import { complaintsAbout } from "./faultCell.js"
import { operations } from "./faultOperations.js"
import { faults } from "./faultRows.js"
import { placesOf, socketPlaces, transports } from "./faultTransports.js"
import { JobsApi, MockServer, projectId, transports as ways, workflowOf, world } from "./world.js"

// --- the table ---

const rows = Object.entries(operations).flatMap(([name, variants]) =>
  variants.flatMap((operation) =>
    operation.on.map(([step, expect]) => ({
      operation,
      step,
      expect,
      what: `${name} ${operation.how}`.trim()
    }))
  )
)

describe("the table of operations and faults", () => {
  it("has every request that the client makes", () => {
    const steps = new Set<string>(rows.map(({ step }) => step))
    assert.deepStrictEqual(
      endpoints.map(({ operation }) => operation).filter((operation) => !steps.has(operation)),
      []
    )
  })
})

describe("every operation, whatever goes wrong", () => {
  const scope = Effect.runSync(Scope.make())
  const around = Effect.all({ sockets: socketPlaces, folder }).pipe(Effect.provide(NodeFileSystem.layer))
  let all: Effect.Effect.Success<typeof around>
  beforeAll(async () => {
    all = await Effect.runPromise(Scope.extend(around, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const unhandled: Array<string> = []
  const note = (error: unknown) => void unhandled.push(String(error))
  const events = ["unhandledRejection", "uncaughtException"] as const
  beforeAll(() => {
    for (const event of events) process.on(event, note)
  })
  afterAll(() => {
    for (const event of events) process.off(event, note)
  })

  for (const transport of transports) {
    describe(`${transport}:`, () => {
      for (const { expect, operation, step, what } of rows) {
        it.live(`${what} ends as expected when its ${step} goes wrong`, () =>
          Effect.gen(function* () {
            const { folder, sockets } = all
            const cell = { transport, places: placesOf(transport, sockets), folder, operation, step }
            const complaints = yield* Effect.forEach(
              faults,
              (fault) => complaintsAbout({ ...cell, fault, expected: expect(fault, transport) }),
              { concurrency: 16 }
            )
            // A promise that was rejected is reported after the microtasks of its turn.
            yield* Effect.promise(() => new Promise(setImmediate))
            assert.strictEqual([...complaints.flat(), ...unhandled.splice(0)].join("\n"), "")
          })
        )
      }
    })
  }
})

// --- by chance ---

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

/** Longer than any plan asks to wait, so that nobody can say that it comes too soon. */
const patience = Effect.sleep("2 minutes")

/** Every call there is about jobs, two of them costing money. A defect of any of them fails the test. */
const useAll = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const told: Told = { jobs: new Set(), unknown: 0 }
  const { left, right } = noting(told)
  const call = <A, E>(effect: Effect.Effect<A, E>) => Effect.zipLeft(Effect.either(effect), patience)

  Either.match(yield* call(jobs.create({ workflowId, projectId })), { onLeft: left, onRight: right })
  yield* call(jobs.list({ workflowId }))
  for (const jobId of told.jobs) {
    const ref = { workflowId, jobId }
    const job = yield* call(jobs.get(ref))
    yield* call(jobs.download(ref))
    const taskId = Either.isRight(job) ? job.right.tasks[0]?.id : undefined
    if (taskId !== undefined) yield* call(jobs.downloadTask({ ...ref, taskId }))
    yield* call(jobs.wait({ ...ref, timeout: "10 minutes" }))
  }
  const run = yield* call(jobs.run({ workflowId, projectId, timeout: "10 minutes" }))
  Either.match(run, { onLeft: left, onRight: ({ job }) => right(job) })
  return told
})

/**
 * The rules of conduct hold too, but for one: a list whose content type is wrong, say, is as good as none to the rule of
 * the second create, and this client reads it. What the rule is for is counted here.
 */
const conduct: Conduct = { secondCreate: false }

for (const transport of ways) {
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
        }).pipe(Effect.provide(world(transport, { seed, conduct, capsules: false, onDrift: () => Effect.void }))),
      { fastCheck: { numRuns, seed: 1 } }
    )
  })
}

/**
 * A typical application: creates a job, waits for it, downloads its package and verifies it, against the mock in
 * process and over TCP. Compiled and run against the packed packages.
 */
import * as assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import {
  CreateOutcomeUnknown,
  Download,
  JobsApi,
  Pixxel,
  ProjectId,
  RetryPolicy,
  RunAll,
  WorkflowId,
  WorkflowsApi
} from "@effect-pixxel/client"
import type { CreateError } from "@effect-pixxel/client/PixxelError"
import { NodeDecompression, NodeHashing } from "@effect-pixxel/client-node"
import * as Hashing from "@effect-pixxel/client-node/NodeHashing"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import { faultPlan } from "@effect-pixxel/mock-server/FaultArbitrary"
import { buildServer } from "@effect-pixxel/mock-server/server"
import { Cause, Clock, Config, Effect, Exit, Layer, Logger, LogLevel, Option, Redacted, Schema, Stream } from "effect"
import * as FastCheck from "effect/FastCheck"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")

/** The client on the mock's transport, with the settings of its world. */
const PixxelTest = (options: Parameters<typeof MockServer.layer>[0]) =>
  Pixxel.layerConfig.pipe(
    Layer.provide(MockServer.layerConfigProvider),
    Layer.provideMerge(MockServer.layer(options)),
    Layer.provideMerge(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeHashing.layer, NodeDecompression.layer))
  )

/** The faults: a refusal of the server, and broken connections. */
const refusal = Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s" }), { attempts: [1] })
const brokenConnections = [
  Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [1] }),
  Fault.on("getPackage", Fault.cutBody(300, "reset"), { attempts: [1] })
]

/** Creates, waits and downloads under these faults. Returns the elapsed virtual time. */
const mainJob = (faults: ReadonlyArray<typeof refusal>) => (folder: string) =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const jobs = yield* JobsApi
    const workflows = yield* WorkflowsApi
    const { estimatedCost } = yield* workflows.estimate({ workflowId })
    assert.ok(Option.isSome(estimatedCost))
    yield* mock.faults.use(Fault.plan(...faults))
    const start = yield* Clock.currentTimeMillis
    const created = yield* jobs.create({ workflowId, projectId, maxCost: 1_000 })
    const seen = yield* jobs
      .watch({ workflowId, jobId: created.id, interval: "20 seconds" })
      .pipe(Stream.runFold(0, (count) => count + 1))
    assert.ok(seen > 1, `watch showed ${seen} states`)
    const job = yield* jobs.wait({ workflowId, jobId: created.id, timeout: "2 hours" })
    const path = join(folder, "package.zip")
    const file = yield* Download.toFile({ workflowId, jobId: job.id, path })
    const bytes = yield* Effect.promise(() => readFile(path))
    assert.equal(bytes.length, file.bytes)
    assert.equal(bytes.subarray(0, 2).toString(), "PK")
    assert.ok(file.verified.length > 0)
    yield* mock.verify({ operation: "createJob", times: 1 })
    const passed = (yield* Clock.currentTimeMillis) - start
    assert.ok(passed > 60_000, `only ${passed} ms of virtual time passed`)
    return passed
  })

/** A batch, with a failing job. */
const batch = Effect.gen(function* () {
  const mock = yield* MockServer
  const jobs = yield* JobsApi
  const inputs = ["north", "south"].map((key) => ({ key, workflowId, projectId }))
  const events = yield* jobs.runAll(Stream.fromIterable(inputs), { concurrency: 2 }).pipe(
    Stream.runCollect,
    Effect.map((all) => [...all])
  )
  assert.deepEqual(events.map(({ _tag }) => _tag).sort(), ["Created", "Created", "Succeeded", "Succeeded"])
  assert.ok([...RunAll.forget(events, ["north"])].length > 0)
  yield* mock.enqueue("water-quality-failed")
  const failed = yield* Effect.exit(
    jobs.run({ workflowId: WorkflowId.make("wf-water-quality"), projectId, timeout: "2 hours" })
  )
  assert.ok(Exit.isFailure(failed) && Cause.pretty(failed.cause).includes("JobFailed"), String(failed))
  const lists = yield* RetryPolicy.withOptions(jobs.list({ workflowId }), { maxAttempts: 2 })
  assert.ok(lists.length >= 2)
})

/** The stand-alone server, with a client on another clock. */
const standAlone = Effect.gen(function* () {
  const app = yield* Effect.acquireRelease(
    Effect.sync(() => buildServer()),
    (app) => Effect.promise(() => app.close())
  )
  const baseUrl = yield* Effect.promise(() => app.listen({ port: 0, host: "127.0.0.1" }))
  const page = yield* Effect.flatMap(WorkflowsApi, (workflows) => workflows.list({ projectId })).pipe(
    Effect.provide(
      Pixxel.layer({ baseUrl, token: Redacted.make("mock_consumer_owner") }).pipe(Layer.provide(FetchHttpClient.layer))
    )
  )
  assert.ok(JSON.stringify(page).includes("wf-crop-classification"))
})

/** Type tests: a union split by its literals, and the codec of an error. */
export type Retryable = Extract<CreateError, { readonly isRetryable: true }>["_tag"]
export const toJson = (error: CreateOutcomeUnknown) => Schema.encodeSync(CreateOutcomeUnknown)(error)
export const hashing: typeof NodeHashing.layer = Hashing.layer
export const settings = Config.string("PIXXEL_BASE_URL")
assert.ok(FastCheck.sample(faultPlan(), { numRuns: 1, seed: 1 }).length === 1)

/** Runs a program with a temporary folder. */
const withFolder = <A, E, R>(use: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "pixxel-consumer-"))),
    use,
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )

type Transport = "inProcess" | "socket"
const world = (transport: Transport) => PixxelTest({ transport, scenario: { kind: "scenario", seed: "consumer" } })

const on = (transport: Transport) =>
  withFolder(mainJob([refusal])).pipe(Effect.zipLeft(batch), Effect.provide(world(transport)))

/** Broken connections behave the same on both transports, and take the same virtual time where files hold the clock. */
const broken = Effect.gen(function* () {
  const job = withFolder(mainJob([refusal, ...brokenConnections]))
  const inProcess = yield* Effect.provide(job, world("inProcess"))
  const socket = yield* Effect.provide(job, world("socket"))
  const seesFiles = process.versions["bun"] === undefined
  if (seesFiles) assert.equal(socket, inProcess, "the transports differ in virtual time")
})

/** The parts by their names on the command line. */
const parts: Record<string, Effect.Effect<unknown, unknown>> = {
  inProcess: on("inProcess"),
  socket: on("socket"),
  broken,
  standAlone: Effect.scoped(standAlone)
}
const chosen = process.argv.slice(2)
for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) {
  const part = parts[name]
  assert.ok(part !== undefined, `no part ${name}`)
  await Effect.runPromise(part.pipe(Logger.withMinimumLogLevel(LogLevel.None)))
  console.log(`${name}: ok`)
}

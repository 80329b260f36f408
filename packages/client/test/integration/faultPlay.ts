/** Plays a fault schedule in its own world, and compares the reports of its callers with the jobs. */

import * as FileSystem from "@effect/platform/FileSystem"
import { NodePath } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Download, type Job, JobId, type RunAll, type RunError } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import type { Conduct, FaultPlan, JobFixture } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  failed,
  judgeCreates,
  knows,
  type Made,
  nothing,
  noting,
  orphaned,
  type Played,
  playCallers,
  type Report,
  replayable,
  sum
} from "./faultCallers.js"
import type { Caller, Schedule, Story } from "./faultSchedule.js"
import { handled } from "./files.js"
import { JobsApi, MockServer, projectId, fixtures as shipped, workflowOf, world } from "./world.js"

const workflowId = workflowOf("instant")

// --- the world ---

const story = (phases: NonNullable<JobFixture["phases"]>): JobFixture => ({
  kind: "job",
  source: "made up for fault schedules",
  workflow: workflowId,
  created_by: "user-123456",
  phases,
  tasks: [],
  download: { pending: "10s", size: "300B" }
})

const stories: Record<Story, JobFixture> = {
  quick: story([{ status: "completed" }]),
  slow: story([
    { status: "queued", until: { after: "5s" } },
    { status: "running", until: { after: "95s" } },
    { status: "completed" }
  ]),
  fails: story([{ status: "running", until: { after: "40s" } }, { status: "failed" }])
}

// One set for all worlds, which share an app.
const fixtures = { ...shipped, jobs: new Map([...shipped.jobs, ...Object.entries(stories)]) }

/** The files of Node. */
const files = handled((_call, _path, self) => self)

/** The rules of conduct that hold for independent callers together. */
const conductOf = ({ callers, faults, otherWriters }: Schedule): Conduct => {
  const isAlone = callers.length === 1 && callers.every(({ projects }) => projects.length === 1)
  const hasOthers = otherWriters.length > 0
  // A refused create is repeated although a concurrent one has lost its answer meanwhile.
  const isThrottled = faults.rules.some((rule) => rule.do.answer?.status === 429)
  // So is a create whose record is being stored then: it has listed the jobs before.
  const keeps = callers.some(({ does }) => does === "all")
  const looks = callers.every(({ adopt }) => adopt === "whenUnique")
  return {
    secondCreate: !hasOthers && looks && (isAlone || !(isThrottled || keeps)),
    retryAfter: !hasOthers && isAlone
  }
}

const layer = (schedule: Schedule) =>
  Layer.mergeAll(
    world("inProcess", {
      fixtures,
      scenario: { stories: [...schedule.stories] },
      leftovers: false,
      capsules: false,
      conduct: conductOf(schedule),
      onDrift: () => Effect.void
    }),
    files,
    NodePath.layer,
    NodeHashing.layer
  )

// --- the existing jobs ---

const Jobs = Schema.Struct({
  jobs: Schema.Array(Schema.Struct({ id: JobId, status: Schema.String, created_at: Schema.DateTimeUtc }))
})

/** A client of another writer, distinguished in the journal by the form of its token. */
const raw = (method: "GET" | "POST") =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const query = method === "POST" ? `?project_id=${projectId}` : ""
    const headers = { authorization: Redacted.value(token) }
    const url = `${baseUrl}/v0/workflows/${workflowId}/jobs${query}`
    return yield* Effect.tryPromise(
      async (signal): Promise<unknown> => (await fetch(url, { method, headers, signal })).json()
    )
  })

/** Whether the server handled a create, by the rules that applied to it, such as `rules[1] cut`. */
const isHandled = ({ rules }: FaultPlan, fault = "") =>
  [...fault.matchAll(/rules\[(\d+)\]/g)].every(([, index]) => {
    const effect = rules[Number(index)]?.do
    return effect?.answer === undefined && effect?.redirect === undefined && effect?.cut?.at !== "request"
  })

/** The creator of each job, in the order of the jobs. */
const madeUnder = (plan: FaultPlan) =>
  Effect.map(
    Effect.flatMap(MockServer, ({ requests }) => requests),
    (requests) => {
      const made = requests.filter(({ fault, operation }) => operation === "createJob" && isHandled(plan, fault))
      return made.map(({ credential }) => (credential.startsWith("bearer ") ? "us" : "others"))
    }
  )

// --- the callers ---

/** The reports to a caller about its jobs. */
interface JobReport extends Report {
  /** The jobs whose end it has seen, with the status word. */
  readonly ends: Map<JobId, Job["outcome"]>
  /** The downloaded bytes. */
  readonly packages: Map<JobId, Uint8Array>
}

/** The longest duration of a caller: longer than all its deadlines. */
const patience = "30 minutes"

const silent = Logger.remove(Logger.defaultLogger)

/** A failure of a paying operation. */
const runFailed = (report: JobReport, error: RunError) =>
  "subject" in error ? notEnded(report, error.subject.jobId, error) : failed(report, error)

/** A failure after a create. */
const notEnded = (report: JobReport, jobId: JobId, error: { readonly _tag: string }) => {
  knows(report, jobId)
  if (error._tag === "JobFailed") report.ends.set(jobId, "failed")
}

const create = (report: JobReport, caller: Caller) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const onOrphan = ({ id }: Job) => orphaned(report, id)
    const input = { workflowId, projectId: caller.projects[0] ?? projectId, adopt: caller.adopt, onOrphan }
    if (caller.does !== "run") {
      const job = yield* jobs.create(input)
      knows(report, job.id)
      return job.id
    }
    const onChange = ({ id }: Job) => Effect.sync(() => knows(report, id))
    const { job } = yield* jobs.run({ ...input, onChange, timeout: patience })
    report.ends.set(job.id, job.outcome)
    return job.id
  }).pipe(Effect.tapError((error) => Effect.sync(() => runFailed(report, error))))

/** A slow ledger. */
const keeping = () => Effect.sleep("20 millis")

const batch = (report: JobReport, { adopt, projects }: Caller) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const note = (event: RunAll.Update) => {
      if (event._tag === "Created") knows(report, event.jobId)
      else if (event._tag === "Failed") runFailed(report, event.error)
      else report.ends.set(event.jobId, event.result.job.outcome)
    }
    const onOrphan = (event: RunAll.Created | RunAll.Failed) =>
      Effect.sync(() => {
        report.orphans++
        note(event)
      })
    const inputs = projects.map((project, at) => ({ key: `${at}`, workflowId, projectId: project }))
    yield* jobs
      .runAll(Stream.fromIterable(inputs), { adopt, concurrency: 2, timeout: patience, keep: keeping, onOrphan })
      .pipe(Stream.runForEach((event) => Effect.sync(() => note(event))))
  })

const pipeline = (report: JobReport, caller: Caller, folder: string) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const fs = yield* FileSystem.FileSystem
    const jobId = yield* create(report, caller)
    const job = yield* jobs
      .wait({ workflowId, jobId, timeout: patience })
      .pipe(Effect.tapError((error) => Effect.sync(() => notEnded(report, jobId, error))))
    report.ends.set(jobId, job.outcome)
    const path = `${folder}/${jobId}.zip`
    yield* Download.toFile({ workflowId, jobId, path }, { timeout: patience })
    report.packages.set(jobId, yield* fs.readFile(path))
  })

const call = (report: JobReport, caller: Caller, folder: string) => {
  // The events of a batch are its complete report.
  if (caller.does === "all") return Effect.provide(batch(report, caller), silent)
  const one = caller.does === "pipeline" ? pipeline(report, caller, folder) : create(report, caller)
  return Effect.provide(Effect.asVoid(one), noting(report))
}

// --- the schedule ---

/** The counts of a schedule. */
export type Outcomes = Record<
  "made" | "reported" | "unknown" | "resolved" | "refused" | "interrupted" | "orphans" | "ended" | "downloaded",
  number
>

/** The bytes of a job's package without faults. */
const packageOf = (jobId: JobId) =>
  Effect.gen(function* () {
    const { fetch } = yield* MockServer
    const url = yield* Download.signedUrl({ workflowId, jobId })
    return new Uint8Array(yield* Effect.promise(async () => (await fetch(Redacted.value(url))).arrayBuffer()))
  })

const judge = (schedule: Schedule, played: ReadonlyArray<Played<JobReport>>, began: number) =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    // Longer than any requested delay.
    yield* Effect.sleep("2 minutes")
    const creators = yield* madeUnder(schedule.faults)
    yield* mock.faults.use({ rules: [] })
    const { jobs } = yield* Effect.flatMap(raw("GET"), Schema.decodeUnknown(Jobs))
    assert.lengthOf(jobs, creators.length, "the journal has every job")
    const statusOf = new Map(jobs.map(({ id, status }) => [id, status]))
    const made = jobs.map(
      ({ created_at, id }, at): Made => ({
        id,
        createdAt: DateTime.toEpochMillis(created_at),
        by: creators[at] ?? "others"
      })
    )
    const counts = judgeCreates(schedule, played, made, began)

    for (const { report } of played) {
      for (const [id, outcome] of report.ends) {
        const status = outcome === "succeeded" ? "completed" : outcome
        assert.strictEqual(status, statusOf.get(id), `the end of job ${id} is the true one`)
      }
      for (const [id, bytes] of report.packages) {
        assert.deepStrictEqual(bytes, yield* packageOf(id), `the package of job ${id} is whole`)
      }
    }
    return {
      ...counts,
      ended: sum(played, (one) => one.report.ends.size),
      downloaded: sum(played, (one) => one.report.packages.size)
    }
  })

/** Plays a schedule. */
export const play = (schedule: Schedule): Effect.Effect<Outcomes> =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const jobs = yield* JobsApi
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "pixxel-" })
    yield* mock.faults.use(schedule.faults)
    // The answers of other writers get lost too.
    const otherWriter = Effect.ignore(raw("POST"))
    const began = yield* Clock.currentTimeMillis
    const of = (caller: Caller) => {
      const report: JobReport = { ...nothing(), ends: new Map(), packages: new Map() }
      return [report, call(report, caller, folder)] as const
    }
    const played = yield* playCallers(schedule, otherWriter, of, jobs.resolve)
    return yield* judge(schedule, played, began)
  }).pipe(
    Effect.withRandom(Random.make(schedule.seed)),
    Effect.scoped,
    Effect.provide(layer(schedule)),
    replayable(schedule)
  )

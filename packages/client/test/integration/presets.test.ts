/**
 * The scenarios shipped with the mock server, one row each: the main job reaches its package in each of them, without a
 * second create, and shows the purpose of the preset.
 */
import { crc32 } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { type Drift, type Job, JobId, Raw, WorkflowId } from "@effect-pixxel/client"
import type { Conduct, JournalEntry } from "@effect-pixxel/mock-server"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { presets } from "../../../../mock-server/test/presets.js"
import { longTransports } from "../../../../vitest.size.js"
import { fixtures, HttpClient, JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")

/** The outcome of a main job. */
interface Seen {
  /** The created job, and its state after every change. */
  readonly changes: ReadonlyArray<Job>
  readonly job: Job
  /** The errors on the way, each handled by waiting. */
  readonly met: ReadonlyArray<string>
  readonly drifts: ReadonlyArray<Drift.Drift>
  readonly requests: ReadonlyArray<JournalEntry>
}

/** Fetches the bytes of a signed URL, if they match the store's metadata. */
const fetchPackage = (url: string) =>
  Effect.gen(function* () {
    const response = yield* (yield* HttpClient.HttpClient).get(url)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(new Uint8Array(yield* response.arrayBuffer)))
    const isRight = sum.toString("base64") === response.headers["x-amz-checksum-crc32"]
    return yield* isRight ? Effect.void : Effect.fail({ _tag: "WrongBytes" })
  }).pipe(Effect.timeout("1 minute"))

/** Runs the main job, and follows its errors until it has the package. */
const mainJob = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const changes: Array<Job> = []
  const met: Array<string> = []
  const patiently = <A, E extends { readonly _tag: string }, R>(self: Effect.Effect<A, E, R>) =>
    self.pipe(
      Effect.tapError(({ _tag }) => Effect.sync(() => met.push(_tag))),
      Effect.retry({ times: 20, schedule: Schedule.spaced("5 seconds") })
    )
  const onChange = (job: Job) => Effect.sync(() => void changes.push(job))
  const { download, job } = yield* jobs.run({ workflowId, projectId, onChange }).pipe(
    Effect.catchTag("RunIncomplete", ({ failure, subject: { jobId } }) =>
      Effect.gen(function* () {
        met.push(failure._tag)
        yield* Effect.sleep("5 seconds")
        const job = yield* patiently(jobs.wait({ workflowId, jobId, onChange }))
        const download = yield* patiently(jobs.download({ workflowId, jobId })).pipe(
          Effect.delay("5 seconds"),
          Effect.repeat({ until: ({ isReady }) => isReady })
        )
        return { job, download }
      })
    )
  )
  yield* patiently(fetchPackage(Redacted.value(yield* download.signedUrl)))
  return { changes, job, met }
})

interface Row {
  /** The allowed errors. */
  readonly meets: ReadonlyArray<string>
  /** The rules of conduct that the minimal `fetchPackage` breaks. */
  readonly conduct?: Conduct
  readonly shows: (seen: Seen) => Effect.Effect<void, unknown, JobsApi | MockServer>
}

const rawOf = (value: object | undefined) => Object(Option.getOrUndefined(Raw.of(value ?? {})))
const faultsOf = ({ requests }: Seen, operation: string) =>
  requests.filter((entry) => entry.operation === operation).map(({ fault }) => fault)
const statuses = ({ requests }: Pick<Seen, "requests">) => requests.map(({ status }) => status)
const transient = ["PixxelServerError", "PixxelTransportError"]
const shows = (check: (seen: Seen) => void) => (seen: Seen) => Effect.sync(() => check(seen))

const rows: Record<MockServer.ScenarioPreset, Row> = {
  flaky: {
    meets: transient,
    shows: shows((seen) => {
      assert.include(faultsOf(seen, "getJobById").join(), "rules[")
      assert.deepStrictEqual(faultsOf(seen, "createJob"), [undefined])
    })
  },
  throttled: {
    // The store is rate-limited too, which `fetchPackage` treats as wrong bytes.
    meets: ["PixxelRateLimited", "WrongBytes"],
    shows: () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const all = [...fixtures.workflows.keys()]
        const burst = all.map((id) => Effect.either(jobs.list({ workflowId: WorkflowId.make(id) })))
        for (const answer of yield* Effect.all(burst, { concurrency: "unbounded" })) {
          if (Either.isRight(answer)) continue
          assert.isTrue(answer.left._tag === "PixxelRateLimited" && Option.isSome(answer.left.retryAfter))
        }
        const requests = yield* (yield* MockServer).requests
        assert.include(statuses({ requests }), 429)
      })
  },
  brownout: {
    meets: transient,
    shows: shows((seen) => {
      assert.include(statuses(seen), 502)
      assert.include(faultsOf(seen, "getJobById"), "rules[0] latency, rules[1] answer")
    })
  },
  "lossy-download": {
    meets: ["ResponseError", "TimeoutException", "WrongBytes"],
    conduct: { resume: false },
    shows: shows((seen) => {
      assert.deepStrictEqual(seen.met, ["ResponseError", "TimeoutException", "WrongBytes"])
      assert.deepStrictEqual(faultsOf(seen, "getPackage"), ["rules[0] cut", "rules[1] cut", "rules[2] body", undefined])
    })
  },
  "eventually-consistent": {
    meets: [],
    shows: shows((seen) => assert.deepStrictEqual(faultsOf(seen, "getJobById").slice(0, 1), ["rules[0] stale"]))
  },
  "zero-values": {
    meets: [],
    shows: ({ changes: [first], drifts, job }) =>
      Effect.gen(function* () {
        const zero = "0001-01-01T00:00:00Z"
        const wire = rawOf(first)
        assert.deepInclude(wire, { finished_at: zero, exec_created_at: zero, time_taken: "0s", val_errors: null })
        assert.deepInclude(wire.tasks[0], { finished_at: zero, send_time: zero, depends_on: null, result: null })
        const [task] = first?.tasks ?? []
        const absent = [first?.finishedAt, first?.execCreatedAt, task?.finishedAt, task?.sendTime, task?.result]
        assert.isTrue(absent.every((value) => value !== undefined && Option.isNone(value)))
        assert.deepStrictEqual([first?.valErrors, task?.dependsOn], [[], []])
        assert.isTrue(Option.isSome(job.finishedAt))
        assert.deepStrictEqual(yield* (yield* JobsApi).list({ workflowId, status: "of no job" }), [])
        assert.deepStrictEqual(drifts, [])
      })
  },
  "legacy-shapes": {
    meets: [],
    shows: ({ changes: [first], drifts, job, requests }) =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        assert.deepInclude(rawOf(first), { status: "CREATED", created_at: "2025-01-01 00:00:00+00:00", progress: "0" })
        assert.deepInclude(rawOf(job), { status: "SUCCESS", progress: "100", workflowId })
        const shown = requests.flatMap(({ operation, shown }) => (operation === "getJobById" ? [shown] : []))
        assert.strictEqual(shown.at(-1), "SUCCESS")
        assert.deepInclude(rawOf(job).tasks[0], { status: "TaskCompleted" })
        assert.deepStrictEqual(
          [job.outcome, Option.getOrNull(job.progress), Option.getOrNull(job.workflowId)],
          ["succeeded", 100, workflowId]
        )
        const createdAt = Option.map(job.createdAt, DateTime.formatIso)
        assert.deepStrictEqual(createdAt, Option.some("2025-01-01T00:00:00.000Z"))
        assert.include(
          (yield* jobs.list({ workflowId, status: "SUCCESS" })).map(({ id }) => id),
          job.id
        )
        const error = yield* Effect.flip(jobs.get({ workflowId, jobId: JobId.make("unknown") }))
        assert.strictEqual(error._tag === "PixxelNotFound" && Option.getOrNull(error.code), "not_found")
        assert.deepStrictEqual(drifts, [])
      })
  }
}

for (const transport of longTransports) {
  describe(`the main job in a world that is, ${transport},`, () => {
    it.effect.each(presets)("$name", ({ name }) => {
      const drifts: Array<Drift.Drift> = []
      const onDrift: Drift.OnDrift = (drift) => Effect.sync(() => drifts.push(drift))
      const { conduct = {}, meets, shows } = rows[name]
      return Effect.gen(function* () {
        const ended = yield* mainJob
        const requests = yield* (yield* MockServer).requests
        assert.strictEqual(ended.job.outcome, "succeeded")
        assert.lengthOf(
          requests.filter(({ operation }) => operation === "createJob"),
          1
        )
        assert.includeMembers([...meets], [...new Set(ended.met)])
        yield* shows({ ...ended, drifts, requests })
      }).pipe(
        Effect.withRandom(Random.make(name)),
        Effect.provide(world(transport, { scenario: name, conduct, onDrift }))
      )
    })
  })
}

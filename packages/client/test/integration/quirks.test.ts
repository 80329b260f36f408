/**
 * The documented quirks of the API, one test each: the mock sends the quirk, and the client decodes it. Quirks of
 * unsupported operations are not covered.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Drift, type Job, JobId, type JobSummary, Raw, WorkflowId } from "@effect-pixxel/client"
import type { FixtureSet, JobFixture, WorkflowFixture } from "@effect-pixxel/mock-server"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { longTransports, sample } from "../../../../vitest.size.js"
import { HttpClient, JobsApi, MockServer, projectId, WorkflowsApi, world } from "./world.js"

type Quirks = NonNullable<JobFixture["quirks"]>

const block_info = { id: "b-1", name: "tiles", version: "v1.0.0" }
const tile = { name: "tile", takes: "30s", block_info, inputs: [1], result: { n: 1 }, info_logs: { warnings: 0 } }
const tasks = [tile, { name: "classify", takes: "1m", depends_on: ["tile"] }]

const story = (quirks: Quirks = {}, rest: Partial<JobFixture> = {}): JobFixture => ({
  kind: "job",
  source: "made up",
  workflow: "1234567890",
  created_by: "user-123456",
  cost: 42,
  spec: { nodes: [] },
  tasks,
  quirks,
  ...rest
})

/** A job with this status from the start. */
const ofStatus = (status: string) => story({}, { phases: [{ status }], tasks: [] })

/** The client's views of one job: at its create, ten minutes later, and in a list. */
interface Seen {
  readonly first: Job
  readonly job: Job
  readonly listed: JobSummary
  /** The JSON of `job`. */
  readonly wire: Readonly<Record<string, unknown>>
  readonly drifts: ReadonlyArray<Drift.Drift>
}

interface Row {
  readonly quirk: string
  readonly story: JobFixture
  readonly shows: (seen: Seen) => void
}

const rows: Array<Row> = []
const row = (quirk: string, story: JobFixture, shows: Row["shows"]) => rows.push({ quirk, story, shows })

const valuesOf = (...options: ReadonlyArray<Option.Option<unknown>>) => options.map(Option.getOrNull)
const wireTask = ({ wire }: Seen) => (wire["tasks"] as ReadonlyArray<Record<string, unknown>>)[0]
const quiet = ({ drifts }: Seen) => assert.deepStrictEqual(drifts, [])

// --- raw JSON for a documented integer[] ---

for (const [infoLogs, written] of [
  ["json", { warnings: 0 }],
  ["base64", "eyJ3YXJuaW5ncyI6MH0="],
  ["bytes", [...new TextEncoder().encode('{"warnings":0}')]]
] as const) {
  row(`info_logs as ${infoLogs}: kept unchanged`, story({ infoLogs }), (seen) => {
    assert.deepStrictEqual(valuesOf(seen.job.tasks[0]?.infoLogs ?? Option.none()), [written])
    quiet(seen)
  })
}
for (const raw of [[], [91, 93], { a: [null] }, "W10=", 7]) {
  row(
    `spec, inputs and result as ${JSON.stringify(raw)}: kept unchanged`,
    story({ set: { spec: raw, "tasks.inputs": raw, "tasks.result": raw } }),
    (seen) => {
      const [task] = seen.job.tasks
      assert.deepStrictEqual(valuesOf(seen.job.spec, task?.inputs ?? Option.none(), task?.result ?? Option.none()), [
        raw,
        raw,
        raw
      ])
      quiet(seen)
    }
  )
}

// --- numbers in several forms ---

for (const [progress, written] of [
  ["percent", "100%"],
  ["plain", "100"],
  ["number", 100]
] as const) {
  row(`progress as ${JSON.stringify(written)}: a number from 0 to 100`, story({ progress }), (seen) => {
    assert.strictEqual(seen.wire["progress"], written)
    assert.deepStrictEqual(valuesOf(seen.first.progress, seen.job.progress, seen.listed.progress), [0, 100, 100])
    quiet(seen)
  })
}
for (const [cost, read] of [
  [42, 42],
  [1.5, 1.5],
  ["42", 42],
  ["42 credits", null]
] as const) {
  const what = read === null ? "none, and reported: it loses no paid job" : `the number ${read}`
  row(`cost as ${JSON.stringify(cost)}: ${what}`, story({ set: { cost } }), ({ drifts, job }) => {
    assert.deepStrictEqual(valuesOf(job.cost), [read])
    assert.strictEqual(job.outcome, "succeeded")
    assert.strictEqual(
      drifts.some(({ operation, path }) => operation === "getJobById" && path === "cost"),
      read === null
    )
  })
}
row("estimated durations are seconds, under two names", story(), (seen) => {
  const [task] = seen.job.tasks
  assert.deepStrictEqual([seen.wire["estimated_duration"], wireTask(seen)?.["estimated_time_duration"]], [90, 30])
  assert.deepStrictEqual(
    [seen.job.estimatedDuration, task?.estimatedTimeDuration].map((duration) =>
      Duration.toSeconds(Option.getOrThrow(duration ?? Option.none()))
    ),
    [90, 30]
  )
})

// --- words ---

for (const word of ["completed", "COMPLETED", "success", "SUCCESS", "SUCCESSFUL", "Succeeded"]) {
  row(`the status ${word}: a success`, ofStatus(word), ({ job }) => {
    assert.deepStrictEqual([Option.getOrNull(job.status), job.outcome], [word, "succeeded"])
  })
}
for (const word of ["failed", "FAILED", "Cancelled", "errored"]) {
  row(`the status ${word}: a failure`, ofStatus(word), ({ job }) => {
    assert.deepStrictEqual([Option.getOrNull(job.status), job.outcome], [word, "failed"])
  })
}
for (const word of ["inprogress", "in_progress", "IN_PROGRESS", "running", "Under Review", "<string>"]) {
  row(`the status ${word}: kept, and pending`, ofStatus(word), (seen) => {
    const { job } = seen
    assert.deepStrictEqual([Option.getOrNull(job.status), job.outcome], [word, "pending"])
    quiet(seen)
  })
}
row(
  "other words for the states of a task",
  story({ taskStatus: { created: "TaskQueued", completed: "TASK_DONE" } }),
  ({ first, job }) => {
    assert.deepStrictEqual(valuesOf(...first.tasks.map(({ status }) => status)), ["TaskQueued", "TaskQueued"])
    assert.deepStrictEqual(valuesOf(...job.tasks.map(({ status }) => status)), ["TASK_DONE", "TASK_DONE"])
    assert.strictEqual(job.outcome, "succeeded")
  }
)

row(
  "synonyms for the status of the job",
  story({ jobStatus: { queued: "CREATED", completed: "SUCCESSFUL" } }),
  ({ first, job, listed }) => {
    assert.deepStrictEqual(valuesOf(first.status, job.status, listed.status), ["CREATED", "SUCCESSFUL", "SUCCESSFUL"])
    assert.strictEqual(job.outcome, "succeeded")
  }
)

// --- times ---

for (const [timestamps, read] of [
  ["seconds", "2025-01-01T00:01:35.000Z"],
  ["millis", "2025-01-01T00:01:35.000Z"],
  ["micros", "2025-01-01T00:01:35.000Z"],
  ["offset", "2025-01-01T00:01:35.000Z"],
  ["python", "2025-01-01T00:01:35.000Z"],
  ["spaced", "2025-01-01T00:01:35.000Z"],
  ["date", "2025-01-01T00:00:00.000Z"],
  ["underscored", "2025-01-01T00:00:00.000Z"],
  ["dayFirst", "2025-01-01T00:00:00.000Z"]
] as const) {
  row(`times in the shape ${timestamps}`, story({ timestamps }), (seen) => {
    assert.deepStrictEqual(Option.getOrNull(Option.map(seen.job.finishedAt, DateTime.formatIso)), read)
    quiet(seen)
  })
}
for (const unset of ["omit", "null", "empty", "zero"] as const) {
  row(`missing values as ${unset}: none, without drift`, story({ unset }), (seen) => {
    const { execCreatedAt, finishedAt, tasks } = seen.first
    assert.isFalse([finishedAt, execCreatedAt, tasks[0]?.finishedAt].some((time) => time && Option.isSome(time)))
    assert.isTrue(Option.isSome(seen.job.finishedAt))
    quiet(seen)
  })
}

// --- Go's encodings and omissions ---

row("null for an empty list", story({ emptyLists: "null" }, { tasks: [] }), (seen) => {
  assert.deepStrictEqual([seen.wire["tasks"], seen.wire["val_errors"]], [null, null])
  assert.deepStrictEqual([seen.job.tasks.length, seen.job.valErrors.length], [0, 0])
  quiet(seen)
})
row("null for the empty lists of a task", story({ emptyLists: "null" }), (seen) => {
  assert.deepInclude(wireTask(seen), { depends_on: null, disclaimer: null })
  assert.deepStrictEqual([seen.job.tasks[0]?.dependsOn.length, seen.job.tasks[0]?.disclaimer.length], [0, 0])
  quiet(seen)
})
row("an empty struct: none", story({ unset: "zero" }), (seen) => {
  const tasks = seen.wire["tasks"] as ReadonlyArray<Record<string, unknown>>
  assert.deepStrictEqual(tasks[1]?.["block_info"], { id: "", name: "", version: "" })
  assert.deepStrictEqual(
    seen.job.tasks.map(({ blockInfo }) => Option.isSome(blockInfo)),
    [true, false]
  )
})
row(
  "undocumented keys: ignored, and reachable",
  story({ set: { price: { amount: 3 }, legacy_project_id: "p", "tasks.retries": 2 } }),
  (seen) => {
    assert.deepInclude(seen.wire, { price: { amount: 3 }, legacy_project_id: "p" })
    assert.strictEqual(wireTask(seen)?.["retries"], 2)
    quiet(seen)
  }
)

const plain = story()

const jobFields = [
  ...["workflow_id", "created_by", "status", "progress", "cost", "estimated_duration", "time_taken", "created_at"],
  ...["updated_at", "finished_at", "exec_created_at", "exec_updated_at", "tasks", "val_errors", "spec"]
]
const taskFields = [
  ...["name", "depends_on", "status", "state_msg", "progress", "estimated_time_duration", "time_taken", "created_at"],
  ...["updated_at", "finished_at", "recv_time", "send_time", "block_inf_start_time", "block_inf_end_time"],
  ...["block_info", "inputs", "result", "info_logs", "disclaimer", "err_msg", "failure_type"]
]
/** Every field of a job and its tasks, with the stories that lack it. */
const fields = [...jobFields, ...taskFields.map((field) => `tasks.${field}`)]
const lacking = {
  // each is one of the fields that a story may leave out
  missing: (field: string) => story({ omit: [field as NonNullable<Quirks["omit"]>[number]] }),
  null: (field: string) => story({ set: { [field]: null } })
}

// --- tasks ---

row(
  "a failed task may show 100 % without a reason",
  story({}, { tasks: [{ name: "tile", takes: "30s", outcome: "failed", err_msg: "" }] }),
  (seen) => {
    const [task] = seen.job.tasks
    assert.deepInclude(wireTask(seen), { progress: 100, err_msg: "", status: "failed" })
    assert.deepStrictEqual([task?.outcome, ...valuesOf(task?.errMsg ?? Option.none())], ["failed", null])
    assert.strictEqual(seen.job.outcome, "failed")
  }
)
row("tasks wait for names, not for ids", plain, ({ job }) => {
  assert.deepStrictEqual(job.tasks[1]?.dependsOn, ["tile"])
  assert.deepStrictEqual(valuesOf(job.tasks[0]?.name ?? Option.none()), ["tile"])
})
row("a block's version with a v in front of it, or without", plain, ({ job }) => {
  const versions = job.tasks.map(({ blockInfo }) => Option.flatMap(blockInfo, ({ version }) => version))
  assert.deepStrictEqual(valuesOf(...versions), ["v1.0.0", null])
})
row("workflowId instead of workflow_id", story({ omit: ["workflow_id"], set: { workflowId: "wf-camel" } }), ({ job }) =>
  assert.deepStrictEqual(valuesOf(job.workflowId), ["wf-camel"])
)

row("the workflow under workflowId, in a list too", story({ workflowKey: "workflowId" }), (seen) => {
  assert.deepInclude(seen.wire, { workflowId: "1234567890" })
  assert.notProperty(seen.wire, "workflow_id")
  assert.deepStrictEqual(valuesOf(seen.job.workflowId, seen.listed.workflowId), ["1234567890", "1234567890"])
  quiet(seen)
})

// --- a world ---

const workflow: WorkflowFixture = {
  kind: "workflow",
  source: "made up",
  id: "1234567890",
  project_id: "legacy project/7",
  estimated_cost: 42,
  story: "plain",
  jobs: [{ id: "user-123456", story: "plain", age: "1h" }],
  quirks: { set: { estimated_cost: "42", val_errors: null, price: 3 } }
}
const bare: WorkflowFixture = { kind: "workflow", source: "made up", id: "wf-bare" }

const fixtures: FixtureSet = {
  jobs: new Map([
    ["plain", plain],
    ...rows.map(({ quirk, story }) => [quirk, story] as const),
    ...fields.flatMap((field) => [
      [`${field} missing`, lacking.missing(field)] as const,
      [`${field} null`, lacking.null(field)] as const
    ])
  ]),
  workflows: new Map([workflow, bare].map((fixture) => [fixture.id, fixture])),
  errors: new Map(),
  faults: new Map(),
  scenarios: new Map()
}
const workflowId = WorkflowId.make(workflow.id)
const bareId = WorkflowId.make(bare.id)
const readyId = JobId.make("user-123456")

const look = (name: string) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    yield* (yield* MockServer).enqueue(name)
    const first = yield* jobs.create({ workflowId, projectId })
    yield* Effect.sleep("10 minutes")
    const job = yield* jobs.get({ workflowId, jobId: first.id })
    const [listed] = yield* jobs.list({ workflowId, id: first.id })
    if (listed === undefined) return yield* Effect.dieMessage("the job is in no list")
    const wire = Option.getOrThrow(Raw.of(job)) as Record<string, unknown>
    return { first, job, listed, wire }
  })

for (const transport of longTransports) {
  describe(`a job's quirk, ${transport}`, () => {
    it.effect.each(sample(rows, 2))("$quirk", ({ quirk, shows }) => {
      const drifts: Array<Drift.Drift> = []
      const onDrift: Drift.OnDrift = (drift) => Effect.sync(() => drifts.push(drift))
      return Effect.map(look(quirk), (seen) => shows({ ...seen, drifts })).pipe(
        Effect.provide(world(transport, { fixtures, onDrift }))
      )
    })
  })

  describe(`a quirk, ${transport}`, () => {
    for (const how of ["missing", "null"] as const) {
      it.effect(`any single field of a job or its tasks is ${how}: the rest is read, without drift`, () => {
        const drifts: Array<Drift.Drift> = []
        const onDrift: Drift.OnDrift = (drift) => Effect.sync(() => drifts.push(drift))
        return Effect.forEach(sample(fields, 4, how === "missing" ? 0 : 2), (field) =>
          Effect.map(look(`${field} ${how}`), ({ job }) => {
            assert.strictEqual(job.tasks.length, field === "tasks" ? 0 : 2, field)
            assert.strictEqual(job.outcome, field === "status" ? "pending" : "succeeded", field)
            assert.deepStrictEqual(drifts, [], field)
          })
        ).pipe(Effect.provide(world(transport, { fixtures, onDrift })))
      })
    }

    for (const [status, tag] of [
      [400, "PixxelBadRequest"],
      [403, "PixxelForbidden"],
      [404, "PixxelNotFound"]
    ] as const) {
      it.effect(`unknown ids are answered ${status}: ${tag}, and never retryable`, () =>
        Effect.gen(function* () {
          const jobs = yield* JobsApi
          const unknown = JobId.make("unknown")
          const errors = yield* Effect.all(
            [
              jobs.get({ workflowId, jobId: unknown }),
              jobs.get({ workflowId: WorkflowId.make("unknown"), jobId: readyId }),
              jobs.create({ workflowId: WorkflowId.make("unknown"), projectId }),
              jobs.download({ workflowId, jobId: unknown })
            ].map((call: Effect.Effect<unknown, { readonly _tag: string; readonly isRetryable: boolean }>) =>
              Effect.flip(call)
            )
          )
          for (const error of errors) assert.deepInclude(error, { _tag: tag, isRetryable: false })
        }).pipe(Effect.provide(world(transport, { fixtures, quirks: { unknownIds: status } })))
      )
    }

    for (const errorType of ["image/png", "*/*", "text/html"]) {
      it.effect(`an error's JSON under the content type ${errorType} is still read`, () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip((yield* JobsApi).get({ workflowId, jobId: JobId.make("unknown") }))
          assert.strictEqual(error._tag, "PixxelNotFound")
          assert.deepStrictEqual(error._tag === "PixxelNotFound" && Option.getOrNull(error.code), "not_found")
        }).pipe(Effect.provide(world(transport, { fixtures, quirks: { errorType } })))
      )
    }

    it.effect("null for an empty list: no jobs, no workflows", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual([...(yield* (yield* JobsApi).list({ workflowId: bareId }))], [])
        const page = yield* (yield* WorkflowsApi).list({ name: "none is called so" })
        assert.deepStrictEqual([...page.workflows], [])
        assert.deepInclude(Option.getOrNull(Raw.of(page)), { workflows: null })
      }).pipe(Effect.provide(world(transport, { fixtures, quirks: { emptyLists: "null" } })))
    )

    it.effect("quirks of a world apply below those of a story, and in packages too", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const mock = yield* MockServer
        yield* mock.enqueue(`progress as "100": a number from 0 to 100`)
        const { id: jobId, ...created } = yield* jobs.create({ workflowId, projectId })
        assert.deepInclude(Option.getOrNull(Raw.of(yield* jobs.get({ workflowId, jobId }))), {
          progress: "0",
          finished_at: null
        })
        assert.isTrue(Option.isNone(created.finishedAt))
        yield* Effect.sleep("10 minutes")
        const pending = yield* jobs.download({ workflowId, jobId })
        assert.deepInclude(Option.getOrNull(Raw.of(pending)), { signed_url: null })
      }).pipe(
        Effect.provide(world(transport, { fixtures, quirks: { everyStory: { unset: "null", progress: "number" } } }))
      )
    )

    it.effect("a workflow with a cost as text, and with undocumented keys", () =>
      Effect.gen(function* () {
        const workflows = yield* WorkflowsApi
        const one = yield* workflows.get({ workflowId, projectId })
        const estimate = yield* workflows.estimate({ workflowId })
        assert.deepStrictEqual(valuesOf(one.estimatedCost, estimate.estimatedCost), [42, 42])
        assert.deepInclude(Option.getOrNull(Raw.of(one)), { price: 3, val_errors: null })
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("a workflow with only an id", () =>
      Effect.gen(function* () {
        const workflows = yield* WorkflowsApi
        const one = yield* workflows.get({ workflowId: bareId, projectId })
        assert.deepStrictEqual(Option.getOrNull(Raw.of(one)), { id: "wf-bare" })
        assert.deepStrictEqual(valuesOf((yield* workflows.estimate({ workflowId: bareId })).estimatedCost), [null])
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("ids that are not UUIDs", () =>
      Effect.gen(function* () {
        const job = yield* (yield* JobsApi).get({ workflowId, jobId: readyId })
        assert.deepStrictEqual([job.id, ...valuesOf(job.workflowId)], [readyId, workflowId])
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("a create is an empty POST with a query, answered 200, without an idempotency key", () =>
      Effect.gen(function* () {
        yield* (yield* JobsApi).create({ workflowId, projectId })
        const [request] = (yield* (yield* MockServer).requests).filter(({ operation }) => operation === "createJob")
        assert.deepInclude(request, { method: "POST", query: { project_id: projectId }, headers: {}, status: 200 })
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("a workflow is read with its project, its estimate and its jobs without", () =>
      Effect.gen(function* () {
        const workflows = yield* WorkflowsApi
        yield* workflows.get({ workflowId, projectId })
        yield* workflows.estimate({ workflowId })
        yield* (yield* JobsApi).list({ workflowId })
        const requests = yield* (yield* MockServer).requests
        assert.deepStrictEqual(
          requests.map(({ query }) => query),
          [{ project_id: projectId }, {}, {}]
        )
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("a create without a story is a 400 that lists the available stories", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip((yield* JobsApi).create({ workflowId: bareId, projectId }))
        assert.strictEqual(error._tag, "PixxelBadRequest")
        assert.include(error.message, "wf-bare")
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    for (const [unset, written] of [
      ["omit", undefined],
      ["null", null],
      ["empty", ""],
      ["zero", ""]
    ] as const) {
      it.effect(`a package is polled until it is ready; its URL is ${unset} until then`, () =>
        Effect.gen(function* () {
          const jobs = yield* JobsApi
          const http = yield* HttpClient.HttpClient
          const mock = yield* MockServer
          yield* mock.enqueue(`missing values as ${unset}: none, without drift`)
          const { id: jobId, tasks } = yield* jobs.create({ workflowId, projectId })
          const taskId = Option.getOrThrow(Option.fromNullable(tasks[0])).id
          yield* Effect.sleep("10 minutes")
          const ofJob = jobs.download({ workflowId, jobId })
          const ofTask = jobs.downloadTask({ workflowId, jobId, taskId })
          for (const ask of [ofJob, ofTask]) {
            const pending = yield* ask
            yield* Effect.sleep("10 seconds")
            const ready = yield* ask
            assert.deepStrictEqual([pending.isReady, ready.isReady], [false, true])
            assert.isTrue(Option.isNone(pending.signedUrl))
            assert.strictEqual(Object(Option.getOrNull(Raw.of(pending)))["signed_url"], written)
            // the only name in camelCase, and snake_case beside it
            assert.deepStrictEqual(valuesOf(ready.workflowId), [workflowId])
            const url = new URL(Redacted.value(yield* ready.signedUrl))
            assert.notStrictEqual(url.host, new URL(mock.baseUrl).host)
            const headers = { authorization: Redacted.value(mock.token) }
            for (const [options, expected] of [
              [{}, 200],
              [{ headers }, 400]
            ] as const) {
              const { arrayBuffer, status } = yield* http.get(url, options)
              yield* arrayBuffer
              assert.strictEqual(status, expected)
            }
          }
        }).pipe(Effect.provide(world(transport, { fixtures, conduct: { tokenToStorage: false } })))
      )
    }

    it.effect("jobs come in one answer, workflows in pages", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        yield* Effect.replicateEffect(jobs.create({ workflowId, projectId }), 60, { discard: true })
        assert.strictEqual((yield* jobs.list({ workflowId })).length, 61)
        const page = yield* (yield* WorkflowsApi).list({ offset: 1, limit: 1 })
        assert.deepStrictEqual(
          page.workflows.map(({ id }) => id),
          [bareId]
        )
        assert.deepStrictEqual(Option.getOrNull(Option.flatMap(page.pagination, ({ total }) => total)), 2)
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    it.effect("the list of workflows is the same with a trailing slash, as on one documentation page", () =>
      Effect.gen(function* () {
        const { baseUrl, fetch, token } = yield* MockServer
        const headers = { authorization: Redacted.value(token) }
        const body = yield* Effect.promise(() =>
          fetch(`${baseUrl}/v0/workflows/`, { headers }).then((response): Promise<unknown> => response.json())
        )
        assert.deepStrictEqual(Option.getOrNull(Raw.of(yield* (yield* WorkflowsApi).list())), body)
      }).pipe(Effect.provide(world(transport, { fixtures })))
    )

    for (const scheme of ["raw", "Bearer"] as const) {
      it.effect(`the key is accepted as ${scheme}`, () =>
        Effect.gen(function* () {
          yield* (yield* JobsApi).list({ workflowId })
          const [request] = yield* (yield* MockServer).requests
          assert.strictEqual(request?.credential, `${scheme.toLowerCase()} owner`)
        }).pipe(Effect.provide(world(transport, { fixtures, scheme })))
      )
    }

    for (const [what, options, tag] of [
      ["has expired", { role: "expired" }, "PixxelForbidden"],
      ["was revoked", { role: "revoked" }, "PixxelForbidden"],
      ["is malformed", { token: "not-a-key" }, "PixxelUnauthorized"]
    ] as const) {
      it.effect(`a token that ${what}: ${tag}`, () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip((yield* JobsApi).list({ workflowId }))
          assert.deepInclude(error, { _tag: tag, isRetryable: false })
        }).pipe(Effect.provide(world(transport, { fixtures, ...options })))
      )
    }
  })
}

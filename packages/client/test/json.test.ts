/** `JSON.stringify` of models and errors, also nested: their encoded form. */
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as client from "../src/index.js"
import { Job, JobId, JobSummary, JobsApi } from "../src/index.js"
import { jobId, json, once, scripted, status, workflowId } from "./scripted.js"

/** All model and error classes of the package. */
const classes = Object.entries<unknown>(client).filter((entry): entry is [string, Schema.Schema<object, unknown>] => {
  const [, value] = entry
  return typeof value === "function" && Schema.isSchema(value) && "toJSON" in Object(value).prototype
})

const models = ["CostEstimate", "DownloadPackage", "Job", "JobSummary", "Pagination", "Task", "ValError", "Workflow"]
const errors = Object.entries(client).flatMap(([name, value]) =>
  typeof value === "function" && value.prototype instanceof Error ? [name] : []
)

describe("the JSON", () => {
  it("covers all models and errors", () => {
    assert.includeMembers(
      classes.map(([name]) => name),
      [...models, ...errors]
    )
    assert.isAbove(errors.length, 18)
  })

  for (const [name, schema] of classes) {
    it.prop(`of ${name} is its encoded form`, [Arbitrary.make(schema)], ([instance]) => {
      const text = JSON.stringify([instance])
      assert.strictEqual(text, JSON.stringify([Schema.encodeSync(schema)(instance)]))
      assert.notInclude(text, '"_id":"Option"')
    })
  }

  it("of a job has its fields, and those of its tasks", () => {
    const job = Schema.decodeSync(Job)({
      id: "job-1",
      status: "running",
      createdAt: "2026-01-01T00:00:00.000Z",
      estimatedDuration: 90,
      tasks: [{ id: "a", dependsOn: [], disclaimer: [], progress: 5, blockInfo: { name: "tile" } }],
      valErrors: [],
      spec: { any: ["json"] }
    })
    expectTypeOf(job.toJSON()).toEqualTypeOf<Schema.Schema.Encoded<typeof Job>>()
    assert.deepStrictEqual(JSON.parse(JSON.stringify({ jobs: [job] })), {
      jobs: [
        {
          id: "job-1",
          status: "running",
          createdAt: "2026-01-01T00:00:00.000Z",
          estimatedDuration: 90,
          tasks: [{ id: "a", dependsOn: [], disclaimer: [], progress: 5, blockInfo: { name: "tile" } }],
          valErrors: [],
          spec: { any: ["json"] }
        }
      ]
    })
    assert.deepStrictEqual(Schema.decodeUnknownSync(Job)(JSON.parse(JSON.stringify(job))), job)
  })

  it("of a summary omits missing values", () => {
    const summary = new JobSummary({
      id: JobId.make("job-1"),
      createdAt: Option.some(DateTime.unsafeMake("2026-01-01")),
      timeTaken: Option.some(Duration.seconds(5))
    })
    assert.strictEqual(JSON.stringify(summary), '{"id":"job-1","timeTaken":5,"createdAt":"2026-01-01T00:00:00.000Z"}')
  })

  it("of the result of a run has no signed URL", () => {
    const download = new client.DownloadPackage({
      status: Option.some("ready"),
      signedUrl: Option.some(Redacted.make("https://files.test/a.zip?sig=secret"))
    })
    const job = new Job({ id: JobId.make("job-1") })
    assert.strictEqual(
      JSON.stringify({ job, download }),
      '{"job":{"id":"job-1","tasks":[],"valErrors":[]},"download":{"status":"ready","signedUrl":"<redacted>"}}'
    )
  })

  it.effect("of an error is flat", () =>
    Effect.gen(function* () {
      const { layer } = scripted([() => status(503, { "retry-after": "7" })], once)
      const error = yield* Effect.flip(
        Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId })).pipe(Effect.provide(layer))
      )
      assert.deepInclude(JSON.parse(JSON.stringify(error)), {
        _tag: "PixxelServerError",
        status: 503,
        retryAfter: 7,
        isRetryable: true,
        attempts: [{ status: 503, delay: 0 }]
      })
    })
  )

  it.effect("of decoded answers is the encoded form too", () =>
    Effect.gen(function* () {
      const { layer } = scripted([() => json({ jobs: [{ id: "job-1", progress: "75%" }, { id: "job-2" }] })], once)
      const jobs = yield* Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId })).pipe(Effect.provide(layer))
      assert.strictEqual(JSON.stringify(jobs), '[{"id":"job-1","progress":75},{"id":"job-2"}]')
    })
  )
})

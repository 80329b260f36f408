/** Every decoded job can be encoded, stored and decoded again, so that no field loses the id of a paid job. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { size } from "../../../vitest.size.js"
import { DownloadPackage, Job, JobsApi, RunAll } from "../src/index.js"
import { reader } from "../src/internal/model.js"
import { json, projectId, scripted, workflowId } from "./scripted.js"

const Line = Schema.parseJson(RunAll.Event)

/** Encodes, stores and decodes a created job. */
const keep = (job: Job) => {
  const again = Schema.decodeSync(Schema.parseJson(Job))(JSON.stringify(Schema.encodeSync(Job)(job)))
  assert.strictEqual(again.id, job.id)
  const input = { key: "field", workflowId, projectId }
  const download = new DownloadPackage({ jobId: Option.some(job.id) })
  for (const event of [
    new RunAll.Created({ input, jobId: job.id }),
    new RunAll.Succeeded({ input, jobId: job.id, result: { job, download } })
  ]) {
    // As UTF-8, like a file.
    const bytes = new TextEncoder().encode(Schema.encodeSync(Line)(event))
    const read = Schema.decodeSync(Line)(new TextDecoder().decode(bytes))
    assert(read._tag === "Created" || read._tag === "Succeeded")
    assert.strictEqual(read.jobId, job.id)
  }
}

const nested = (levels: number, leaf = "") => `${"[".repeat(levels)}${leaf}${"]".repeat(levels)}`
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`

describe("a job can be encoded and decoded again,", () => {
  const bodies: ReadonlyArray<readonly [string, string]> = [
    ["a specification of 5,000 levels", `{"id":"job-1","spec":${nested(5_000)}}`],
    ["a specification of 5,000 objects", `{"id":"job-1","spec":${objects(5_000)}}`],
    ["inputs of 100,000 levels", `{"id":"job-1","tasks":[{"id":"t","inputs":${nested(100_000)}}]}`],
    [
      "a deep result and deep logs",
      `{"id":"job-1","tasks":[{"id":"t","result":${nested(9_000)},"info_logs":${objects(9_000)}}]}`
    ],
    ["deep texts", `{"id":"job-1","status":${nested(5_000)},"tasks":[{"id":"t","disclaimer":${nested(5_000)}}]}`],
    ["half a surrogate pair in a text", '{"id":"job-1","status":"\\ud800","tasks":[{"id":"t","name":"x\\udfff"}]}'],
    ["half a surrogate pair in a specification", '{"id":"job-1","spec":{"\\ud800":["\\udfff"]}}'],
    ["half a surrogate pair in its id", '{"id":"job-\\ud800"}'],
    ["half a surrogate pair in the id of a task", '{"id":"job-1","tasks":[{"id":"\\udfff"}]}'],
    ["a key named __proto__ and one named toJSON", '{"id":"job-1","spec":{"__proto__":{"a":1},"toJSON":"x"}}']
  ]
  it.effect.each(bodies)("with %s", ([, body]) =>
    Effect.gen(function* () {
      const { layer } = scripted([() => new Response(body)], { onDrift: () => Effect.void })
      const jobs = yield* Effect.provide(JobsApi, layer)
      const job = yield* jobs.create({ workflowId, projectId, adopt: "never" })
      assert.strictEqual(job.id, JSON.parse(body).id)
      keep(job)
    })
  )

  const unit = fc.oneof(
    fc.constantFrom("a", "\u{1f600}"),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
  )
  const text = fc.string({ unit })
  const odd: fc.Arbitrary<string> = fc.oneof(
    fc
      .anything({ values: [text, fc.double(), fc.boolean(), fc.constant(null)], key: text, maxDepth: 4 })
      .map((value) => JSON.stringify(value) ?? "null"),
    fc.integer({ min: 90, max: 20_000 }).map((levels) => nested(levels, '"\\ud800"')),
    fc.integer({ min: 90, max: 20_000 }).map(objects),
    text.map((value) => JSON.stringify(value))
  )
  const fields = (names: ReadonlyArray<string>) =>
    fc
      .array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 6 })
      .map((entries) => entries.map(([name, value]) => `"${name}":${value}`).join(","))
  const ofTask = fields([
    "name",
    "depends_on",
    "status",
    "inputs",
    "result",
    "info_logs",
    "block_info",
    "disclaimer",
    "progress",
    "time_taken"
  ])
  const ofJob = fields([
    "status",
    "progress",
    "cost",
    "spec",
    "val_errors",
    "created_at",
    "created_by",
    "workflow_id",
    "estimated_duration",
    "x"
  ])

  it("with any fields", () => {
    const numRuns = size(40, 500)
    let read = 0
    fc.assert(
      fc.property(fc.oneof(text, odd), ofJob, fc.array(ofTask, { maxLength: 2 }), (id, job, tasks) => {
        const list = tasks.map((task, at) => `{"id":"t${at}"${task === "" ? "" : `,${task}`}}`).join(",")
        const body = `{${job === "" ? "" : `${job},`}"tasks":[${list}],"id":${JSON.stringify(id)}}`
        const found = reader(Job)(JSON.parse(body), "", [])
        if (Option.isNone(found)) {
          assert.isEmpty(id, "only the id is required")
          return
        }
        assert.strictEqual(found.value.id, id)
        keep(found.value)
        read++
      }),
      { numRuns }
    )
    assert.isAbove(read, numRuns * 0.8)
  })

  it.effect("and its specification is unchanged to 100 levels", () =>
    Effect.gen(function* () {
      const shallow = JSON.parse(nested(100, '"x"'))
      const deeper = JSON.parse(nested(101, '"x"'))
      const notes: Array<string> = []
      const { layer } = scripted(
        [() => json({ id: "job-1", spec: shallow }), () => json({ id: "job-1", spec: deeper })],
        {
          onDrift: ({ path }) => Effect.sync(() => void notes.push(path))
        }
      )
      const jobs = yield* Effect.provide(JobsApi, layer)
      const create = jobs.create({ workflowId, projectId, adopt: "never" })
      assert.deepStrictEqual((yield* create).spec, Option.some(shallow))
      assert.deepStrictEqual(notes, [])
      const { spec } = yield* create
      assert.include(JSON.stringify(Option.getOrThrow(spec)), "<too deep>")
      assert.deepStrictEqual(notes, ["spec"])
    })
  )
})

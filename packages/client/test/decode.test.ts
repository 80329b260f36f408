import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { sample } from "../../../vitest.size.js"
import { DownloadPackage, Job, JobsApi, Raw, WorkflowsApi } from "../src/index.js"
import { duration as goDuration } from "../src/internal/times.js"
import { type Note, progress, time } from "../src/internal/wire.js"
import { jobId, json, projectId, scripted, taskId, workflowId } from "./scripted.js"

const quiet = { onDrift: () => Effect.void }

const getText = (text: string) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId })).pipe(
    Effect.provide(scripted([() => new Response(text)], quiet).layer)
  )
const get = (body: unknown) => getText(JSON.stringify(body))

/** All documented fields, in their likely form. */
const fullTask = {
  id: "task-1",
  name: "cropclassification-1",
  depends_on: ["mosaic-1"],
  status: "inprogress",
  state_msg: "classifying",
  progress: 42.5,
  estimated_time_duration: 90,
  time_taken: "1m2s",
  created_at: "2024-05-27T06:50:20.056549Z",
  updated_at: "2024-05-27 06:51:20+00:00",
  finished_at: "2024-05-27T06:52:20Z",
  recv_time: "2024-05-27T06:50:21Z",
  send_time: "2024-05-27T06:50:22Z",
  block_inf_start_time: "2024-05-27T06:50:23.000001+00:00",
  block_inf_end_time: "2024-05-27T06:50:24+00:00",
  block_info: { id: "b1", name: "cropclassification", version: "1.0.0" },
  inputs: [{ format: "raster", name: "input_image", value: "0.8" }],
  result: [{ format: "raster", name: "result" }],
  info_logs: "bG9ncw==",
  disclaimer: ["Experimental"],
  err_msg: "none",
  failure_type: "unknown"
}
const fullJob = {
  id: "job-1",
  workflow_id: "wf-1",
  created_by: "user-123456",
  status: "running",
  progress: "75%",
  cost: 120,
  estimated_duration: 600,
  time_taken: "2m13.5s",
  created_at: "2024-05-27T06:50:20.056549Z",
  updated_at: "2024-05-27T06:50:21Z",
  finished_at: "2024-05-27T06:50:22Z",
  exec_created_at: "2024-05-27T06:50:23Z",
  exec_updated_at: "2024-05-27T06:50:24Z",
  tasks: [fullTask],
  val_errors: [{ from: "a", to: "b", err: "bad wire", reason: "type", component_name: "c" }],
  spec: { nodes: [1, null, { deep: true }] }
}

describe("reading a job", () => {
  it.effect("gives units and types to the wire format", () =>
    Effect.gen(function* () {
      const job = yield* get(fullJob)
      assert.strictEqual(job.id, "job-1")
      assert.strictEqual(job.outcome, "pending")
      assert.deepStrictEqual(job.progress, Option.some(75))
      assert.deepStrictEqual(job.estimatedDuration, Option.some(Duration.minutes(10)))
      assert.deepStrictEqual(job.timeTaken, Option.some(Duration.millis(133_500)))
      assert.deepStrictEqual(job.timeTakenText, Option.some("2m13.5s"))
      assert.deepStrictEqual(job.createdAt, Option.some(DateTime.unsafeMake("2024-05-27T06:50:20.056Z")))
      assert.deepStrictEqual(job.spec, Option.some(fullJob.spec))
      assert.deepStrictEqual(job.tasks[0]?.inputs, Option.some(fullTask.inputs))
      assert.deepStrictEqual(job.tasks[0]?.disclaimer, ["Experimental"])
    })
  )

  it.effect("encodes to plain JSON without absent values", () =>
    Effect.gen(function* () {
      const job = yield* get({
        id: "job-1",
        status: "running",
        progress: "75%",
        created_at: "2024-05-27 06:50:20+00:00",
        estimated_duration: 600
      })
      assert.deepStrictEqual(yield* Schema.encode(Job)(job), {
        id: "job-1",
        status: "running",
        progress: 75,
        createdAt: "2024-05-27T06:50:20.000Z",
        estimatedDuration: 600,
        tasks: [],
        valErrors: []
      })
    })
  )

  it.effect("decodes its encoded form", () =>
    Effect.gen(function* () {
      const job = yield* get(fullJob)
      const text = yield* Schema.encode(Schema.parseJson(Job))(job)
      const back = yield* Schema.decode(Schema.parseJson(Job))(text)
      assert.strictEqual(yield* Schema.encode(Schema.parseJson(Job))(back), text)
    })
  )

  it.effect("reads the documented sample, where every text is <string> and every number 123", () =>
    Effect.gen(function* () {
      const sampleOf = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(sampleOf)
          : typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sampleOf(item)]))
            : typeof value === "string"
              ? "<string>"
              : 123
      const job = yield* get({
        ...Object(sampleOf(fullJob)),
        spec: [123],
        tasks: [{ ...Object(sampleOf(fullTask)), inputs: [123], result: [123], info_logs: [123] }]
      })
      assert.strictEqual(job.id, "<string>")
      assert.deepStrictEqual(job.cost, Option.some(123))
      assert.deepStrictEqual(job.createdAt, Option.none())
      assert.deepStrictEqual(job.progress, Option.none())
      assert.deepStrictEqual(job.timeTaken, Option.none())
      assert.deepStrictEqual(job.timeTakenText, Option.some("<string>"))
      assert.deepStrictEqual(job.spec, Option.some([123]))
      assert.deepStrictEqual(job.tasks[0]?.infoLogs, Option.some([123]))
    })
  )

  const nothings: ReadonlyArray<readonly [string, unknown]> = [
    ["missing", undefined],
    ["null", null],
    ["an empty text", ""]
  ]
  const odd: ReadonlyArray<readonly [string, unknown]> = [
    ["Go's zero time", "0001-01-01T00:00:00Z"],
    ["zero", 0],
    ["false", false],
    ["an empty object", {}],
    ["an empty list", []],
    ["a list of everything", [null, 1, "x", {}, [], { id: "" }]],
    ["minus one", -1]
  ]
  const optional = Object.keys(fullJob).filter((key) => key !== "id")
  const optionalOfTask = Object.keys(fullTask).filter((key) => key !== "id")

  for (const [turn, [name, value]] of [...nothings, ...odd].entries()) {
    it.effect(`survives each field of a job and of its task being ${name}, one at a time`, () =>
      Effect.gen(function* () {
        for (const field of sample(optional, 4, turn)) {
          const job = yield* get({ ...fullJob, [field]: value })
          assert.strictEqual(job.id, "job-1", field)
        }
        for (const field of sample(optionalOfTask, 4, turn)) {
          const job = yield* get({ ...fullJob, tasks: [{ ...fullTask, [field]: value }] })
          assert.strictEqual(job.tasks[0]?.id, "task-1", field)
        }
      })
    )
  }

  for (const [name, value] of nothings) {
    it.effect(`reads a field that is ${name} as none, and keeps the others`, () =>
      Effect.gen(function* () {
        const encode = Schema.encodeSync(Job)
        const whole: Record<string, unknown> = { ...encode(yield* get(fullJob)) }
        const camel = (field: string) => field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
        for (const field of optional) {
          const { [camel(field)]: _, ...rest } = whole
          if (field === "time_taken") delete rest["timeTakenText"]
          if (field === "tasks" || field === "val_errors") rest[camel(field)] = []
          assert.deepStrictEqual({ ...encode(yield* get({ ...fullJob, [field]: value })) }, rest, field)
        }
      })
    )
  }

  it.effect("omits a list item without an id, and keeps its raw value", () =>
    Effect.gen(function* () {
      const tasks = [123, null, { name: "no id" }, { id: "task-2", surprise: true }]
      const job = yield* get({ id: "job-1", tasks })
      assert.deepStrictEqual(
        job.tasks.map((task) => task.id),
        [taskId.replace("1", "2")] as Array<never>
      )
      assert.deepStrictEqual(Raw.of(job), Option.some({ id: "job-1", tasks }))
      assert.deepStrictEqual(Raw.of(job.tasks[0]!), Option.some({ id: "task-2", surprise: true }))
      assert.deepStrictEqual(Raw.of({}), Option.none())
    })
  )

  it.effect("accepts workflowId for workflow_id, and a map or one text for a list of disclaimers", () =>
    Effect.gen(function* () {
      const job = yield* get({
        id: "job-1",
        workflowId: "wf-9",
        tasks: [
          { id: "a", disclaimer: { x: "one", y: "two" } },
          { id: "b", disclaimer: "three" }
        ]
      })
      assert.strictEqual(Option.getOrNull(job.workflowId), "wf-9")
      assert.deepStrictEqual(
        job.tasks.map((task) => task.disclaimer),
        [["one", "two"], ["three"]]
      )
    })
  )

  const hostile: ReadonlyArray<readonly [string, string]> = [
    ["a specification 100,000 levels deep", `{"id":"x","spec":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["tasks 100,000 levels deep", `{"id":"x","tasks":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["numbers beyond counting", '{"id":"x","cost":1e999,"estimated_duration":1e308,"progress":-1e999}'],
    [
      "keys of the prototype",
      '{"id":"x","__proto__":{"id":7},"constructor":null,"toString":1,"tasks":[{"id":"t","__proto__":null}]}'
    ],
    [
      "impossible dates",
      '{"id":"x","created_at":"2024-02-31T00:00:00Z","updated_at":"9999-99-99","finished_at":"2024-01-01T00:00:00+99:99"}'
    ],
    ["a lone surrogate", '{"id":"\\ud800","status":"\\udc00"}']
  ]
  for (const [name, text] of hostile) {
    it.effect(`survives ${name}`, () => Effect.map(getText(text), (job) => assert.isString(job.id)))
  }

  it.effect.prop(
    "never dies on any JSON, in any place of a job",
    [fc.constantFrom(...Object.keys(fullJob)), fc.constantFrom(...Object.keys(fullTask)), fc.jsonValue()],
    ([field, taskField, value]) =>
      Effect.gen(function* () {
        const task = { ...fullTask, [taskField]: value }
        const exit = yield* Effect.either(get({ ...fullJob, tasks: [task], [field]: value }))
        if (exit._tag === "Left") assert.strictEqual(field, "id")
        else JSON.stringify(Schema.encodeSync(Job)(exit.right))
      })
  )
})

describe("reading other answers", () => {
  it.effect("a null or missing list of jobs is empty, any other value is a PixxelDecodeError", () =>
    Effect.gen(function* () {
      const list = (body: unknown) =>
        Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId })).pipe(
          Effect.provide(scripted([() => json(body)], quiet).layer)
        )
      assert.deepStrictEqual(yield* list({ jobs: null }), [])
      assert.deepStrictEqual(yield* list({}), [])
      assert.lengthOf(yield* list({ jobs: [fullJob, null, { ...fullJob, id: "job-2" }] }), 2)
      for (const body of [{ jobs: "x" }, { jobs: { id: "x" } }, { data: [] }, [], null, "x"]) {
        assert.strictEqual((yield* Effect.flip(list(body)))._tag, "PixxelDecodeError")
      }
    })
  )

  it.effect("a download package hides its signed URL", () =>
    Effect.gen(function* () {
      const ask = (body: unknown) =>
        Effect.flatMap(JobsApi, (jobs) => jobs.downloadTask({ workflowId, jobId, taskId })).pipe(
          Effect.provide(scripted([() => json(body)], quiet).layer)
        )
      const pending = yield* ask({ id: "x", status: "pending", signed_url: "", workflowId: "wf-1" })
      assert.isFalse(pending.isReady)
      const ready = yield* ask({ id: "x", status: "READY", signed_url: "https://files.test/a.zip?sig=s3cret" })
      assert.isTrue(ready.isReady)
      assert.strictEqual(Redacted.value(Option.getOrThrow(ready.signedUrl)), "https://files.test/a.zip?sig=s3cret")
      assert.notInclude(JSON.stringify(ready) + String(ready), "s3cret")
      assert.strictEqual((yield* Schema.encode(DownloadPackage)(ready)).signedUrl, "<redacted>")
      assert.isFalse((yield* ask({ status: "failed", signed_url: "https://files.test/a.zip" })).isReady)
    })
  )

  it.effect("a workflow, and an estimate with a missing or unreadable number", () =>
    Effect.gen(function* () {
      const over = <A, E>(body: unknown, use: (api: WorkflowsApi.Service) => Effect.Effect<A, E>) =>
        Effect.flatMap(WorkflowsApi, use).pipe(Effect.provide(scripted([() => json(body)], quiet).layer))
      const workflow = yield* over({ id: "wf-1", estimated_cost: "12", spec: [123] }, (api) =>
        api.get({ workflowId, projectId })
      )
      assert.deepStrictEqual(workflow.estimatedCost, Option.some(12))
      const estimate = (body: unknown) => over(body, (api) => api.estimate({ workflowId }))
      assert.deepStrictEqual((yield* estimate({ estimated_cost: 123 })).estimatedCost, Option.some(123))
      for (const body of [{}, { estimated_cost: null }, { estimated_cost: "much" }, { estimated_cost: {} }]) {
        assert.deepStrictEqual((yield* estimate(body)).estimatedCost, Option.none())
      }
    })
  )
})

describe("reading a value", () => {
  const times: ReadonlyArray<readonly [string, string | undefined]> = [
    ["2024-05-27T06:50:20.056549Z", "2024-05-27T06:50:20.056Z"],
    ["2024-03-20T15:04:05Z", "2024-03-20T15:04:05.000Z"],
    ["2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00.000Z"],
    ["2023-04-18T11:56:49.865Z", "2023-04-18T11:56:49.865Z"],
    ["2022-11-14T12:55:49.125928+00:00", "2022-11-14T12:55:49.125Z"],
    ["2022-11-14 12:55:49.125928+00:00", "2022-11-14T12:55:49.125Z"],
    ["2022-11-14T12:55:49+05:30", "2022-11-14T07:25:49.000Z"],
    ["2022-11-14T12:55:49", "2022-11-14T12:55:49.000Z"],
    ["2022-11-14", "2022-11-14T00:00:00.000Z"],
    ["2024_05_06", "2024-05-06T00:00:00.000Z"],
    ["15-05-2024", "2024-05-15T00:00:00.000Z"],
    ["2024-05-27T06:50:20.99999999999999999999Z", "2024-05-27T06:50:20.999Z"],
    ["0001-01-01T00:00:00Z", undefined],
    ["2024-02-30", undefined],
    ["2024-01-01T25:00:00Z", undefined],
    ["yesterday", undefined]
  ]
  for (const [text, iso] of times) {
    it(`the time ${text}`, () => {
      assert.strictEqual(Option.getOrUndefined(Option.map(time(text, "", []), DateTime.formatIso)), iso)
    })
  }

  it("Go's zero time is no drift, an impossible time is", () => {
    const notes: Array<Note> = []
    time("0001-01-01T00:00:00Z", "a", notes)
    time("2024-02-30", "b", notes)
    assert.deepStrictEqual(notes, [{ path: "b", expected: "a time", found: "a text" }])
  })

  const durations: ReadonlyArray<readonly [string, number | undefined]> = [
    ["2m13.5s", 133_500],
    ["1h2m3s", 3_723_000],
    ["350ms", 350],
    ["1.5\u00b5s", 0.0015],
    ["0s", 0],
    ["0", 0],
    ["-3s", undefined],
    ["3", undefined],
    ["<string>", undefined],
    [`${"9".repeat(400)}h`, undefined]
  ]
  for (const [text, millis] of durations) {
    it(`the Go duration ${text.slice(0, 20)}`, () => {
      assert.strictEqual(Option.getOrUndefined(Option.map(goDuration(text), Duration.toMillis)), millis)
    })
  }

  const progresses: ReadonlyArray<readonly [unknown, number | undefined]> = [
    ["75%", 75],
    ["75", 75],
    [75, 75],
    ["12.5 %", 12.5],
    [0, 0],
    ["100%", 100],
    [101, undefined],
    ["-1%", undefined],
    ["%", undefined],
    ["half", undefined],
    [true, undefined]
  ]
  for (const [value, expected] of progresses) {
    it(`the progress ${JSON.stringify(value)}`, () => {
      assert.strictEqual(Option.getOrUndefined(progress(value, "", [])), expected)
    })
  }
})

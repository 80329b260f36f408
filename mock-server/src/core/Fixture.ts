/**
 * The shapes of the fixtures: one source for the types, for the check when they are loaded, and for the JSON Schemas
 * that editors use. Names in camelCase are the mock's own and say what happens; names in snake_case are fields of the
 * wire, and hold what the API would send.
 *
 * A `title` completes the sentence "found …, expected …" of an error message. The check knows the keywords that are
 * used here and no others (`core/ShapeCheck`).
 */
import * as Type from "typebox/type"
import { durationPattern } from "./Duration.js"
import type { FaultPlan } from "./faults/Plan.js"
import type { Scenario } from "./Scenario.js"

export const optional = Type.Optional
export const text = Type.String({ title: "a text" })
export const name = Type.String({ minLength: 1, title: "a text that is not empty" })
export const count = Type.Integer({ minimum: 0, title: "a whole number from 0" })
export const json = Type.Unknown()
export const object = <P extends Type.TProperties>(properties: P, options: Type.TObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })
const list = <S extends Type.TSchema>(items: S) => Type.Array(items, { title: "a list" })
export const someOf = <S extends Type.TSchema>(items: S) =>
  Type.Array(items, { minItems: 1, title: "a list that is not empty" })
export const oneOf = <Words extends Array<string>>(...words: Words): Type.TEnum<Words> => Type.Enum<Words>(words)

export const duration = Type.String({
  pattern: durationPattern,
  title: 'a duration such as "500ms", "20s", "1m30s" or "1h"'
})

/** No more than a number can hold exactly. */
const size = Type.String({
  pattern: "^([0-9]{1,15}B|[0-9]{1,6}(\\.[0-9]{1,3})?([kMG]B|[KMG]iB))$",
  title: 'a size such as "500kB", "2GB", "1.5GiB" or "4294967295B"'
})

const head = <K extends string>(kind: K) => ({
  $schema: optional(Type.String({ title: "the path of a JSON Schema" })),
  kind: Type.Literal(kind),
  source: Type.String({ minLength: 1, title: "where the shape comes from, and how sure that is" })
})

const valError = object({
  from: optional(text),
  to: optional(text),
  err: optional(text),
  reason: optional(text),
  component_name: optional(text)
})

const leaf = {
  after: optional(duration),
  polls: optional(Type.Integer({ minimum: 1, title: "a whole number from 1" })),
  tasksDone: optional(Type.Literal(true)),
  signal: optional(name)
}

const leafShape = object(leaf, { minProperties: 1, title: "at least one of after, polls, tasksDone, signal" })

/** All that is named must have happened. `after`, `polls` and `signal` count from the beginning of the phase. */
const condition = object(
  { ...leaf, any: optional(someOf(leafShape)), all: optional(someOf(leafShape)) },
  { minProperties: 1, title: "at least one of after, polls, tasksDone, signal, any, all" }
)

const task = object({
  name,
  takes: duration,
  depends_on: optional(list(name)),
  /** Default: `completed`. */
  outcome: optional(oneOf("completed", "failed")),
  block_info: optional(object({ id: text, name: text, version: text })),
  /** Seconds. Default: what it takes. */
  estimated_time_duration: optional(count),
  inputs: optional(json),
  result: optional(json),
  info_logs: optional(json),
  disclaimer: optional(
    Type.Union([Type.Array(text), Type.Record(Type.String(), text)], { title: "a list or an object of texts" })
  ),
  state_msg: optional(text),
  err_msg: optional(text),
  failure_type: optional(text)
})

/** Fields of a job on the wire that may be missing. */
const jobFields = [
  "workflow_id",
  "created_by",
  "status",
  "progress",
  "cost",
  "estimated_duration",
  "time_taken",
  "created_at",
  "updated_at",
  "finished_at",
  "exec_created_at",
  "exec_updated_at",
  "tasks",
  "val_errors",
  "spec"
] as const

/** Fields of a task on the wire that may be missing. */
const taskFields = [
  "tasks.name",
  "tasks.depends_on",
  "tasks.status",
  "tasks.state_msg",
  "tasks.progress",
  "tasks.estimated_time_duration",
  "tasks.time_taken",
  "tasks.created_at",
  "tasks.updated_at",
  "tasks.finished_at",
  "tasks.recv_time",
  "tasks.send_time",
  "tasks.block_inf_start_time",
  "tasks.block_inf_end_time",
  "tasks.block_info",
  "tasks.inputs",
  "tasks.result",
  "tasks.info_logs",
  "tasks.disclaimer",
  "tasks.err_msg",
  "tasks.failure_type"
] as const

const sent = Type.Record(Type.String(), json, { title: "an object of fields and their values" })

/** Oddities of how jobs are written. */
const quirks = object({
  /** What a value that is not there yet looks like. Default: `empty`, as an order's `paid_at` (documented). */
  unset: optional(oneOf("omit", "null", "empty", "zero")),
  /** A list without items as `[]`, or as Go writes one that was never made. Default: `empty`. */
  emptyLists: optional(oneOf("empty", "null")),
  /** A job's progress as `"75%"` (documented), `"75"` or `75`. Default: `percent`. */
  progress: optional(oneOf("percent", "plain", "number")),
  /** One of the shapes that the API writes elsewhere. Default: `micros`. */
  timestamps: optional(
    oneOf("seconds", "millis", "micros", "offset", "python", "spaced", "date", "underscored", "dayFirst")
  ),
  /** `info_logs` as JSON, as the base64 of its text, or as a list of its bytes. Default: `json`. */
  infoLogs: optional(oneOf("json", "base64", "bytes")),
  /** Other words for those that the phases have; each must mean what the phase's word means. */
  jobStatus: optional(Type.Record(Type.String(), name, { title: "an object of words, by the word of a phase" })),
  /** Other words for the states of a task. */
  taskStatus: optional(
    object({ created: optional(name), inprogress: optional(name), completed: optional(name), failed: optional(name) })
  ),
  /** The key that a job's workflow is under. Default: `workflow_id`. */
  workflowKey: optional(oneOf("workflow_id", "workflowId")),
  /** Fields to leave out. */
  omit: optional(list(oneOf(...jobFields, ...taskFields))),
  /** Values that are sent as they are, by field (`cost`, `tasks.progress`); fields that nobody documents too. */
  set: optional(sent)
})

/** The package of a job or a task, and the store that it is in. */
const download = object({
  /** How long making it takes. Default: 10 s. */
  pending: optional(duration),
  /** How long its URL is good for. Default: 15 min. */
  ttl: optional(duration),
  /** What the tasks made is filled up with noise to exactly this size, unless it is larger. Default: no noise. */
  size: optional(size),
  /** So long after it was made it is made anew, with other bytes, and so on, again and again. Default: never. */
  rebuilt: optional(duration),
  /** The `ETag` of the store; without one there is no `Last-Modified` either. Default: `strong`. */
  etag: optional(oneOf("strong", "weak", "none")),
  /** Whether the store tells the sums of a package. Default: `sent`. */
  checksums: optional(oneOf("sent", "none")),
  /** Whether the store knows `Range`, or sends all of it whatever was asked for. Default: `known`. */
  ranges: optional(oneOf("known", "ignored"))
})

const jobShape = object(
  {
    ...head("job"),
    workflow: name,
    created_by: optional(text),
    cost: optional(count),
    /** Seconds. Default: what the tasks take. */
    estimated_duration: optional(count),
    spec: optional(json),
    val_errors: optional(list(valError)),
    /**
     * Default: `failed` at once when there are `val_errors`; else `queued` for 5 s, `running` until the tasks are
     * done, and `completed` or `failed`, as they were.
     */
    phases: optional(someOf(object({ status: name, until: optional(condition) }))),
    tasks: list(task),
    download: optional(download),
    quirks: optional(quirks)
  },
  { title: "a job story" }
)

const recordingShape = object(
  {
    ...head("recording"),
    workflow: name,
    /** What was seen, and how long after the job was created. The last frame that is due is what the job looks like. */
    frames: someOf(
      object({
        at: duration,
        /** As the answer had it, oddities and all. */
        body: Type.Record(Type.String(), json, { title: "an object, the job as it was answered" })
      })
    ),
    download: optional(download)
  },
  { title: "a recorded job" }
)

/** Oddities of a whole world: of what no story is about, and of all its stories. */
export const worldQuirks = object(
  {
    /**
     * The status for an id that nobody knows. Declared are 400 and 403, whose documented meanings (malformed; no
     * access) are wrong for it; other operations of the API say 404. Default: 404.
     */
    unknownIds: optional(
      Type.Union([Type.Literal(400), Type.Literal(403), Type.Literal(404)], { title: "400, 403 or 404" })
    ),
    /** A list without items as `[]`, or as Go writes one that was never made. Default: `empty`. */
    emptyLists: optional(oneOf("empty", "null")),
    /** The content type of error bodies, which are JSON all the same. Default: `application/json`. */
    errorType: optional(Type.String({ pattern: "^[\\w.+*-]+/[\\w.+*-]+$", title: 'a media type such as "image/png"' })),
    /** What every planned story has, unless it says otherwise. */
    everyStory: optional(quirks)
  },
  { title: "the quirks of a world" }
)

const workflowShape = object(
  {
    ...head("workflow"),
    id: name,
    project_id: optional(text),
    legacy_project_id: optional(text),
    name: optional(text),
    description: optional(text),
    created_by: optional(text),
    created_at: optional(text),
    updated_at: optional(text),
    estimated_cost: optional(count),
    spec: optional(json),
    val_errors: optional(list(valError)),
    /** `set`: values that are sent as they are, by field; fields that nobody documents too. */
    quirks: optional(object({ set: sent })),
    /** What a new job of this workflow does, unless a test says otherwise. */
    story: optional(name),
    /** Jobs that every world begins with; `age` is how long ago they were created. */
    jobs: optional(list(object({ id: name, story: name, age: duration })))
  },
  { title: "a workflow" }
)

const errorShape = object(
  {
    ...head("error"),
    status: Type.Integer({ minimum: 400, maximum: 599, title: "a status from 400 to 599" }),
    headers: Type.Record(Type.String(), text, { title: "an object of texts" }),
    /** A text is sent as it is, anything else as JSON. */
    body: json
  },
  { title: "an error body" }
)

/** The folders of a fixture directory, and what is in them. */
export const shapes = { jobs: jobShape, recordings: recordingShape, workflows: workflowShape, errors: errorShape }

/** Frozen when it is loaded, and shared by all worlds. */
export type DeepReadonly<A> =
  A extends ReadonlyArray<infer Item>
    ? ReadonlyArray<DeepReadonly<Item>>
    : A extends object
      ? { readonly [Key in keyof A]: DeepReadonly<A[Key]> }
      : A

/**
 * What happens to a job, and what it looks like meanwhile.
 *
 * @since 0.1.0
 * @category models
 */
export type JobFixture = DeepReadonly<Type.Static<typeof jobShape>> & {
  /** Of a recorded story: what the job looks like. Its tasks are those of the frames, and nothing is worked out. */
  readonly frames?: RecordingFixture["frames"]
}

/**
 * What a job was seen to be, as its answers had it.
 *
 * @since 0.1.0
 * @category models
 */
export type RecordingFixture = DeepReadonly<Type.Static<typeof recordingShape>>

/** One task of a job story. */
export type TaskFixture = JobFixture["tasks"][number]

/** What must have happened for a phase to end. */
export type Condition = DeepReadonly<Type.Static<typeof condition>>

/**
 * How jobs are written.
 *
 * @since 0.1.0
 * @category models
 */
export type Quirks = DeepReadonly<Type.Static<typeof quirks>>

/**
 * Oddities of a whole world.
 *
 * @since 0.1.0
 * @category models
 */
export type WorldQuirks = DeepReadonly<Type.Static<typeof worldQuirks>>

/**
 * A workflow as it was saved, the story of its jobs, and the jobs that it has from the beginning.
 *
 * @since 0.1.0
 * @category models
 */
export type WorkflowFixture = DeepReadonly<Type.Static<typeof workflowShape>>

/**
 * One answer that is not a success.
 *
 * @since 0.1.0
 * @category models
 */
export type ErrorFixture = DeepReadonly<Type.Static<typeof errorShape>>

/**
 * All that a mock server knows of the API's contents.
 *
 * @since 0.1.0
 * @category models
 */
export interface FixtureSet {
  /** Planned and recorded stories, by the name of the file, without `.json`. */
  readonly jobs: ReadonlyMap<string, JobFixture>
  /** By the workflow's id. */
  readonly workflows: ReadonlyMap<string, WorkflowFixture>
  /** By the name of the file, without `.json`. */
  readonly errors: ReadonlyMap<string, ErrorFixture>
  /** By the name of the file, without `.json`. */
  readonly faults: ReadonlyMap<string, FaultPlan>
  /** By the name of the file, without `.json`. */
  readonly scenarios: ReadonlyMap<string, Scenario>
}

/**
 * The shapes of `jobs/` and `recordings/`: the story of a job, and a job as its answers were seen. Names in camelCase
 * describe events; names in snake_case are fields of the wire, with the values that the API would send.
 */
import * as Type from "typebox/type"
import {
  choice,
  credits,
  duration,
  emptyLists,
  field,
  head,
  json,
  list,
  name,
  numberOf,
  object,
  oneOf,
  optional,
  type Shaped,
  seconds,
  sent,
  sentText,
  size,
  someOf,
  text
} from "../../core/Shape.js"

const asUnset = "Default: sent as `quirks.unset` says."

export const valError = object(
  {
    from: sentText("Node of the workflow that the edge comes from.", "ingest"),
    to: sentText("Node that the edge leads to.", "classify"),
    err: sentText("The error.", "missing_input"),
    reason: sentText("The reason, in words.", "the block needs a raster"),
    component_name: sentText("Component that found the error.", "validator")
  },
  { description: "One error of validation, sent as it is written here." }
)

const leaf = {
  after: field(
    optional(duration),
    "Time on the world's clock that must have passed since the phase began. Default: no such condition.",
    ["5s", "2m"]
  ),
  polls: field(
    optional(numberOf("polls", 1)),
    "Number of complete answers since the phase began that showed the job, by `getJobById` or in a list; answers " +
      "with a fault do not count. Default: no such condition.",
    [2]
  ),
  tasksDone: field(
    optional(Type.Literal(true)),
    "All tasks have ended. The tasks begin with the first phase that has this condition. Default: no such condition.",
    [true]
  ),
  signal: field(
    optional(name),
    "Name of a signal that the test must have sent since the phase began: `mock.signal(jobId, name)`, or `POST " +
      "/worlds/{world}/signals`. Default: no such condition.",
    ["start"]
  )
}

export const leafShape = object(leaf, {
  minProperties: 1,
  title: "at least one of after, polls, tasksDone, signal",
  description: "A part of a condition."
})

export const condition = object(
  {
    ...leaf,
    any: field(optional(someOf(leafShape)), "Conditions of which one must hold. Default: no such condition.", [
      [{ signal: "start" }, { after: "30m" }]
    ]),
    all: field(optional(someOf(leafShape)), "Conditions which must all hold. Default: no such condition.", [
      [{ polls: 2 }, { after: "5s" }]
    ])
  },
  {
    minProperties: 1,
    title: "at least one of after, polls, tasksDone, signal, any, all",
    description: "A condition that ends a phase: all parts of it must hold."
  }
)

const blockInfo = object(
  {
    id: field(text, "Id of the block.", ["block-cropclassification"]),
    name: field(text, "Name of the block.", ["cropclassification"]),
    version: field(text, "Version of the block.", ["1.0.0"])
  },
  { description: "The block of a workflow that a task runs." }
)

const whenEnded = "Sent when the task has ended."

export const task = object(
  {
    name: field(name, "Name of the task, unique in the story.", ["classify-crops"]),
    takes: field(duration, "Time that the task takes, from its start to its end.", ["1m30s"]),
    depends_on: field(
      optional(list(name), []),
      "Names of the tasks that must have completed before this one starts. After a failed task it never starts.",
      [["ingest-aoi"]]
    ),
    outcome: choice(
      ["completed", "failed"],
      "How the task ends. Tasks that depend on a failed one stay `created`, and the job fails."
    ),
    block_info: field(optional(blockInfo), `Block that the task runs. ${asUnset}`, [
      { id: "block-ndvi", name: "ndvi", version: "1.0.0" }
    ]),
    estimated_time_duration: field(
      optional(seconds),
      "Estimate that the wire shows, independent of the time that the task takes. Default: `takes`, in seconds.",
      [90]
    ),
    inputs: field(optional(json), `Inputs of the task, any JSON. ${asUnset}`, [
      [{ name: "aoi", value: "aoi-kolar-north" }]
    ]),
    result: field(
      optional(json),
      `Outputs of the task, any JSON. ${whenEnded} The items of a list become files of the package by their ` +
        `\`format\`: \`tabular\` (CSV), \`vector\` (GeoJSON), \`raster\` (GeoTIFF), any other (JSON). ${asUnset}`,
      [[{ format: "tabular", name: "areas", properties: { file_schema: { headers: ["crop", "hectares"] } } }]]
    ),
    info_logs: field(
      optional(json),
      `Log of the task, any JSON, encoded as \`quirks.infoLogs\` says. ${whenEnded} ${asUnset}`,
      [{ lines: ["3 tiles read"] }]
    ),
    disclaimer: field(
      optional(
        Type.Union([Type.Array(text), Type.Record(Type.String(), text)], { title: "a list or an object of texts" }),
        []
      ),
      `Disclaimers: a list, or an object by name. ${whenEnded}`,
      [["clouds cover 4 %"], { clouds: "4 %" }]
    ),
    state_msg: field(optional(text), `Message of the task's state. ${whenEnded} ${asUnset}`, ["done in one pass"]),
    err_msg: field(optional(text), `Message of a failure; only with \`"outcome": "failed"\`. ${whenEnded} ${asUnset}`, [
      "no scene of this area is free of clouds"
    ]),
    failure_type: field(
      optional(text),
      `Kind of a failure; only with \`"outcome": "failed"\`. ${whenEnded} ${asUnset}`,
      ["bad_request"]
    )
  },
  { description: "A task of a job." }
)

/** Fields of a job on the wire that may be missing. */
export const jobFields = [
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
export const taskFields = [
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

export const quirks = object(
  {
    unset: field(
      optional(oneOf("omit", "null", "empty", "zero"), "empty"),
      'How a value is sent that is not there yet, such as `finished_at`. `empty`: `""`, or `null` for JSON ' +
        "values (documented for the `paid_at` of an order). `omit`: no key. `null`: `null`. `zero`: the zero value " +
        "of Go, such as `0001-01-01T00:00:00Z`.",
      ["zero"]
    ),
    emptyLists: field(
      emptyLists,
      "How a list without items is sent. `empty`: `[]`. `null`: `null`, as Go writes a slice that was never made " +
        "(inferred).",
      ["null"]
    ),
    progress: field(
      optional(oneOf("percent", "plain", "number"), "percent"),
      'How the progress of a job is sent, in percent. `percent`: `"75%"` (documented). `plain`: `"75"`. ' +
        "`number`: `75`.",
      ["number"]
    ),
    timestamps: field(
      optional(
        oneOf("seconds", "millis", "micros", "offset", "python", "spaced", "date", "underscored", "dayFirst"),
        "micros"
      ),
      "Shape of all times of a job; each is documented for some resource of the API, none for jobs. `micros`: " +
        "`2025-01-01T00:00:00.056000Z`. `millis`: `2025-01-01T00:00:00.056Z`. `seconds`: `2025-01-01T00:00:00Z`. " +
        "`offset`: `2025-01-01T00:00:00+00:00`. `python`: `2025-01-01T00:00:00.056000+00:00`, without a fraction " +
        "of 0. `spaced`: `2025-01-01 00:00:00.056000+00:00`, without a fraction of 0. `date`: `2025-01-01`. " +
        "`underscored`: `2025_01_01`. `dayFirst`: `01-01-2025`.",
      ["spaced"]
    ),
    infoLogs: choice(
      ["json", "base64", "bytes"],
      "How `info_logs` is sent. `json`: as JSON. `base64`: the base64 of its text. `bytes`: a list of the bytes " +
        "of its text."
    ),
    jobStatus: field(
      optional(Type.Record(Type.String(), name, { title: "an object of words, by the word of a phase" }), {}),
      "Words to send for the status of a job, by the word of its phase. Each must mean the same: a success, a " +
        "failure or a job that goes on.",
      [{ running: "IN_PROGRESS", completed: "SUCCESS" }]
    ),
    taskStatus: field(
      optional(
        object(
          {
            created: field(optional(name, "created"), "Word for a task that has not started.", ["Pending"]),
            inprogress: field(optional(name, "inprogress"), "Word for a task that runs.", ["Running"]),
            completed: field(optional(name, "completed"), "Word for a task that has completed.", ["Success"]),
            failed: field(optional(name, "failed"), "Word for a task that has failed.", ["Error"])
          },
          { description: "Words for the states of a task." }
        ),
        {}
      ),
      "Words to send for the states of a task.",
      [{ completed: "Success" }]
    ),
    workflowKey: choice(
      ["workflow_id", "workflowId"],
      "Key of a job that holds the id of its workflow; both are documented."
    ),
    omit: field(
      optional(list(oneOf(...jobFields, ...taskFields)), []),
      "Fields of a job to leave out; `tasks.` stands before a field of its tasks. No field is documented as required.",
      [["cost", "tasks.err_msg"]]
    ),
    set: field(
      optional(sent, {}),
      "Values to send as they are, by field; `tasks.` stands before a field of the tasks. Undocumented fields " +
        "are possible; `id` and `tasks.id` are not.",
      [{ cost: "42 credits", "tasks.progress": null }]
    )
  },
  { description: "Oddities in how the jobs of a story are written." }
)

/** The quirk of a world that all of its jobs have. */
export const everyStory = field(
  optional(quirks, {}),
  "Oddities of every planned story, unless the story has its own. Recordings are sent as they were seen.",
  [{ unset: "zero", timestamps: "spaced" }]
)

export const download = object(
  {
    pending: field(
      optional(duration, "10s"),
      "Time that making a package takes. It begins with the first `downloadJob` or `downloadTask`, which answer " +
        "`pending` until then.",
      ["1m"]
    ),
    ttl: field(optional(duration, "15m"), "Time that a signed URL is valid, from the answer that has it.", ["30s"]),
    size: field(
      optional(size),
      "Exact size of a package: noise fills it up. A package with more outputs than that keeps its own size. " +
        "Default: the size of the outputs.",
      ["2GB"]
    ),
    rebuilt: field(
      optional(duration),
      "Interval in which the package is made again, with other bytes under the same URL; more than 0s. Default: never.",
      ["1m"]
    ),
    etag: choice(
      ["strong", "weak", "none"],
      "Kind of the `ETag` that the store sends. `none`: neither `ETag` nor `Last-Modified`. Only with `strong` a " +
        "range request under `If-Range` is answered with a part."
    ),
    checksums: choice(
      ["sent", "none"],
      "Whether the store sends `x-amz-checksum-crc32` with a whole package, and `x-amz-checksum-sha256` up to 1 MB."
    ),
    ranges: choice(["known", "ignored"], "Whether the store answers `Range`. `ignored`: it sends the whole package.")
  },
  { description: "The packages of a job and its tasks, and the store that keeps them." }
)

const workflowOf = field(name, "Id of the workflow that the job is one of; a file of `workflows/` must have it.", [
  "wf-crop-classification"
])

const packages = field(optional(download, {}), "The packages of the job and its tasks.", [
  { pending: "1m", size: "500kB" }
])

export const phase = object(
  {
    status: field(
      name,
      "Status of the job during the phase: any word. `completed`, `success`, `succeeded`, `done` end the job as " +
        "a success; `failed`, `error`, `cancelled`, `rejected`, `terminated`, `expired` as a failure; any other " +
        "word is no end. Only the last phase may be an end.",
      ["queued", "running", "completed"]
    ),
    until: field(
      optional(condition),
      "Condition that ends the phase. Every phase but the last needs one. Default: the phase is the last, and " +
        "never ends.",
      [{ after: "5s" }, { tasksDone: true }]
    )
  },
  { description: "A phase of a job: one status, until a condition holds." }
)

export const jobShape = object(
  {
    ...head("job"),
    workflow: workflowOf,
    created_by: field(optional(text), `Id of the user who created the job. ${asUnset}`, ["user-4f1c2a"]),
    cost: field(optional(credits, 0), "Cost of the job. The API says credits, and tokens.", [42]),
    estimated_duration: field(
      optional(seconds),
      "Estimate that the wire shows, independent of the time that the job takes. Default: the time that the " +
        "tasks take together.",
      [240]
    ),
    spec: field(optional(json), `Specification of the workflow's run, any JSON. ${asUnset}`, [
      { nodes: [{ name: "ingest-aoi" }] }
    ]),
    val_errors: field(
      optional(list(valError), []),
      "Errors of validation. A story with any has no default phases but `failed`.",
      [[{ from: "ingest", to: "classify", err: "missing_input" }]]
    ),
    phases: field(
      optional(someOf(phase)),
      "Phases of the job, in order; a job begins with the first. Default: `queued` for 5s, `running` until the " +
        "tasks are done, then `completed`, or `failed` if a task fails; only `failed` if there are `val_errors`.",
      [[{ status: "queued", until: { polls: 2 } }, { status: "failed" }]]
    ),
    tasks: field(list(task), "Tasks of the job. A task starts when the tasks that it depends on have completed.", [
      [{ name: "ingest", takes: "20s" }]
    ]),
    download: packages,
    quirks: field(optional(quirks, {}), "Oddities of this story; they win over `everyStory` of the world.", [
      { unset: "zero" }
    ])
  },
  {
    title: "a job story",
    description: "A file of `jobs/`: the story of a job, and the values that the API shows.",
    examples: [
      {
        $schema: "../schema/job.schema.json",
        kind: "job",
        source: "Made up.",
        workflow: "wf-crop-classification",
        cost: 42,
        phases: [
          { status: "queued", until: { after: "5s" } },
          { status: "running", until: { tasksDone: true, polls: 2 } },
          { status: "completed" }
        ],
        tasks: [
          { name: "ingest", takes: "1m" },
          { name: "classify", takes: "2m30s", depends_on: ["ingest"], result: [{ format: "tabular", name: "areas" }] }
        ],
        download: { pending: "10s", size: "500kB" }
      }
    ]
  }
)

export const frame = object(
  {
    at: field(
      duration,
      "Time since the job was created from which on the job looks like this. The first frame is at `0s`; each " +
        "one is later than the one before.",
      ["0s", "31s"]
    ),
    body: field(
      Type.Record(Type.String(), json, { title: "an object, the job as it was answered" }),
      "The answer as it was seen. `id` and `workflow_id`, where the body has them, become those of the job that " +
        "replays it.",
      [{ id: "recorded", status: "running", progress: "40%" }]
    )
  },
  { description: "An answer that was seen." }
)

export const recordingShape = object(
  {
    ...head("recording"),
    workflow: workflowOf,
    frames: field(someOf(frame), "Answers that were seen. The job looks like the last frame that is due.", [
      [{ at: "0s", body: { id: "recorded", status: "queued" } }]
    ]),
    download: packages
  },
  {
    title: "a recorded job",
    description: "A file of `recordings/`: a job as its answers were seen. It is a story like those of `jobs/`.",
    examples: [
      {
        $schema: "../schema/recording.schema.json",
        kind: "recording",
        source: "Recorded, 2025-01-01.",
        workflow: "wf-crop-classification",
        frames: [
          { at: "0s", body: { id: "recorded", workflow_id: "recorded", status: "queued" } },
          { at: "31s", body: { id: "recorded", workflow_id: "recorded", status: "completed", progress: "100%" } }
        ]
      }
    ]
  }
)

/**
 * The course of a job, and its appearance.
 *
 * @since 0.1.0
 * @category models
 */
export type JobFixture = Shaped<typeof jobShape> & {
  /** Of a recorded story: what the job looks like. Its tasks are those of the frames, and nothing is worked out. */
  readonly frames?: RecordingFixture["frames"]
}

/**
 * A recorded job: its observed answers.
 *
 * @since 0.1.0
 * @category models
 */
export type RecordingFixture = Shaped<typeof recordingShape>

export type TaskFixture = JobFixture["tasks"][number]

export type Condition = Shaped<typeof condition>

/**
 * Deviations in the encoding of jobs.
 *
 * @since 0.1.0
 * @category models
 */
export type Quirks = Shaped<typeof quirks>

import { assert, describe, it } from "vitest"
import { shippedFixtures } from "../../src/fixtures/load.js"
import type { JobFixture, Quirks, TaskFixture } from "../../src/resources/jobs/fixture.js"
import { plan, view } from "../../src/resources/jobs/Timeline.js"
import {
  type JobIdentity,
  jobBody,
  jobDownloadBody,
  jobListItem,
  taskDownloadBody,
  taskId
} from "../../src/resources/jobs/wire.js"
import { estimateBody, workflowBody, workflowListItem } from "../../src/resources/workflows/routes.js"
import { jobOf } from "../jobs.js"

const identity: JobIdentity = {
  id: "job-1",
  workflowId: "wf-1",
  createdAt: Date.UTC(2024, 4, 27, 6, 50, 20, 56),
  seed: "s"
}

const story = (quirks: Quirks = {}, task: Partial<TaskFixture> = {}, rest: Partial<JobFixture> = {}): JobFixture => ({
  kind: "job",
  source: "made up",
  workflow: "wf-1",
  tasks: [{ name: "classify", takes: "1m30s", ...task }],
  quirks,
  ...rest
})

const bodyAt = (fixture: JobFixture, elapsed: number): Record<string, unknown> =>
  jobBody(jobOf(fixture, identity), view(plan(fixture), elapsed, []))
const itemAt = (fixture: JobFixture, elapsed: number): Record<string, unknown> =>
  jobListItem(jobOf(fixture, identity), view(plan(fixture), elapsed, []))
const taskAt = (fixture: JobFixture, elapsed: number): Record<string, unknown> =>
  (bodyAt(fixture, elapsed)["tasks"] as Array<Record<string, unknown>>)[0]!

const begun = 6_000
const ended = 100_000

describe("a job", () => {
  const fixture = story(
    {},
    {
      block_info: { id: "b1", name: "cropclassification", version: "1.0.0" },
      inputs: [],
      result: [{ name: "map" }],
      info_logs: ["ok"]
    },
    { created_by: "user-1", cost: 42, spec: { nodes: [] } }
  )

  it("has every documented field while it is queued, with unset values in the later ones", () =>
    assert.deepStrictEqual(bodyAt(fixture, 0), {
      id: "job-1",
      workflow_id: "wf-1",
      created_by: "user-1",
      status: "queued",
      progress: "0%",
      cost: 42,
      estimated_duration: 90,
      time_taken: "",
      created_at: "2024-05-27T06:50:20.056000Z",
      updated_at: "2024-05-27T06:50:20.056000Z",
      finished_at: "",
      exec_created_at: "",
      exec_updated_at: "",
      tasks: [
        {
          id: taskId(identity, 0),
          name: "classify",
          depends_on: [],
          status: "created",
          state_msg: "",
          progress: 0,
          estimated_time_duration: 90,
          time_taken: "",
          created_at: "2024-05-27T06:50:20.056000Z",
          updated_at: "2024-05-27T06:50:20.056000Z",
          finished_at: "",
          recv_time: "",
          send_time: "",
          block_inf_start_time: "",
          block_inf_end_time: "",
          block_info: { id: "b1", name: "cropclassification", version: "1.0.0" },
          inputs: [],
          result: null,
          info_logs: null,
          disclaimer: [],
          err_msg: "",
          failure_type: ""
        }
      ],
      val_errors: [],
      spec: { nodes: [] }
    }))

  it("has all values when it is completed", () => {
    const { tasks, ...job } = bodyAt(fixture, ended)
    const [task] = tasks as Array<Record<string, unknown>>
    assert.deepInclude(job, {
      status: "completed",
      progress: "100%",
      time_taken: "1m30s",
      updated_at: "2024-05-27T06:51:55.056000Z",
      finished_at: "2024-05-27T06:51:55.056000Z",
      exec_created_at: "2024-05-27T06:50:25.056000Z",
      exec_updated_at: "2024-05-27T06:51:55.056000Z"
    })
    assert.deepInclude(task, {
      status: "completed",
      progress: 100,
      time_taken: "1m30s",
      recv_time: "2024-05-27T06:50:25.056000Z",
      send_time: "2024-05-27T06:50:25.056000Z",
      block_inf_start_time: "2024-05-27T06:50:25.056000+00:00",
      block_inf_end_time: "2024-05-27T06:51:55.056000+00:00",
      result: [{ name: "map" }],
      info_logs: ["ok"]
    })
  })

  it("gives the reason of a failed task only after the failure", () => {
    const failing = story(
      {},
      { outcome: "failed", state_msg: "rejected", err_msg: "no band B05", failure_type: "bad_request" }
    )
    const reason = (elapsed: number) => {
      const { err_msg, failure_type, progress, state_msg, status } = taskAt(failing, elapsed)
      return { status, progress, state_msg, err_msg, failure_type }
    }
    assert.deepStrictEqual(reason(begun), {
      status: "inprogress",
      progress: 6,
      state_msg: "",
      err_msg: "",
      failure_type: ""
    })
    assert.deepStrictEqual(reason(ended), {
      status: "failed",
      progress: 100,
      state_msg: "rejected",
      err_msg: "no band B05",
      failure_type: "bad_request"
    })
  })

  it("has only the fields of a list in a list", () => {
    const { exec_created_at, exec_updated_at, spec, tasks, val_errors, ...inBoth } = bodyAt(fixture, begun)
    assert.deepStrictEqual(itemAt(fixture, begun), inBoth)
  })
})

describe("an unset value", () => {
  const later = (unset: NonNullable<Quirks["unset"]>) => {
    const { created_by, finished_at, time_taken } = bodyAt(story({ unset }), 0)
    const { block_info, err_msg, recv_time, result } = taskAt(story({ unset }), 0)
    return { finished_at, recv_time, time_taken, created_by, err_msg, result, block_info }
  }
  const block_info = { id: "", name: "", version: "" }

  it.each([
    [
      "empty",
      { finished_at: "", recv_time: "", time_taken: "", created_by: "", err_msg: "", result: null, block_info }
    ],
    [
      "zero",
      {
        finished_at: "0001-01-01T00:00:00Z",
        recv_time: "0001-01-01T00:00:00Z",
        time_taken: "0s",
        created_by: "",
        err_msg: "",
        result: null,
        block_info
      }
    ],
    [
      "null",
      {
        finished_at: null,
        recv_time: null,
        time_taken: null,
        created_by: null,
        err_msg: null,
        result: null,
        block_info: null
      }
    ]
  ] as const)("can be written as %s", (unset, values) => assert.deepStrictEqual(later(unset), values))

  it("can be omitted", () =>
    assert.doesNotHaveAnyKeys(bodyAt(story({ unset: "omit" }), 0), ["finished_at", "time_taken", "created_by", "spec"]))

  it("can be null where a list would be empty", () => {
    assert.isNull(bodyAt(story({ emptyLists: "null" }), 0)["val_errors"])
    assert.isNull(taskAt(story({ emptyLists: "null" }), 0)["depends_on"])
    assert.isNull(bodyAt(story({ emptyLists: "null" }, {}, { tasks: [] }), 0)["tasks"])
  })
})

describe("other shapes", () => {
  it.each([
    ["percent", "50%"],
    ["plain", "50"],
    ["number", 50]
  ] as const)("progress %s", (progress, written) =>
    assert.strictEqual(bodyAt(story({ progress }), 50_000)["progress"], written)
  )

  it.each([
    ["seconds", "2024-05-27T06:50:20Z"],
    ["millis", "2024-05-27T06:50:20.056Z"],
    ["micros", "2024-05-27T06:50:20.056000Z"],
    ["offset", "2024-05-27T06:50:20+00:00"],
    ["python", "2024-05-27T06:50:20.056000+00:00"],
    ["spaced", "2024-05-27 06:50:20.056000+00:00"],
    ["date", "2024-05-27"],
    ["underscored", "2024_05_27"],
    ["dayFirst", "27-05-2024"]
  ] as const)("times by %s", (timestamps, written) =>
    assert.strictEqual(bodyAt(story({ timestamps }), 0)["created_at"], written)
  )

  it("Python's times without a zero fraction", () => {
    const fixture = story({ timestamps: "python" })
    const whole = { ...identity, createdAt: Date.UTC(2024, 0, 15) }
    const body = jobBody(jobOf(fixture, whole), view(plan(fixture), 0, []))
    assert.strictEqual(body["created_at"], "2024-01-15T00:00:00+00:00")
  })

  it.each([
    ["json", { level: "info" }],
    ["base64", "eyJsZXZlbCI6ImluZm8ifQ=="],
    ["bytes", [...Buffer.from('{"level":"info"}')]]
  ] as const)("info_logs as %s", (infoLogs, written) =>
    assert.deepStrictEqual(taskAt(story({ infoLogs }, { info_logs: { level: "info" } }), ended)["info_logs"], written)
  )

  it("other words for the states of a task, if the story has them", () => {
    const fixture = story({ taskStatus: { created: "queued", completed: "TaskCompleted" } })
    const words = [0, begun, ended].map((elapsed) => taskAt(fixture, elapsed)["status"])
    assert.deepStrictEqual(words, ["queued", "inprogress", "TaskCompleted"])
  })

  it("other words for the status of the job, if the story has them", () => {
    const fixture = story({ jobStatus: { queued: "SUBMITTED", completed: "SUCCESS" } })
    const words = [0, begun, ended].map((elapsed) => bodyAt(fixture, elapsed)["status"])
    assert.deepStrictEqual(words, ["SUBMITTED", "running", "SUCCESS"])
  })

  it("the workflow under another key, unless it is omitted", () => {
    const fixture = story({ workflowKey: "workflowId" })
    for (const job of [bodyAt(fixture, 0), itemAt(fixture, 0)]) {
      assert.strictEqual(job["workflowId"], "wf-1")
      assert.notProperty(job, "workflow_id")
    }
    const without = story({ workflowKey: "workflowId", omit: ["workflow_id"] })
    assert.doesNotHaveAnyKeys(bodyAt(without, 0), ["workflowId", "workflow_id"])
  })

  it("omitted fields of the job and of its tasks", () => {
    const fixture = story({ omit: ["status", "tasks.status"] })
    assert.notProperty(bodyAt(fixture, 0), "status")
    assert.notProperty(taskAt(fixture, 0), "status")
    assert.property(taskAt(fixture, 0), "progress")
  })

  it("values set by the story, also under undocumented names", () => {
    const fixture = story({ set: { cost: "42 credits", "tasks.progress": null, "tasks.retries": 2 } })
    assert.strictEqual(bodyAt(fixture, 0)["cost"], "42 credits")
    assert.deepInclude(taskAt(fixture, 0), { progress: null, retries: 2 })
  })

  it("and in a list only its own fields", () => {
    const fixture = story({ set: { cost: 1, spec: "raw" }, omit: ["progress"] })
    const item = itemAt(fixture, 0)
    assert.strictEqual(item["cost"], 1)
    assert.doesNotHaveAnyKeys(item, ["spec", "progress"])
  })
})

describe("a package", () => {
  it("of a job names the workflow in camelCase, as documented", () => {
    assert.deepStrictEqual(jobDownloadBody(identity, "", {}), {
      id: "job-1",
      status: "pending",
      signed_url: "",
      workflowId: "wf-1"
    })
    assert.deepInclude(jobDownloadBody(identity, "http://s/x", {}), { status: "ready", signed_url: "http://s/x" })
  })

  it("of a task names all three in snake_case", () =>
    assert.deepStrictEqual(taskDownloadBody(identity, "task-1", "http://s/x", {}), {
      id: "task-1",
      job_id: "job-1",
      workflow_id: "wf-1",
      status: "ready",
      signed_url: "http://s/x"
    }))
})

describe("a workflow", () => {
  const workflow = shippedFixtures().workflows.get("wf-crop-classification")!

  it("has its cost and graph only on its own page, and no fields of the mock", () => {
    const common = ["id", "project_id", "name", "description", "created_by", "created_at", "updated_at"]
    assert.sameMembers(Object.keys(workflowListItem(workflow)), [...common, "legacy_project_id"])
    assert.sameMembers(Object.keys(workflowBody(workflow)), [...common, "estimated_cost", "spec", "val_errors"])
  })

  it("has an estimate, unless the fixture has none", () => {
    assert.deepStrictEqual(estimateBody(workflow), { estimated_cost: 42 })
    assert.deepStrictEqual(estimateBody({ kind: "workflow", source: "made up", id: "w" }), {})
  })
})
